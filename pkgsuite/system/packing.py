"""A root as a tar: written with owners when it is kept, and read back without trust.

The tar holds `facts.json`, then everything below `root/`, so that it can be looked into with tar(1) too.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import stat
import tarfile
import zlib
from typing import BinaryIO

from pkgsuite.errors import SuiteError

__all__ = ["pack", "read_facts", "unpack"]

FACTS, ROOT = "facts.json", "root"
MOST_FACTS_BYTES = 1 << 20
WRONG = (tarfile.TarError, zlib.error, EOFError, OSError, OverflowError, ValueError)


def pack(root: str, facts: bytes, target: BinaryIO) -> None:
    """Write *facts* and the tree at *root* as a tar with owners."""
    with (
        gzip.GzipFile(fileobj=target, mode="wb", compresslevel=1) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        member = tarfile.TarInfo(FACTS)
        member.size = len(facts)
        archive.addfile(member, io.BytesIO(facts))
        archive.add(root, arcname=ROOT)


def read_facts(source: BinaryIO) -> bytes:
    """The facts of a packed tar; raises SuiteError where it holds none."""
    try:
        with tarfile.open(fileobj=source, mode="r|gz") as archive:
            member = archive.next()
            if member is None or member.name != FACTS or not member.isreg() or member.size > MOST_FACTS_BYTES:
                raise SuiteError(f"it does not start with {FACTS}")
            file = archive.extractfile(member)
            assert file is not None
            return file.read()
    except WRONG as error:
        raise SuiteError(f"it is no whole tar.gz: {error}") from error


def unpack(source: BinaryIO, root: str) -> list[str]:
    """Fill the empty directory *root* from a packed tar and give what could not be restored, a line each.

    Raises SuiteError for a tar that is damaged, and for one that reaches out of the root.
    """
    tree = Tree(root)
    try:
        with tarfile.open(fileobj=source, mode="r|gz") as archive:
            for member in archive:
                if member.name != FACTS:
                    tree.add(member, archive)
        tree.finish()
    except WRONG as error:
        raise SuiteError(f"it cannot be unpacked: {error}") from error
    return tree.lost()


class Tree:
    """A directory that fills with members of a tar, none of which can reach out of it."""

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._directories: list[tuple[str, tarfile.TarInfo]] = []
        self._owners: list[str] = []
        self._left_out: list[str] = []

    def add(self, member: tarfile.TarInfo, archive: tarfile.TarFile) -> None:
        """Make what *member* describes."""
        place = self._place(member.name)
        if member.isdir():
            if place != self._root:
                os.mkdir(place)
            self._directories.append((place, member))
        elif member.isreg():
            content = archive.extractfile(member)
            assert content is not None
            with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(content, file)
            self._dress(place, member)
        elif member.issym():
            os.symlink(member.linkname, place)
            self._dress(place, member)
        elif member.islnk():
            self._link(member, place)
        elif member.isfifo():
            os.mkfifo(place)
            self._dress(place, member)
        else:
            self._left_out.append(member.name)

    def _place(self, name: str) -> str:
        """Where a member goes; raises SuiteError for a name that leads elsewhere, by itself or through a link."""
        first, *parts = name.split("/")
        place = "/".join([self._root, *parts])
        above = os.path.dirname(place)
        if first != ROOT or any(part in ("", ".", "..") for part in parts):
            raise SuiteError(f"its member {name!r} does not lie below {ROOT}/")
        if parts and os.path.realpath(above) != above:
            raise SuiteError(f"its member {name!r} lies behind a link")
        return place

    def _link(self, member: tarfile.TarInfo, place: str) -> None:
        """Give a file that is there another name; a link to a link could lead out."""
        known = self._place(member.linkname)
        if not stat.S_ISREG(os.lstat(known).st_mode):
            raise SuiteError(f"its member {member.name!r} is another name of {member.linkname!r}, which is no file")
        os.link(known, place, follow_symlinks=False)

    def _dress(self, place: str, member: tarfile.TarInfo) -> None:
        """Restore owner, mode and time; the mode comes after the owner, whose change clears setuid."""
        try:
            os.chown(place, member.uid, member.gid, follow_symlinks=False)
        except (OSError, OverflowError):
            self._owners.append(f"{member.uid}:{member.gid} of {member.name}")
        if not member.issym():
            os.chmod(place, stat.S_IMODE(member.mode))
        mtime_ns = int(member.mtime * 1_000_000_000)
        os.utime(place, ns=(mtime_ns, mtime_ns), follow_symlinks=False)

    def finish(self) -> None:
        """Restore the directories, which making their entries has touched, the deepest first."""
        for place, member in reversed(self._directories):
            self._dress(place, member)

    def lost(self) -> list[str]:
        """What could not be restored, in sentences."""
        told = []
        if self._owners:
            told.append(f"{len(self._owners)} owners cannot be restored here, such as {self._owners[0]}")
        if self._left_out:
            told.append(f"{len(self._left_out)} devices are left out, such as {self._left_out[0]}")
        return told
