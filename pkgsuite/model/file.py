"""One file, directory or symbolic link, and the mini-language that writes it in a line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from pkgsuite.errors import BadValue
from pkgsuite.values import dataclass

__all__ = ["File", "check_path", "parents", "with_parents"]

MODES = {"dir": 0o755, "file": 0o644, "link": 0o777}
"""The usual permission bits."""
MODE_BITS = 0o7777


@dataclass(frozen=True, slots=True)
class File:
    """One entry of a package or of a root; `File.parse` reads the mini-language.

    *path* is relative to the root and has no slash at its end. *content* may be given as text. *mode* holds the
    permission bits, None for the usual ones. A *target* makes the entry a symbolic link.
    """

    path: str
    content: bytes | str = b""
    mode: int | None = None
    target: str | None = None
    is_directory: bool = False
    uid: int = 0
    gid: int = 0

    def __post_init__(self) -> None:
        check_path("path", self.path)
        if isinstance(self.content, str):
            object.__setattr__(self, "content", self.content.encode())
        if self.mode is not None and not 0 <= self.mode <= MODE_BITS:
            raise BadValue("mode", self.mode, "permission bits from 0 to 0o7777")
        if self.target is not None and (not self.target or "\0" in self.target):
            raise BadValue("target", self.target, "where the link points to")
        if self.target is not None and self.is_directory:
            raise BadValue("path", f"{self.path}/ -> {self.target}", "a directory or a link, not both")

    @classmethod
    def parse(cls, entry: str) -> File:
        """The file that one line of the mini-language describes.

        `dir/` is a directory, `link -> target` a symbolic link, `path|0755` sets the mode, and a trailing `*` alters
        the content: a regular file holds its whole entry and a newline, so `etc/a` and `etc/a*` differ.
        """
        if not isinstance(entry, str) or not entry:
            raise BadValue("files", entry, "an entry such as 'usr/bin/a', 'etc/', 'lib -> usr/lib' or 'bin/a|0755'")
        path, target, mode = entry.rstrip("*"), None, None
        if " -> " in path:
            path, _, target = path.partition(" -> ")
        elif "|" in path:
            path, _, bits = path.partition("|")
            mode = parse_mode(bits, entry)
        if path.endswith("/"):
            return cls(path.rstrip("/"), mode=mode, target=target, is_directory=True)
        content = b"" if target is not None else f"{entry}\n".encode("utf-8", "surrogateescape")
        return cls(path, content, mode, target)

    @property
    def kind(self) -> str:
        """The type of the entry: `file`, `dir` or `link`."""
        if self.target is not None:
            return "link"
        return "dir" if self.is_directory else "file"

    @property
    def data(self) -> bytes:
        """The content as bytes."""
        assert isinstance(self.content, bytes)
        return self.content

    @property
    def listing(self) -> str:
        """The path as package databases list it: directories end in a slash."""
        return f"{self.path}/" if self.is_directory else self.path

    @property
    def permissions(self) -> int:
        """The permission bits, with the usual ones where none are given."""
        if self.mode is not None:
            return self.mode
        return MODES[self.kind]

    @property
    def md5(self) -> str:
        """The MD5 sum of the content, as alpm keeps it for backup files; lower-case hex."""
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()

    def altered(self) -> File:
        """The same entry with other content; directories and links stay as they are."""
        if self.kind != "file":
            return self
        return replace(self, content=self.data.removesuffix(b"\n") + b"*\n")


def parse_mode(bits: str, entry: str) -> int:
    """Permission bits from their octal digits."""
    try:
        return int(bits, 8)
    except ValueError:
        raise BadValue("files", entry, "octal permission bits behind '|', such as 'bin/a|0755'") from None


def check_path(field: str, path: str) -> None:
    """Refuse a *path* that is not a plain path below the root; raises BadValue."""
    if not path or "\0" in path or "\n" in path:
        raise BadValue(field, path, "a path in one line")
    if path.startswith("/"):
        raise BadValue(field, path, "a path relative to the root, without the leading '/'")
    closed = f"/{path}/"
    if "//" in closed or "/./" in closed or "/../" in closed:
        raise BadValue(field, path, "a plain path: no '..', no '.', no empty part")


def parents(path: str) -> list[str]:
    """The directories above *path*, the nearest first."""
    found = []
    while "/" in path:
        path = path.rpartition("/")[0]
        found.append(path)
    return found


def with_parents(files: Iterable[File], field: str = "files") -> tuple[File, ...]:
    """*files* in order of their paths, with the directories above them added; raises BadValue on a clash."""
    entries: dict[str, File] = {}
    for file in files:
        if file.path in entries:
            raise BadValue(field, file.path, "each path once")
        entries[file.path] = file
    for path in list(entries):
        for parent in parents(path):
            above = entries.get(parent)
            if above is None:
                entries[parent] = File(parent, is_directory=True)
            elif not above.is_directory:
                raise BadValue(field, parent, f"a directory, since {path!r} lies below it; it is a {above.kind}")
    return tuple(sorted(entries.values(), key=lambda file: file.listing))
