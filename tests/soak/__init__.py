"""Long-running trials; CI runs a part of each with a fixed seed, `./run soak NAME` the whole."""
