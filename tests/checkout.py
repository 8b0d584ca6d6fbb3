"""The checkout that the tests stand in; a distro's build may run them beside an installed pkgsuite only."""

from __future__ import annotations

import unittest
from pathlib import Path

__all__ = ["TOP", "needs_checkout"]

TOP = Path(__file__).resolve().parent.parent
"""The directory with setup.py, run and tests."""

needs_checkout = unittest.skipUnless(
    (TOP / "setup.py").is_file() and (TOP / "run").is_file(), f"no setup.py and run in {TOP}; run this in a checkout"
)
