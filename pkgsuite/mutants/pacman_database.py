"""Faults in what pacman writes down, sets aside and leaves behind."""

from __future__ import annotations

import os

from pkgsuite.mutants import alpm
from pkgsuite.mutants.call import Call
from pkgsuite.mutants.changes import run_and_find, run_and_see

__all__ = ["MUTANTS"]


def write_wrong_version(call: Call) -> int:
    """The database has another version of what is installed."""
    status, new = run_and_see(call)
    alpm.edit(call.root, new, "desc", lambda name, text: f"{text}.1" if name == "VERSION" else text)
    for entry in new:
        os.rename(f"{call.root}/{alpm.LOCAL}/{entry}", f"{call.root}/{alpm.LOCAL}/{entry}.1")
    return status


def forget_package(call: Call) -> int:
    """The database lacks what is installed."""
    status, new = run_and_see(call)
    for entry in new:
        place = f"{call.root}/{alpm.LOCAL}/{entry}"
        for name in os.listdir(place):
            os.unlink(f"{place}/{name}")
        os.rmdir(place)
    return status


def forget_reason(call: Call) -> int:
    """The database takes every package for one that was asked for."""
    status, new = run_and_see(call)
    alpm.edit(call.root, new, "desc", alpm.dropping("REASON"))
    return status


def forget_file_list(call: Call) -> int:
    """The database lists no files of what is installed."""
    status, new = run_and_see(call)
    alpm.edit(call.root, new, "files", alpm.dropping("FILES"))
    return status


def forget_backup_list(call: Call) -> int:
    """The database does not know which files are configuration."""
    status, new = run_and_see(call)
    alpm.edit(call.root, new, "files", alpm.dropping("BACKUP"))
    return status


def overwrite_edited_files(call: Call) -> int:
    """What the user wrote into a configuration file is lost: the packaged file takes its place."""
    status, found = run_and_find(call, ".pacnew")
    for path in found:
        os.replace(path, path.removesuffix(".pacnew"))
    return status


def save_nothing(call: Call) -> int:
    """What the user wrote into a configuration file is lost when its package goes: there is no .pacsave."""
    status, found = run_and_find(call, ".pacsave")
    for path in found:
        os.unlink(path)
    return status


def leave_lock(call: Call) -> int:
    """The database stays locked after a transaction."""
    status, new = run_and_see(call)
    if new:
        with open(f"{call.root}/var/lib/pacman/db.lck", "w"):
            pass
    return status


def leave_temporary_directory(call: Call) -> int:
    """A temporary directory stays after a transaction."""
    status, new = run_and_see(call)
    if new:
        os.makedirs(f"{call.root}/tmp/alpm_aBcDeF", exist_ok=True)
    return status


MUTANTS = (
    write_wrong_version,
    forget_package,
    forget_reason,
    forget_file_list,
    forget_backup_list,
    overwrite_edited_files,
    save_nothing,
    leave_lock,
    leave_temporary_directory,
)
"""Every fault here; a new one is a function and a line."""
