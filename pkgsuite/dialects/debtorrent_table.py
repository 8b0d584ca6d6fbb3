"""Tables of tests as DebTorrent's test program has them: what they say, read and checked.

A table is a dictionary: a test's name stands for its description, trackers, downloaders and queue, in that order.

    tests = {"2": ("Two downloaders", {1: []}, {1: (1, []), 2: (1, ["--disable_http_downloader", "1"])},
                   [(1, ["update"]), (1, ["install", "fop-doc"])])}

Trackers stand by their numbers, each with its options. A downloader has the number of its tracker and its options, and
may have a dictionary with `mirror`, `suites` and `clean` as a third thing. Each entry of the queue is a downloader's
number and what its apt-get does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from pkgsuite.errors import BadValue
from pkgsuite.values import dataclass

__all__ = ["Downloader", "Test", "load", "read"]

WORDS = ("all", "help")
NUMBERS = range(1, 10)
MIRROR, COMPONENTS = "ftp.us.debian.org/debian", "main"
ASSIGNMENT = re.compile(r"^tests\s*=\s*(?=\{)", re.MULTILINE)
PLACE = re.compile(r"[a-z0-9][a-z0-9.-]*(/[A-Za-z0-9._~+-]+)*")
KEYWORDS = {"mirror": str, "suites": str, "clean": bool}

TRACKER_OPTIONS = ("port", "cache_dir", "log_level")
DOWNLOADER_OPTIONS = (
    *("apt_port", "cache_dir", "disable_http_downloader", "download_dir", "force_tracker", "log_level"),
    *("max_upload_rate", "maxport", "minport", "security"),
)


@dataclass(frozen=True, slots=True)
class Downloader:
    """A downloader: the number of its tracker, its options, where it gets packages, whether it starts with nothing."""

    tracker: int
    options: Mapping[str, str] = field(default_factory=dict)
    mirror: str = MIRROR
    suites: str = COMPONENTS
    clean: bool = True

    @property
    def host(self) -> str:
        """The host name of its mirror."""
        return self.mirror.partition("/")[0]

    @property
    def directory(self) -> str:
        """Where on its mirror the repository lies."""
        return self.mirror.partition("/")[2].strip("/")

    def number(self, option: str, otherwise: int) -> int:
        """The value of an option that is a number."""
        return int(self.options.get(option, otherwise))


@dataclass(frozen=True, slots=True)
class Test:
    """A test: its nodes by their numbers, and the queue of downloaders and the words for their apt-get."""

    name: str
    description: str
    trackers: Mapping[int, Mapping[str, str]]
    downloaders: Mapping[int, Downloader]
    queue: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def is_run_twice(self) -> bool:
        """Whether a downloader keeps what an earlier run left."""
        return not all(each.clean for each in self.downloaders.values())

    def packages(self, number: int = 0) -> tuple[str, ...]:
        """What the queue installs, on one downloader or on all, in order and each once."""
        words = [words for at, words in self.queue if words[0] == "install" and number in (0, at)]
        return tuple(dict.fromkeys(word for each in words for word in each[1:] if not word.startswith("-")))


def read(text: str, name: str = "the table") -> dict[str, Test]:
    """The tests of a file that assigns a table to `tests`; nothing else of it is looked at, and none of it is run.

    So a program of an older Python will do. Raises BadValue.
    """
    found = ASSIGNMENT.search(text)
    if found is None:
        raise BadValue("table", name, "a line that begins with `tests = {`")
    try:
        tree = ast.parse(literal(text[found.end() :]), mode="eval")
        return load(value(tree.body))
    except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue("table", name, f"a dictionary of plain values behind `tests =` ({error})") from error


def literal(text: str) -> str:
    """The start of *text* up to where its first brace closes; raises ValueError."""
    depth, quote, at = 0, "", 0
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif text.startswith(quote, at):
                at += len(quote) - 1
                quote = ""
        elif char in "'\"":
            quote = char * 3 if text.startswith(char * 3, at) else char
            at += len(quote) - 1
        elif char == "#":
            at = text.find("\n", at)
            if at < 0:
                break
        else:
            depth += (char in "{[(") - (char in ")]}")
            if depth == 0:
                return text[: at + 1]
        at += 1
    raise ValueError("its braces do not close")


def value(node: ast.expr) -> object:
    """The plain value of an expression, texts added up; raises ValueError."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = value(node.left), value(node.right)
        if isinstance(left, str) and isinstance(right, str):
            return left + right
        raise ValueError(f"line {node.lineno}: only texts can be added")
    if isinstance(node, ast.Dict):
        if None in node.keys:
            raise ValueError(f"line {node.lineno}: a dictionary in another")
        return {ast.literal_eval(key): value(each) for key, each in zip(node.keys, node.values, strict=True) if key}
    if isinstance(node, ast.List):
        return [value(each) for each in node.elts]
    if isinstance(node, ast.Tuple):
        return tuple(value(each) for each in node.elts)
    return ast.literal_eval(node)


# Checking


def load(table: object) -> dict[str, Test]:
    """The tests of a table, by their names; raises BadValue that names what is wrong and where."""
    if not isinstance(table, Mapping) or not table:
        raise BadValue("tests", table, "a dictionary of tests by their names")
    return {name: test(name, given) for name, given in table.items()}


def test(name: object, given: object) -> Test:
    """One test of a table."""
    if not isinstance(name, str) or not name or name in WORDS:
        raise BadValue("tests", name, f"a name as a text, other than {' and '.join(WORDS)}")
    where = f"tests[{name!r}]"
    if not isinstance(given, tuple) or len(given) != 4 or not isinstance(given[0], str):
        raise BadValue(where, given, "a description, trackers, downloaders and a queue, as a tuple")
    trackers = {
        number: options(f"{where}[1][{number}]", told, TRACKER_OPTIONS)
        for number, told in numbered(f"{where}[1]", given[1])
    }
    downloaders = {
        number: downloader(f"{where}[2][{number}]", told, trackers)
        for number, told in numbered(f"{where}[2]", given[2])
    }
    if not downloaders:
        raise BadValue(f"{where}[2]", given[2], "at least one downloader")
    return Test(name, given[0], trackers, downloaders, tuple(queued(f"{where}[3]", given[3], downloaders)))


def numbered(where: str, given: object) -> Iterator[tuple[int, object]]:
    """Nodes by their numbers."""
    if not isinstance(given, Mapping):
        raise BadValue(where, given, "a dictionary of nodes by their numbers")
    for number, told in given.items():
        if type(number) is not int or number not in NUMBERS:
            raise BadValue(where, number, f"a number from {NUMBERS[0]} to {NUMBERS[-1]}")
        yield number, told


def downloader(where: str, given: object, trackers: Iterable[int]) -> Downloader:
    """One downloader of a test."""
    expected = "the number of its tracker, a list of options, and a dictionary if need be"
    if not isinstance(given, tuple) or not 2 <= len(given) <= 3:
        raise BadValue(where, given, expected)
    tracker, words, more = (*given, {})[:3]
    if tracker not in tuple(trackers):
        raise BadValue(f"{where}[0]", tracker, f"the number of a tracker: {', '.join(map(str, trackers)) or 'none'}")
    if not isinstance(more, Mapping):
        raise BadValue(f"{where}[2]", more, "a dictionary")
    for key, told in more.items():
        if key not in KEYWORDS or not isinstance(told, KEYWORDS[key]):
            kinds = ", ".join(f"{name} as {kind.__name__}" for name, kind in KEYWORDS.items())
            raise BadValue(f"{where}[2]", {key: told}, kinds)
    found = Downloader(tracker, options(f"{where}[1]", words, DOWNLOADER_OPTIONS), **more)
    if not PLACE.fullmatch(found.mirror):
        raise BadValue(
            f"{where}[2]['mirror']", found.mirror, "a host name and a path, such as ftp.us.debian.org/debian"
        )
    if not all(re.fullmatch(r"[a-z0-9-]+", word) for word in found.suites.split()) or not found.suites.split():
        raise BadValue(f"{where}[2]['suites']", found.suites, "components, such as `main contrib`")
    return found


def options(where: str, given: object, known: tuple[str, ...]) -> dict[str, str]:
    """The words of a command line as options, `--name value` or `--name=value`."""
    if not isinstance(given, (list, tuple)) or not all(isinstance(word, str) for word in given):
        raise BadValue(where, given, "a list of options, such as ['--max_upload_rate', '50']")
    found: dict[str, str] = {}
    words = iter(given)
    for word in words:
        name, equals, told = word.removeprefix("--").partition("=")
        if not word.startswith("--") or name not in known:
            raise BadValue(where, word, f"one of {', '.join(f'--{each}' for each in known)}")
        text = told if equals else next(words, None)
        if text is None or (name not in ("cache_dir", "download_dir", "force_tracker") and not text.isdigit()):
            raise BadValue(where, word, "a number behind it" if text is not None else "a value behind it")
        found[name] = text
    return found


def queued(where: str, given: object, downloaders: Iterable[int]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """What the queue holds."""
    if not isinstance(given, (list, tuple)) or not given:
        raise BadValue(where, given, "a list of commands")
    for at, entry in enumerate(given):
        told = entry if isinstance(entry, tuple) and len(entry) == 2 else (None, None)
        number, words = told
        if (
            not isinstance(words, (list, tuple))
            or not words
            or not all(isinstance(each, str) and each for each in words)
        ):
            raise BadValue(f"{where}[{at}]", entry, "a downloader's number and a list of words for apt-get")
        if number not in tuple(downloaders):
            known = ", ".join(map(str, downloaders))
            raise BadValue(f"{where}[{at}][0]", number, f"the number of a downloader: {known}")
        yield number, tuple(words)
