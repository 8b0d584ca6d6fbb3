"""Pages of Markdown as a reader copies from them: blocks of code, each with the file that the text before it names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.checkout import TOP

__all__ = ["Block", "blocks", "commands", "pages", "words"]

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"(?:(?<=\n\n)|\A)((?:    .*\n|\n(?=    ))+)")
FILE = re.compile(r"`(test_\w+)\.py`")
USUAL_FILE = "test_first"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code in a *language*; *module* is that of which the text before it speaks, *line* where it begins."""

    language: str
    text: str
    module: str
    line: int

    @property
    def is_scenario(self) -> bool:
        """Whether it is a file of tests."""
        return self.language == "python" and "(Scenario" in self.text


def pages() -> list[Path]:
    """Every page there is; none where the tests stand beside an installed pkgsuite."""
    found = [TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").glob("*.md"))]
    return [page for page in found if page.is_file()]


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page, in its order; an indented one is of the shell."""
    found = [(match.start(), match[1], match[2]) for match in FENCED.finditer(text)]
    plain = FENCED.sub(lambda match: re.sub(r"[^\n]", ".", match[0]), text)
    found += [(match.start(1), "sh", re.sub(r"(?m)^    ", "", match[1])) for match in INDENTED.finditer(plain)]
    for at, language, content in sorted(found):
        named = FILE.findall(text[:at])
        yield Block(language, content, named[-1] if named else USUAL_FILE, text.count("\n", 0, at) + 1)


def commands(block: Block) -> list[str]:
    """The lines of a block that are for a shell; those of other languages that call pkgsuite or its checkout."""
    text = block.text.replace("\\\n", " ")
    if block.language == "console":
        return [line[2:] for line in text.splitlines() if line.startswith("$ ")]
    if block.language in ("sh", ""):
        return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if block.language == "yaml":
        return [
            match[1] for match in re.finditer(r"(?m)^\s*(?:- run: |- |run: )((?:python3|sudo|apt-get|\./).*)$", text)
        ]
    return []


def words(command: str) -> list[str]:
    """A command without its comment, and without variables that are set for it."""
    found = shlex.split(command, comments=True)
    while found and re.fullmatch(r"[A-Z_]+=.*", found[0]):
        found.pop(0)
    return found
