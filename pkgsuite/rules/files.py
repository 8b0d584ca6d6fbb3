"""Rules about single paths below the root; symbolic links are followed inside it, as if it were `/`."""

from __future__ import annotations

from pkgsuite.model.observation import Observation
from pkgsuite.model.tree import FileState, Tree
from pkgsuite.rules.arguments import FILE_PATH, MODE, OWNER, PATH, TEXT, TYPE
from pkgsuite.rules.base import Finding, Judge, Kind
from pkgsuite.rules.show import diff, quote

__all__ = ["KINDS", "describe", "has_contents", "is_type"]

WORDS = {"file": "a regular file", "dir": "a directory", "link": "a symbolic link"}
NOTHING = "nothing there"
CONTENT = ("size", "digest")


def describe(tree: Tree, path: str) -> str:
    """What stands at *path*, in words."""
    state = tree.look_at(path)
    if state is None:
        return NOTHING
    if state.kind != "link":
        return word(state)
    target = tree.look(path)
    return f"a symbolic link to {state.target}, {'which leads nowhere' if target is None else word(target)}"


def word(state: FileState) -> str:
    """The type of one state, in words."""
    return WORDS.get(state.kind, "a device, pipe or socket")


def is_type(observation: Observation, path: str, kind: str) -> bool:
    """Whether *path* is of the type; only a question for a link is not led on by one."""
    tree = observation.after
    state = tree.look_at(path) if kind == "link" else tree.look(path)
    return state is not None and state.kind == kind


def exists_as(kind: str) -> Judge:
    """A judge of whether a path is there and of the type."""

    def judge(observation: Observation, path: str) -> Finding:
        return Finding(is_type(observation, path, kind), WORDS[kind], describe(observation.after, path))

    return judge


def has_type(observation: Observation, path: str, kind: str) -> Finding:
    """Whether what stands at the path is of the type."""
    is_there = observation.after.look_at(path) is not None
    held = is_type(observation, path, kind) if is_there else None
    return Finding(held, WORDS[kind], describe(observation.after, path))


def has_mode(observation: Observation, path: str, mode: str) -> Finding:
    """Whether the permission bits are exactly those."""
    bits, state = int(mode, 8), observation.after.look(path)
    if state is None:
        return Finding(None, f"{bits:04o}", describe(observation.after, path))
    return Finding(state.mode == bits, f"{bits:04o}", f"{state.mode:04o}")


def has_owner(observation: Observation, path: str, owner: str) -> Finding:
    """Whether the path itself, a last link not followed, belongs to exactly that user and group."""
    state = observation.after.look_at(path)
    if state is None:
        return Finding(None, owner, NOTHING)
    user, group = owner.split(":")
    return Finding((state.uid, state.gid) == (int(user), int(group)), owner, f"{state.uid}:{state.gid}")


def is_empty(observation: Observation, path: str) -> Finding:
    """Whether the regular file holds no byte."""
    state = observation.after.look(path)
    if state is None or state.kind != "file":
        return Finding(None, "0 bytes", describe(observation.after, path))
    return Finding(state.size == 0, "0 bytes", f"{state.size} bytes")


def has_contents(observation: Observation, path: str, text: str) -> Finding:
    """Whether the regular file holds exactly *text*."""
    found = observation.after.resolve(path)
    if not found or observation.after[found].kind != "file":
        return Finding(None, quote(text), describe(observation.after, path))
    try:
        seen = observation.read(found).decode("utf-8", "surrogateescape")
    except OSError as error:
        return Finding(None, quote(text), f"it cannot be read: {error}")
    return Finding(seen == text, quote(text), quote(seen), diff(text, seen))


def is_modified(observation: Observation, path: str) -> Finding:
    """Whether the path, or what it leads to, is not as it was before the first command."""
    before, after = observation.before, observation.after
    if observation.last is None:
        return Finding(None, "modified", "no command was run")
    if before.look_at(path) is None and after.look_at(path) is None:
        return Finding(None, "modified", f"{NOTHING}, neither before nor after")
    if before.look_at(path) is None:
        return Finding(True, "modified", f"created: {describe(after, path)}")
    if after.look_at(path) is None:
        return Finding(True, "modified", f"deleted: {describe(before, path)}")
    what = differences(before.look_at(path), after.look_at(path)) or differences(before.look(path), after.look(path))
    return Finding(bool(what), "modified", f"changed {', '.join(what)}" if what else "not modified")


def differences(old: FileState | None, new: FileState | None) -> list[str]:
    """What is not the same in two states, times included; one that is missing differs in its target."""
    if old is None or new is None:
        return [] if old is new else ["target"]
    names = [name for name in FileState._fields if getattr(old, name) != getattr(new, name)]
    words = ["content" if name in CONTENT else name.removesuffix("_ns") for name in names]
    return list(dict.fromkeys(words))


def has_beside(suffix: str) -> Judge:
    """A judge of whether something stands at the path with *suffix* behind it."""

    def judge(observation: Observation, path: str) -> Finding:
        beside = f"{path}{suffix}"
        is_there = observation.after.look_at(beside) is not None
        return Finding(is_there, f"{beside} exists", describe(observation.after, beside), opposite=f"no {beside}")

    return judge


KINDS = (
    Kind("FILE_EXIST", "A regular file stands at the path.", exists_as("file"), (FILE_PATH,)),
    Kind("DIR_EXIST", "A directory stands at the path.", exists_as("dir"), (PATH,)),
    Kind("LINK_EXIST", "A symbolic link stands at the path, wherever it leads.", exists_as("link"), (FILE_PATH,)),
    Kind(
        "FILE_TYPE",
        "What stands at the path is of this type; for `link`, the path itself must be a symbolic link.",
        has_type,
        (PATH, TYPE),
    ),
    Kind("FILE_MODE", "What stands at the path has exactly these permission bits.", has_mode, (PATH, MODE)),
    Kind("FILE_OWNER", "The path itself belongs to this user and group, by their numbers.", has_owner, (PATH, OWNER)),
    Kind("FILE_EMPTY", "The file holds no byte.", is_empty, (FILE_PATH,)),
    Kind("FILE_CONTENTS", "The file holds exactly this text.", has_contents, (FILE_PATH, TEXT)),
    Kind(
        "FILE_MODIFIED",
        "The path was created, deleted or changed in content, times or anything else since before the first command.",
        is_modified,
        (PATH,),
    ),
    Kind("FILE_PACNEW", "A new version was set beside the file, as path.pacnew.", has_beside(".pacnew"), (FILE_PATH,)),
    Kind("FILE_PACSAVE", "The file was saved when removed, as path.pacsave.", has_beside(".pacsave"), (FILE_PATH,)),
    Kind("FILE_PACORIG", "The file's original was kept, as path.pacorig.", has_beside(".pacorig"), (FILE_PATH,)),
    Kind(
        "FILE_DPKGNEW", "A new version waits beside the file, as path.dpkg-new.", has_beside(".dpkg-new"), (FILE_PATH,)
    ),
    Kind(
        "FILE_DPKGDIST",
        "The package's version was set beside the file, as path.dpkg-dist.",
        has_beside(".dpkg-dist"),
        (FILE_PATH,),
    ),
    Kind(
        "FILE_DPKGOLD",
        "The user's version was set beside the file, as path.dpkg-old.",
        has_beside(".dpkg-old"),
        (FILE_PATH,),
    ),
)
