"""What the product costs, as ratios against a named baseline measured in the same run.

`./run bench` runs all, `./run bench append reading` some; `--json` prints one object a line. Exit status 1 when a limit is
missed. Ratios are of CPU time, medians of five interleaved rounds: wall time says more of the neighbours than of us.
"""
