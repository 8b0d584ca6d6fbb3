"""In a checkout the window lies beside this package; what is installed has that folder here, and not this file."""

from pathlib import Path

__path__ = [str(Path(__file__).resolve().parents[2] / "gui")]
