"""A sandbox: a root on a tmpfs of its own, and the steps that furnish it.

A step is a value that can say itself and then do itself, inside a root that no link leads out of.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import shutil
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO, Protocol

from pkgsuite.errors import BadValue, SuiteError, Unsupported, WorldError
from pkgsuite.later import later
from pkgsuite.system import fake, namespaces, trees
from pkgsuite.system.ground import Ground
from pkgsuite.system.place import here
from pkgsuite.values import dataclass

if TYPE_CHECKING:
    from pkgsuite.system import packing
else:
    packing = later("pkgsuite.system.packing")

__all__ = ["Copy", "Directory", "Sandbox", "Share", "Step", "SymbolicLink", "Text"]

MiB = 1 << 20
SIZE_BYTES = 512 * MiB
NAME = re.compile(r"(?!\.{1,2}$)[^/\x00-\x1f\x7f]+")
ASIDE, MOST_ASIDE_BYTES = ".aside", 64 * MiB
_aside = itertools.count()
OLD_S = 355
"""When files that stand there from the start were last changed, in seconds since the epoch."""


class Step(Protocol):
    """One thing to do to a root."""

    def describe(self) -> str:
        """What the step does, in a line."""

    def apply(self, ground: Ground) -> None:
        """Do it; raises OSError."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Make a directory with all above it; one that is there keeps its mode unless one is given."""

    path: str
    mode: int | None = None
    uid: int = 0
    gid: int = 0

    def describe(self) -> str:
        return f"make the directory {self.path}"

    def apply(self, ground: Ground) -> None:
        place = ground.directory(self.path)
        if self.uid or self.gid:
            own(place, self.uid, self.gid)
        if self.mode is not None:
            os.chmod(place, self.mode)


@dataclass(frozen=True, slots=True)
class Text:
    """Write a regular file, with the directories above it."""

    path: str
    content: bytes
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime_s: int | None = None

    def describe(self) -> str:
        return f"write {len(self.content)} bytes to {self.path}"

    def apply(self, ground: Ground) -> None:
        descriptor = ground.open(self.path, self.mode)
        try:
            write(descriptor, self.content)
            if self.uid or self.gid:
                own(descriptor, self.uid, self.gid)
            os.fchmod(descriptor, self.mode)
            if self.mtime_s is not None:
                os.utime(descriptor, (self.mtime_s, self.mtime_s))
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class SymbolicLink:
    """Make a symbolic link, with the directories above it."""

    path: str
    target: str
    uid: int = 0
    gid: int = 0

    def describe(self) -> str:
        return f"link {self.path} to {self.target}"

    def apply(self, ground: Ground) -> None:
        place = ground.place(self.path)
        os.symlink(self.target, place)
        if self.uid or self.gid:
            own(place, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy a file of the host, with the directories above it."""

    path: str
    source: str
    mode: int = 0o755

    def describe(self) -> str:
        return f"copy {self.source} to {self.path}"

    def apply(self, ground: Ground) -> None:
        descriptor = ground.open(self.path, self.mode)
        with open(self.source, "rb") as source, open(descriptor, "wb") as target:
            shutil.copyfileobj(source, target)
            os.fchmod(descriptor, self.mode)


@dataclass(frozen=True, slots=True)
class Share:
    """Show a program of the host as one file in many roots of a disk; whoever writes to it changes no root to come."""

    path: str
    source: str
    mode: int = 0o755

    def describe(self) -> str:
        return f"share {self.source} as {self.path}"

    def apply(self, ground: Ground) -> None:
        place = ground.place(self.path)
        disk = os.path.dirname(ground.root)
        model = _models.get((disk, self.source))
        if model is None or not model.is_untouched():
            model = _models[disk, self.source] = Model.of(self.source, f"{disk}/.{len(_models)}", self.mode)
        try:
            os.link(model.path, place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            Copy(self.path, self.source, self.mode).apply(ground)


@dataclass(frozen=True, slots=True)
class Model:
    """The file that a shared program is linked to, as it was when it was made."""

    path: str
    size: int
    mtime_ns: int
    mode: int

    @classmethod
    def of(cls, source: str, path: str, mode: int) -> Model:
        """A copy of *source*."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        shutil.copyfile(source, path)
        os.chmod(path, mode)
        status = os.stat(path)
        return cls(path, status.st_size, status.st_mtime_ns, status.st_mode)

    def is_untouched(self) -> bool:
        """Whether the file is as it was made."""
        try:
            now = os.stat(self.path)
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns, now.st_mode) == (self.size, self.mtime_ns, self.mode)


_models: dict[tuple[str, str], Model] = {}


def write(descriptor: int, content: bytes) -> None:
    """Write all of *content*."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def own(place: str | int, uid: int, gid: int) -> None:
    """Change the owner of a path itself or of a descriptor; raises Unsupported where the world has a single user."""
    try:
        os.fchown(place, uid, gid) if isinstance(place, int) else os.lchown(place, uid, gid)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EPERM):
            raise
        raise Unsupported(
            f"no owner {uid}:{gid} in a world with a single user; a range of ids is needed (apt-get install uidmap)"
        ) from error


class Sandbox:
    """A root on a tmpfs; only in a world, where it dies with its process. Raises WorldError elsewhere.

    Roots of the usual size stand on one disk, which holds little more than that; others have a disk of their own.
    """

    def __init__(self, name: str, size_bytes: int = SIZE_BYTES) -> None:
        if not NAME.fullmatch(name):
            raise BadValue("name", name, "the name of a directory, without '/'")
        place = here()
        if place is None:
            raise WorldError(
                f"a sandbox ({name}) stands only in a world: start machines in setUp or in a test method of a Scenario"
            )
        self.name = name
        if not place.has_mounts and size_bytes != SIZE_BYTES:
            raise Unsupported(
                f"a disk of its own size needs namespaces, which {place.rung!r} has not (pkgsuite doctor)"
            )
        self.root = f"{place.sandboxes}/{name}"
        self.place = place
        self.size_bytes = size_bytes
        try:
            os.mkdir(self.root)
        except FileExistsError:
            raise SuiteError(f"there is already a sandbox called {name}; give each machine a name of its own") from None
        self._has_disk = place.has_mounts and size_bytes != SIZE_BYTES
        if self._has_disk:
            namespaces.mount("tmpfs", self.root, "tmpfs", namespaces.NO_DEVICES, f"mode=755,size={size_bytes}")

    def apply(self, steps: Iterable[Step]) -> None:
        """Do *steps* in order; raises SuiteError naming the one that could not be done."""
        ground = Ground(self.root)
        for step in steps:
            try:
                step.apply(ground)
            except OSError as error:
                raise SuiteError(f"sandbox {self.name}: could not {step.describe()}: {self._reason(error)}") from error

    def _reason(self, error: OSError) -> str:
        if error.errno == errno.ENOSPC:
            return f"its disk of {self.size_bytes} bytes is full; give the machine a larger one (disk_bytes=…)"
        return error.strerror or str(error)

    def pack(self, facts: bytes, target: BinaryIO) -> None:
        """Write *facts* and the root as a tar with owners."""
        packing.pack(self.root, facts, target)

    def close(self) -> None:
        """Take the root away."""
        if self._has_disk:
            namespaces.unmount(self.root)
            os.rmdir(self.root)
        elif self.place.has_mounts:
            set_aside(self.root)
        else:
            fake.forget(self.root, self.place.environment)
            trees.remove(self.root)


def set_aside(root: str) -> None:
    """Make room for a root of that name; all that are aside are deleted when they take much of the disk."""
    disk = os.path.dirname(root)
    aside = f"{disk}/{ASIDE}"
    os.makedirs(aside, 0o700, exist_ok=True)
    os.rename(root, f"{aside}/{next(_aside)}")
    room = os.statvfs(disk)
    if (room.f_blocks - room.f_bavail) * room.f_frsize > MOST_ASIDE_BYTES:
        trees.remove(aside)
