"""`python3 -m gui`, in a checkout; installed it is `pkgsuite gui` and `pkgsuite-gui`."""

from __future__ import annotations

import sys

from .start import main

if __name__ == "__main__":
    sys.exit(main())
