"""What an archive holds as lines that a manager can verify later; see mtree(5)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pkgsuite.formats.tar import Member

__all__ = ["write"]

HEAD = "#mtree\n/set type=file uid=0 gid=0 mode=644\n"
PLAIN = frozenset(range(0x21, 0x7F)) - frozenset(b"#=\\")
"""The bytes that stand for themselves in a path; the others are written in octal."""


def write(members: Iterable[Member]) -> bytes:
    """The description of *members*, with the keywords that makepkg chooses."""
    return (HEAD + "".join(f"./{escaped(member.path)} {keywords(member)}\n" for member in members)).encode()


def keywords(member: Member) -> str:
    """What is said of one member, where it is not what the first line set for all."""
    words = [f"time={member.mtime}.0"]
    if member.mode != 0o644:
        words.append(f"mode={member.mode:o}")
    words += [f"{name}={number}" for name, number in (("uid", member.uid), ("gid", member.gid)) if number]
    if member.kind == "file":
        words.append(f"size={len(member.content)}")
        words.append(f"md5digest={hashlib.md5(member.content, usedforsecurity=False).hexdigest()}")
        words.append(f"sha256digest={hashlib.sha256(member.content).hexdigest()}")
    else:
        words.append(f"type={member.kind}")
    if member.kind == "link":
        words.append(f"link={escaped(member.target)}")
    return " ".join(words)


def escaped(path: str) -> str:
    """*path* with every byte that could end it, or is not ASCII, as a backslash and three octal digits."""
    return "".join(chr(byte) if byte in PLAIN else f"\\{byte:03o}" for byte in path.encode("utf-8", "surrogateescape"))
