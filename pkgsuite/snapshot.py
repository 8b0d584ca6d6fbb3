"""What lies below a root right now, read from the disk."""

from __future__ import annotations

import os
import stat

from pkgsuite.model.tree import FileState, Tree

__all__ = ["take"]

MOST_HASHED_BYTES = 1 << 20
"""Larger files are told apart by size and times; the shell in every root is one."""

GONE = (FileNotFoundError, NotADirectoryError)
"""What is raised for something that was there a moment ago."""

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link"}


def take(root: str, *, has_digests: bool = True, is_pretended: bool = False) -> Tree:
    """Every path below *root*; without digests, files are told apart by size and times alone.

    In a root that *is_pretended*, fakechroot(1) puts the path of the root before the target of an absolute link, and
    what is root's there is ours. What goes away meanwhile, beside a manager that runs, is left out.
    """
    before_targets = root if is_pretended else ""
    user, group = (os.geteuid(), os.getegid()) if is_pretended else (0, 0)
    most = MOST_HASHED_BYTES if has_digests else -1
    states: dict[str, FileState] = {}
    todo = [""]
    while todo:
        above = todo.pop()
        try:
            entries = os.scandir(f"{root}/{above}")
        except GONE:
            if not above:
                raise
            del states[above[:-1]]
            continue
        with entries:
            for entry in entries:
                try:
                    status = entry.stat(follow_symlinks=False)
                    kind = KINDS.get(stat.S_IFMT(status.st_mode), "other")
                    path = above + entry.name
                    states[path] = FileState(
                        kind,
                        stat.S_IMODE(status.st_mode),
                        0 if status.st_uid == user else status.st_uid,
                        0 if status.st_gid == group else status.st_gid,
                        status.st_size,
                        status.st_mtime_ns,
                        status.st_ctime_ns,
                        digest(entry.path, status.st_size) if kind == "file" and status.st_size <= most else None,
                        os.readlink(entry.path).removeprefix(before_targets) if kind == "link" else "",
                    )
                except GONE:
                    continue
                if kind == "dir":
                    todo.append(f"{path}/")
    return Tree(states)


def digest(path: str, size: int) -> int | None:
    """What tells the content, which was so many bytes, from any other in this process and those that it forks.

    Python's own hash, keyed by chance for each run, takes a fifth of the time of blake2b. Room for many more bytes
    would take longer than all the rest. None where we may not read it: a root that is pretended holds files of root.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:
        return None
    try:
        content = os.read(file, size + 1)
    finally:
        os.close(file)
    return hash(content)
