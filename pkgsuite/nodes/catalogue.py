"""What a repository says of its files, learned from indexes that pass: which path has which sums; no I/O in here."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from functools import cached_property

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import compression, torrent
from pkgsuite.formats.deb822 import Paragraph, parse, unsigned
from pkgsuite.formats.torrent import Torrent
from pkgsuite.values import dataclass

__all__ = ["Catalogue", "Known", "is_release"]

RELEASES = ("Release", "InRelease")
INDEX = re.compile(r"(?:Packages|Sources)(?:\.[a-z0-9]+)?")
SUMS = {"SHA256": re.compile(r"[0-9a-f]{64}"), "SHA1": re.compile(r"[0-9a-f]{40}")}
FORMS = {**SUMS, "SHA512": re.compile(r"[0-9a-f]{128}"), "MD5Sum": re.compile(r"[0-9a-f]{32}")}
"""The sums that Release files tell: files may be asked for by any of them, and are known by two."""

IN_RELEASE = {kind: kind for kind in FORMS}
IN_SOURCES = {kind: f"Checksums-{kind.capitalize()}" for kind in SUMS}
SIZE = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Known:
    """A file that an index names: its size and its sums in hexadecimal digits, of which there is one at least.

    *name* is the last part of its path, *package* the package whose file it is; an index has none.
    """

    name: str
    size: int
    sha256: str = ""
    sha1: str = ""
    package: str = ""

    @property
    def key(self) -> str:
        """The name of its content."""
        return f"sha256-{self.sha256}" if self.sha256 else f"sha1-{self.sha1}"

    @cached_property
    def torrent(self) -> Torrent | None:
        """What peers call it; only files of packages are shared, and only where their SHA-1 sum is told."""
        if not self.package or not self.sha1:
            return None
        try:
            return torrent.of_file(self.name, self.size, self.sha1)
        except BadValue:
            return None


class Catalogue:
    """Files by their places, which are a host and a path; several threads may learn at the same time."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._lock = threading.Lock()

    def find(self, place: str) -> Known | None:
        """What is known of a place."""
        return self._known.get(place)

    def items(self) -> list[tuple[str, Known]]:
        """All that is known."""
        with self._lock:
            return list(self._known.items())

    def learn(self, place: str, data: bytes) -> None:
        """Take over what the Release file or index at *place* says; other files say nothing.

        Raises BadArchive, Unsupported.
        """
        known = self.find(place)
        name = known.name if known else place.rpartition("/")[2]
        if name in RELEASES:
            found = dict(released(place, data))
        elif INDEX.fullmatch(name):
            found = dict(indexed(place, compression.decompress(data)))
        else:
            return
        with self._lock:
            self._known.update(found)


def is_release(place: str) -> bool:
    """Whether a place is that of a Release file or its signature, of which nobody tells the sums."""
    return place.rpartition("/")[2] in (*RELEASES, "Release.gpg")


def released(place: str, data: bytes) -> Iterator[tuple[str, Known]]:
    """The files of a suite that its Release file names, under their paths and by hash."""
    directory = place.rpartition("/")[0]
    paragraphs = parse(unsigned(data))
    if not paragraphs:
        raise BadArchive("Release file: expected a paragraph, seen none")
    for path, (size, sums) in listed(paragraphs[0], IN_RELEASE).items():
        known = Known(path.rpartition("/")[2], size, sums.get("SHA256", ""), sums.get("SHA1", ""))
        if SUMS.keys().isdisjoint(sums):
            continue
        yield joined(directory, path), known
        above = joined(directory, path).rpartition("/")[0]
        for kind, value in sums.items():
            yield f"{above}/by-hash/{kind}/{value}", known


def indexed(place: str, data: bytes) -> Iterator[tuple[str, Known]]:
    """The files of packages that an index names, below the root of its repository."""
    root = root_of(place)
    for said in parse(data):
        if "Filename" in said:
            yield from of_binary(root, said)
        elif "Directory" in said:
            for name, (size, sums) in listed(said, IN_SOURCES).items():
                known = Known(name, size, sums.get("SHA256", ""), sums.get("SHA1", ""), said.get("Package", ""))
                yield joined(root, f"{said['Directory']}/{name}"), known


def of_binary(root: str, said: Paragraph) -> Iterator[tuple[str, Known]]:
    """The one archive of a binary package, if its size and a sum are told."""
    sums = {kind: said.get(kind, "").lower() for kind in SUMS}
    sha256, sha1 = (sums[kind] if form.fullmatch(sums[kind]) else "" for kind, form in SUMS.items())
    size, path = said.get("Size", ""), said["Filename"]
    if (sha256 or sha1) and SIZE.fullmatch(size):
        yield joined(root, path), Known(path.rpartition("/")[2], int(size), sha256, sha1, said.get("Package", ""))


def listed(said: Paragraph, fields: Mapping[str, str]) -> dict[str, tuple[int, dict[str, str]]]:
    """The sizes and sums of the files that a paragraph lists by path: lines of a sum, a size and a path."""
    found: dict[str, tuple[int, dict[str, str]]] = {}
    for kind, name in fields.items():
        for line in said.get(name, "").splitlines():
            words = line.split()
            if len(words) == 3 and FORMS[kind].fullmatch(words[0].lower()) and SIZE.fullmatch(words[1]):
                size, sums = found.setdefault(words[2], (int(words[1]), {}))
                if size == int(words[1]):
                    sums[kind] = words[0].lower()
    return found


def root_of(place: str) -> str:
    """The place of the repository whose index is at *place*; one without `dists` starts where its index is."""
    directory, is_by_hash, _ = place.partition("/by-hash/")
    if not is_by_hash:
        directory = place.rpartition("/")[0]
    above, dists, _ = f"{directory}/".rpartition("/dists/")
    return above if dists else directory


def joined(root: str, path: str) -> str:
    """A path below a root, without steps that stand still."""
    return "/".join([root, *(part for part in path.split("/") if part not in ("", "."))])
