"""`python -m stammkunde.app`: the same as the command `stammkunde`."""

import sys

from stammkunde.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
