"""Run `pkgsuite pactest` on texts, and read its stream as a TAP consumer does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.checkout import TOP

LINE = re.compile(
    r"(?P<verdict>ok|not ok) (?P<number>\d+) - (?P<description>.*?)(?: # (?P<directive>(?:TODO|SKIP).*))?"
)


@dataclass
class Line:
    """One result with what stands above and below it."""

    verdict: str
    description: str
    directive: str
    rules: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        return "\n".join(self.comments)


@dataclass
class Run:
    """What one call did."""

    status: int
    output: str
    errors: str
    lines: dict[str, Line]
    trouble: list[str]


def read(output: str) -> tuple[dict[str, Line], list[str]]:
    """The results by the name of the file, and what is not valid TAP."""
    found: dict[str, Line] = {}
    trouble: list[str] = []
    name, rules, comments = "", {}, []
    plan = None
    for place, line in enumerate(output.splitlines()):
        if place == 0 and line != "TAP version 13":
            trouble.append(f"no version but {line!r}")
        elif re.fullmatch(r"1\.\.\d+", line):
            trouble += [f"a second plan: {line}"] if plan is not None else []
            plan = int(line[3:])
        elif match := re.fullmatch(r"# Running '(.*)'", line):
            name, rules, comments = match[1], {}, []
        elif match := re.fullmatch(r"#    (ok|not ok) \d+ - (.*)", line):
            rules[match[2]] = match[1]
        elif line.startswith("#"):
            comments.append(line)
        elif match := LINE.fullmatch(line):
            found[name] = Line(match["verdict"], match["description"], match["directive"] or "", rules, comments)
            trouble += [f"out of order: {line}"] if int(match["number"]) != len(found) else []
        elif not line.startswith(("TAP version", "Bail out!")):
            trouble.append(f"not TAP: {line!r}")
    if "Bail out!" not in output and plan != len(found):
        trouble.append(f"{plan} planned, {len(found)} told")
    return found, trouble


def run(
    files: Mapping[str, str], *words: str, environment: Mapping[str, str] | None = None, stdin: str = "", jobs: int = 2
) -> Run:
    """Write *files* and call the command with *words* and them."""
    with tempfile.TemporaryDirectory(prefix="pactest-tests-", dir=os.environ.get("TMPDIR")) as place:
        paths = []
        for name, text in files.items():
            path = Path(place, f"{name}.py")
            path.write_text(text)
            paths.append(str(path))
        return call(f"-j{jobs}", *words, *paths, environment=environment, stdin=stdin)


def call(*words: str, environment: Mapping[str, str] | None = None, stdin: str = "") -> Run:
    """Call the command."""
    done = subprocess.run(
        [sys.executable, "-m", "pkgsuite", "pactest", *words],
        cwd=TOP,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **(environment or {})},
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    return Run(done.returncode, done.stdout, done.stderr, *read(done.stdout))
