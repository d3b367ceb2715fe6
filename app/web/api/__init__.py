"""The HTTP API under `/api/v1`: the questions and commands of the command line, with the same structs as its `--json`."""
