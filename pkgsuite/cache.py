"""Bytes that are kept between runs, by a digest of what they were made from.

The directory is chosen before the fork, and worlds may write to it. Where there is none to write to, a process
remembers what it made itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from pkgsuite.later import later
from pkgsuite.system import passages

if TYPE_CHECKING:
    import tempfile
else:
    tempfile = later("tempfile")

__all__ = ["directory", "forget", "get", "prepare", "put"]

CHECKSUM_BYTES = 16
MOST_BYTES = 1 << 24

_opened: dict[str, int | None] = {}
_remembered: dict[str, bytes] = {}
_numbers = itertools.count()


def directory() -> Path:
    """Where the bytes lie: in the user's cache directory, or where HOME is of no use in /tmp."""
    home = os.path.expanduser("~")
    given = os.environ.get("XDG_CACHE_HOME") or (f"{home}/.cache" if os.path.isdir(home) else "")
    above = Path(given)
    while not os.path.exists(above):
        above = above.parent
    if os.path.isabs(given) and os.access(above, os.W_OK):
        return Path(given, "pkgsuite", "made")
    return last_resort()


def last_resort() -> Path:
    """Where the bytes lie if nowhere else."""
    return Path(tempfile.gettempdir(), f"pkgsuite-{os.geteuid()}", "made")


def prepare() -> None:
    """Open the directory, on the host."""
    opened()


def get(digest: str) -> bytes | None:
    """What was made from that which has *digest*, or None; what is damaged counts as not there."""
    if digest not in _remembered:
        content = read(digest)
        if content is None:
            return None
        _remembered[digest] = content
    return _remembered[digest]


def put(digest: str, content: bytes) -> None:
    """Keep *content*, in one step, so that nobody ever reads half of it."""
    _remembered[digest] = content
    above = opened()
    if above is None:
        return
    unfinished = f".{digest}.{os.getpid()}.{next(_numbers)}"
    with contextlib.suppress(OSError):
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=above)
            with open(descriptor, "wb") as file:
                file.write(checksum(digest, content) + content)
            os.rename(unfinished, digest, src_dir_fd=above, dst_dir_fd=above)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(unfinished, dir_fd=above)
            raise


def forget() -> None:
    """Know no more than the disk does, as a new process."""
    _remembered.clear()


def read(digest: str) -> bytes | None:
    """What the directory holds."""
    above = opened()
    if above is None:
        return None
    try:
        descriptor = os.open(digest, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=above)
        with open(descriptor, "rb", buffering=0) as file:
            data = file.read(MOST_BYTES) or b""
    except OSError:
        return None
    content = data[CHECKSUM_BYTES:]
    return content if data[:CHECKSUM_BYTES] == checksum(digest, content) else None


def checksum(digest: str, content: bytes) -> bytes:
    """What stands before *content*, and before nothing else."""
    return hashlib.blake2b(digest.encode() + content, digest_size=CHECKSUM_BYTES).digest()


def opened() -> int | None:
    """A descriptor of the directory, None where there is none that is the user's own.

    The environment decides once, on the host: in a world the same directory seems to be read-only.
    """
    given = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME", "")
    if given not in _opened:
        found = own(directory())
        _opened[given] = own(last_resort()) if found is None else found
    return _opened[given]


def own(place: Path) -> int | None:
    """A descriptor of *place*, which is made; None where somebody else could write there."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not all(is_own(path) for path in (place.parent, place)):
            return None
        passages.allow(str(place))
        return os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None


def is_own(path: Path) -> bool:
    """Whether a directory belongs to this user, who alone can write to it."""
    status = path.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o022
