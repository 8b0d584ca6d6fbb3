"""Faults in what lies on the disk, the same for every manager; see `call.Call` for what each is given."""

from __future__ import annotations

import os

from pkgsuite.mutants.call import Call
from pkgsuite.mutants.changes import entries, places, regular, run_and_see

__all__ = ["MUTANTS", "empty_cache"]


def drop_file(call: Call) -> int:
    """A file of each package that is installed is missing on the disk."""
    status, new = run_and_see(call)
    for path in regular(call, new):
        os.unlink(path)
    return status


def touch_extra_path(call: Call) -> int:
    """Each transaction leaves a file that no package owns."""
    status, new = run_and_see(call)
    if new:
        os.makedirs(f"{call.root}/usr/share", exist_ok=True)
        with open(f"{call.root}/usr/share/stray", "w"):
            pass
    return status


def change_content(call: Call) -> int:
    """A file of each package that is installed ends in a byte too many."""
    status, new = run_and_see(call)
    for path in regular(call, new):
        with open(path, "ab") as file:
            file.write(b"!")
    return status


def change_mode(call: Call) -> int:
    """A file of each package that is installed has other permissions."""
    status, new = run_and_see(call)
    for path in regular(call, new):
        os.chmod(path, os.stat(path).st_mode ^ 0o011)
    return status


def clear_setuid(call: Call) -> int:
    """Files are installed without setuid and setgid."""
    status, new = run_and_see(call)
    for path in places(call, new):
        if not os.path.islink(path):
            os.chmod(path, os.stat(path).st_mode & 0o1777)
    return status


def change_time(call: Call) -> int:
    """A file of each package that is installed does not have the time that it has in the package."""
    status, new = run_and_see(call)
    for path in regular(call, new):
        os.utime(path, (1, 1))
    return status


def lose_empty_directories(call: Call) -> int:
    """Directories of a package that nothing lies in are not made."""
    status, new = run_and_see(call)
    for path in places(call, new):
        if os.path.isdir(path) and not os.path.islink(path) and not os.listdir(path):
            os.rmdir(path)
    return status


def retarget_links(call: Call) -> int:
    """Symbolic links of a package lead elsewhere."""
    status, new = run_and_see(call)
    for path in places(call, new):
        if os.path.islink(path):
            os.unlink(path)
            os.symlink("elsewhere", path)
    return status


def keep_removed_file(call: Call) -> int:
    """A file of each package that is removed stays on the disk."""
    kept = {}
    for entry in entries(call):
        for path in regular(call, [entry]):
            with open(path, "rb") as file:
                kept[path] = call.ledger.package(entry), file.read()
    status = call.run()
    left = {call.ledger.package(entry) for entry in entries(call)}
    for path, (name, content) in kept.items():
        if name not in left and not os.path.lexists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
    return status


def empty_cache(call: Call) -> int:
    """Nothing that is downloaded stays in the cache."""
    before = set(os.listdir(place)) if (place := call.place(call.ledger.cache)) else set()
    status = call.run()
    for name in set(os.listdir(place)) - before if place else ():
        if os.path.isfile(f"{place}/{name}"):
            os.unlink(f"{place}/{name}")
    return status


MUTANTS = (
    drop_file,
    touch_extra_path,
    change_content,
    change_mode,
    clear_setuid,
    change_time,
    lose_empty_directories,
    retarget_links,
    keep_removed_file,
)
"""Every fault here; a new one is a function and a line."""
