"""Pacman's formats by the names that others call: packages, repositories and the database of what is installed."""

from __future__ import annotations

from pkgsuite.formats.alpm_database import (
    LOCAL_VERSION,
    local_entry,
    read_backup_sums,
    read_local_entry,
    read_sync_database,
    sync_database,
)
from pkgsuite.formats.alpm_package import archive, filename, mtree_of, read_archive

__all__ = [
    "LOCAL_VERSION",
    "archive",
    "filename",
    "local_entry",
    "mtree_of",
    "read_archive",
    "read_backup_sums",
    "read_local_entry",
    "read_sync_database",
    "sync_database",
]
