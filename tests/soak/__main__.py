"""`python -m tests.soak kill9 --rounds 200 --seed 7`"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.soak.kill9 import trial


def main() -> int:
    parser = argparse.ArgumentParser(prog="run soak")
    parser.add_argument("name", choices=("kill9",))
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = trial(Path(folder), rounds=arguments.rounds, seed=arguments.seed, report=print)
    print(
        f"{outcome.rounds} kills fell inside the import, {outcome.missed} beside it; nothing lost, nothing doubled."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
