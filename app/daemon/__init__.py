"""The background daemon: reads every source by itself, and says how each one stands."""
