"""Which users and groups exist in a user namespace; user_namespaces(7)."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from pkgsuite.errors import WorldError

__all__ = ["RANGE", "SINGLE", "mirror", "write"]

RANGE, SINGLE = "range", "single"
"""A range of ids keeps owners such as 33:33; with a single one chown to another fails."""


def write(pid: int, wanted: str | None = None) -> tuple[str, str]:
    """Give the new namespace of *pid* its ids: the kind of map, and why it is not a better one.

    Called in the namespace above. *wanted* allows one kind only. Raises WorldError where none can be written.
    """
    refused = ""
    if wanted in (None, RANGE):
        try:
            write_all(pid) if os.geteuid() == 0 else write_granted(pid)
            return RANGE, ""
        except (OSError, WorldError) as error:
            refused = str(error)
            if wanted == RANGE:
                raise WorldError(f"no range of ids: {refused}") from error
    try:
        put(pid, "uid_map", f"0 {os.geteuid()} 1\n")
        with contextlib.suppress(FileNotFoundError):
            put(pid, "setgroups", "deny")
        put(pid, "gid_map", f"0 {os.getegid()} 1\n")
    except OSError as error:
        raise WorldError(f"no id map can be written: {error}") from error
    return SINGLE, refused


def write_all(pid: int) -> None:
    """Keep every id of this namespace as it is; for root. Raises WorldError where there is but one."""
    maps = {name: Path("/proc/self", name).read_text() for name in ("uid_map", "gid_map")}
    if any(sum(int(line.split()[2]) for line in text.splitlines()) < 2 for text in maps.values()):
        raise WorldError("there is only one user or one group here to pass on")
    for name, text in maps.items():
        put(pid, name, mirrored(text))


def write_granted(pid: int) -> None:
    """Root stands for the user, the ids behind it for those in subuid(5) and subgid(5); through newuidmap(1)."""
    for program, table, own in (
        ("newuidmap", "/etc/subuid", os.geteuid()),
        ("newgidmap", "/etc/subgid", os.getegid()),
    ):
        found = shutil.which(program)
        if not found:
            raise WorldError(f"{program} is not installed (apt-get install uidmap)")
        first, count = granted(table)
        argv = [found, str(pid), "0", str(own), "1", "1", str(first), str(count)]
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode != 0:
            raise WorldError(done.stderr.strip() or f"{program} failed")


def granted(table: str) -> tuple[int, int]:
    """The first id and the count of ids that *table* grants to this user."""
    uid = os.geteuid()
    names = {str(uid)}
    with contextlib.suppress(KeyError):
        names.add(pwd.getpwuid(uid).pw_name)
    with contextlib.suppress(OSError):
        for line in Path(table).read_text().splitlines():
            name, first, count = [*line.strip().split(":"), "", ""][:3]
            if name in names and first.isdigit() and count.isdigit():
                return int(first), int(count)
    raise WorldError(f"{table} grants no ids to user {uid} (usermod --add-subuids 100000-165535 --add-subgids …)")


def mirror(pid: int) -> None:
    """Give a namespace inside this one the same ids; called in the outer one, for a *pid* in the inner one."""
    denied = Path("/proc/self/setgroups").read_text().strip() == "deny"
    put(pid, "uid_map", mirrored(Path("/proc/self/uid_map").read_text()))
    if denied:
        put(pid, "setgroups", "deny")
    put(pid, "gid_map", mirrored(Path("/proc/self/gid_map").read_text()))


def mirrored(id_map: str) -> str:
    """A map that keeps every id of *id_map* as it is."""
    extents = (line.split() for line in id_map.splitlines())
    return "".join(f"{first} {first} {count}\n" for first, _, count in extents)


def put(pid: int, name: str, text: str) -> None:
    """Write to a file of /proc in one call, as the kernel demands."""
    descriptor = os.open(f"/proc/{pid}/{name}", os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
