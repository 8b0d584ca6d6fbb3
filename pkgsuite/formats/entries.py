"""Members of archives as the files of a package, refused where they would lead elsewhere or take too much memory."""

from __future__ import annotations

from dataclasses import replace

from pkgsuite.errors import BadArchive
from pkgsuite.formats.tar import Member
from pkgsuite.formats.untar import LONGEST_PATH
from pkgsuite.model.file import File

__all__ = ["bounded", "file_of"]

DEEPEST_PATH = 256


def file_of(member: Member) -> File:
    """The file that a member unpacks as; raises BadValue for a path that leads elsewhere."""
    target = member.target if member.kind == "link" else None
    is_directory = member.kind == "dir"
    file = File(member.path, member.content, None, target, is_directory, member.uid, member.gid)
    return file if file.permissions == member.mode else replace(file, mode=member.mode)


def bounded(source: str, file: File) -> File:
    """*file*, unless its parents would take far more memory than the path itself; raises BadArchive."""
    if len(file.path) > LONGEST_PATH or file.path.count("/") > DEEPEST_PATH:
        expected = f"a path of at most {LONGEST_PATH} characters and {DEEPEST_PATH} parents"
        raise BadArchive(f"{source}: files: expected {expected}, seen {file.path[:40]!r}...")
    return file
