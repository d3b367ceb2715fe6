"""What a person or a program meets: the command line, the demo, and the one place that wires all parts."""
