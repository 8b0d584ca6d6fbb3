"""`python3 -m pkgsuite`."""

import sys

from pkgsuite.cli import main

if __name__ == "__main__":
    sys.exit(main())
