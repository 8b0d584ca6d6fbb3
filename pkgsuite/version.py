"""The version, read by setup.py without importing the package."""

from __future__ import annotations

__all__ = ["VERSION"]

VERSION = "0.1.0"
