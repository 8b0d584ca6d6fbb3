"""Debian's package format by the names that others call: archives, their names and versions."""

from __future__ import annotations

from pkgsuite.formats.deb_control import ARCHITECTURES, architecture
from pkgsuite.formats.deb_package import archive, filename, read_archive
from pkgsuite.formats.deb_version import compare

__all__ = ["ARCHITECTURES", "architecture", "archive", "compare", "filename", "read_archive"]
