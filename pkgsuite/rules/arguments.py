"""What may stand in a rule: the name of each argument, what it must be, and how a text is told to be that."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

from pkgsuite.errors import BadValue
from pkgsuite.model.file import MODE_BITS, check_path
from pkgsuite.model.package import DEPENDENCY, EXPLICIT
from pkgsuite.values import dataclass

__all__ = [
    "AMOUNT",
    "ENTRY",
    "EVENT",
    "FILE",
    "FILE_PATH",
    "ITEM",
    "MODE",
    "NODE",
    "OFFSET",
    "OWNER",
    "PACKAGE",
    "PATH",
    "PATTERNS",
    "REASON",
    "REGEX",
    "STATUS",
    "TEXT",
    "STATE",
    "TIMES",
    "TRANSACTION",
    "TYPE",
    "VERSION",
    "Argument",
]

STATES = (
    *("not-installed", "config-files", "half-installed", "unpacked", "half-configured"),
    *("triggers-awaited", "triggers-pending", "installed"),
)
"""How far a package can be installed; dpkg(1)."""

STATUSES = range(-64, 256)
"""Exit statuses, and below zero the signals that end a command; signal(7)."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One part of a rule's text: its name in the rule's form, what is expected there, and what it accepts."""

    name: str
    expected: str
    accepts: Callable[[str], bool]


def is_package(text: str) -> bool:
    """Whether *text* can be a package's name: one word, without the marks that end a name in a relation."""
    return re.fullmatch(r"[^\s|=<>]+", text) is not None


def is_item(text: str) -> bool:
    """Whether *text* is one line with no space around it."""
    return text != "" and text == text.strip() and len(text.splitlines()) == 1


def is_file_path(text: str) -> bool:
    """Whether *text* is a plain path below the root that a rule can hold."""
    try:
        check_path("path", text)
    except BadValue:
        return False
    return "|" not in text


def is_path(text: str) -> bool:
    """Whether *text* is such a path, or that of a directory with a slash at its end."""
    return is_file_path(text.removesuffix("/"))


def are_patterns(text: str) -> bool:
    """Whether *text* is nothing, or patterns of paths with a bar between them."""
    return text == "" or all(is_path(pattern) for pattern in text.split("|"))


def is_regex(text: str) -> bool:
    """Whether *text* is a regular expression that finds more than nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text)
    except (re.error, OverflowError, RecursionError, ValueError):
        return False
    return text != ""


def is_status(text: str) -> bool:
    """Whether *text* is a number that a command can end with."""
    return re.fullmatch(r"-?[0-9]{1,3}", text) is not None and int(text) in STATUSES


def is_mode(text: str) -> bool:
    """Whether *text* is permission bits in octal digits."""
    return re.fullmatch(r"[0-7]{1,5}", text) is not None and int(text, 8) <= MODE_BITS


def is_owner(text: str) -> bool:
    """Whether *text* is the numbers of a user and a group, with a colon between them."""
    return re.fullmatch(r"[0-9]{1,10}:[0-9]{1,10}", text) is not None


def is_count(text: str) -> bool:
    """Whether *text* is a number in decimal digits, without needless zeros."""
    return re.fullmatch(r"0|[1-9][0-9]{0,8}", text) is not None


def is_offset(text: str) -> bool:
    """Whether *text* is the place of a byte in a file, in decimal digits without needless zeros."""
    return re.fullmatch(r"0|[1-9][0-9]{0,17}", text) is not None


def is_transaction(text: str) -> bool:
    """Whether *text* is nothing, or packages with a sign before each and perhaps a version behind."""
    return all(re.fullmatch(r"[+^-][^\s|=<>]+(=[^\s=]+)?", item) for item in text.split()) and text == " ".join(
        text.split()
    )


def is_amount(text: str) -> bool:
    """Whether *text* is a number of times, or of bytes with that word behind it."""
    return re.fullmatch(r"(0|[1-9][0-9]{0,8})|(0|[1-9][0-9]{0,15}) bytes", text) is not None


def is_file(text: str) -> bool:
    """Whether *text* names a package, a path on a mirror, or every file of a package."""
    return text == "*" or is_package(text) or is_file_path(text)


EVENTS = ("started", "completed", "stopped", "again")
"""What a peer can announce; the last stands for nothing new."""

PACKAGE = Argument("name", "the name of a package", is_package)
VERSION = Argument("version", "a version", is_item)
ITEM = Argument("item", "one item in one line", is_item)
REASON = Argument(
    "reason", f"{EXPLICIT} (explicit) or {DEPENDENCY} (dependency)", {str(EXPLICIT), str(DEPENDENCY)}.__contains__
)
TEXT = Argument("text", "a text, which may be empty", lambda text: True)
FILE_PATH = Argument("path", "a plain path relative to the root, with no slash at its end", is_file_path)
PATH = Argument("path", "a plain path relative to the root", is_path)
ENTRY = Argument("path", "a path as the package lists it: no slash before it, one behind a directory", is_path)
MODE = Argument("mode", "permission bits in octal digits, such as 0755", is_mode)
OWNER = Argument("uid:gid", "the numbers of a user and a group, such as 0:0", is_owner)
TYPE = Argument("type", "dir, file or link", {"dir", "file", "link"}.__contains__)
PATTERNS = Argument("pattern|pattern…", "patterns of plain paths with '|' between them, or nothing", are_patterns)
STATUS = Argument("status", "an exit status up to 255, or minus the number of a signal", is_status)
NODE = Argument("name", "the name of a node", is_package)
TIMES = Argument("times", "how often, as a number", is_count)
OFFSET = Argument("byte", "the number of a byte, from 0 on", is_offset)
AMOUNT = Argument("times", "how often, as a number, or how much, such as '1024 bytes'", is_amount)
FILE = Argument("package", "the name of a package, a path on a mirror, or * for every file of a package", is_file)
EVENT = Argument("event", f"one of {', '.join(EVENTS)}", EVENTS.__contains__)
STATE = Argument("state", f"one of {', '.join(STATES)}", STATES.__contains__)
TRANSACTION = Argument("+name…", "packages such as '+new ^changed -gone', or nothing", is_transaction)
REGEX = Argument("regex", "a regular expression that is not empty", is_regex)
