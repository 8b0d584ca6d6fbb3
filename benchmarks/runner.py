"""What the runner itself costs: 1,000 empty tests, and a suite whose tests differ, on two workers, beside its peers.

Peers are what is on PATH. Python tells how to get them somewhere that is not this checkout:

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install pytest-xdist stestr unittest-parallel
    PATH="/tmp/peers/bin:$PATH" ./run bench runner

All of them run the same file of plain unittest tests, in turns, as whole processes from start to end; each figure is
a median. Where a peer has several ways to share tests out, it uses the one that suits the suite.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks._ratio import Ratio, Row, Unmeasured

__all__ = ["measure"]

TOP = Path(__file__).parent.parent
ROUNDS = 5
WORKERS = 2
REMEDY = "pip install {package}, into a venv whose bin is on PATH"

EMPTY = """
import unittest

def make(number):
    tests = {f"test_{each}": lambda self: None for each in range(100)}
    return type(f"Empty{number}", (unittest.TestCase,), {"__module__": __name__, **tests})

for number in range(10):
    globals()[f"Empty{number}"] = make(number)
"""
EMPTY_COUNT = 1000

LENGTHS_S = [0.05] * 20 + [0.2] * 10 + [1.0, 2.0]
"""What the tests of the uneven suite take, in the order of their names: the worst one, the longest comes last."""

IDEAL_S = sum(LENGTHS_S) / WORKERS

UNEVEN = f"""
import time, unittest

LENGTHS_S = {LENGTHS_S}

class Uneven(unittest.TestCase):
    pass

for number, seconds in enumerate(LENGTHS_S):
    setattr(Uneven, f"test_{{number:02}}", lambda self, seconds=seconds: time.sleep(seconds))
"""

OF_XDIST, OF_IDEAL = 0.1, 1.05
"""The goals: this much of what pytest-xdist takes for the empty tests, and of the ideal for the uneven ones."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that runs the tests of the directory it stands in: its words, and what it says of *count* tests."""

    name: str
    words: Sequence[str]
    says: str
    package: str = ""


OURS = Tool(
    "pkgsuite",
    (sys.executable, "-m", "pkgsuite", "run", "--quiet", f"--jobs={WORKERS}", "test_suite"),
    "{count} passed",
)
STESTR = Tool("stestr", ("stestr", "run", f"--concurrency={WORKERS}"), "Passed: {count}\n", "stestr")
PARALLEL = Tool(
    "unittest-parallel",
    ("unittest-parallel", f"--jobs={WORKERS}", "--level=class"),
    "Ran {count} ",
    "unittest-parallel",
)
PYTEST = ("pytest", "-q", "-p", "xdist", f"--numprocesses={WORKERS}")
XDIST = Tool("pytest-xdist", (*PYTEST, "test_suite.py"), "{count} passed", "pytest-xdist")
UNITTEST = Tool("unittest, one process", (sys.executable, "-m", "unittest", "test_suite"), "Ran {count} ")

FOR_EMPTY = (XDIST, STESTR, PARALLEL, UNITTEST)
FOR_UNEVEN = (
    Tool("pytest-xdist", (*PYTEST, "--dist=worksteal", "test_suite.py"), "{count} passed", "pytest-xdist"),
    STESTR,
    Tool("unittest-parallel", (*PARALLEL.words[:-1], "--level=test"), PARALLEL.says, "unittest-parallel"),
)


class Failed(Exception):
    """A tool that did not run all tests."""


def measure() -> Iterator[Row]:
    """Both suites."""
    yield from compare("1,000 empty tests", EMPTY, EMPTY_COUNT, FOR_EMPTY)
    yield from compare("an uneven suite with history", UNEVEN, len(LENGTHS_S), FOR_UNEVEN, IDEAL_S)


def compare(what: str, suite: str, count: int, peers: Sequence[Tool], ideal_s: float = 0.0) -> Iterator[Row]:
    """A row for each peer, and one for the ideal where there is one."""
    present = [peer for peer in peers if shutil.which(peer.words[0])]
    with tempfile.TemporaryDirectory() as place:
        Path(place, "test_suite.py").write_text(suite, encoding="utf-8")
        Path(place, ".stestr.conf").write_text("[DEFAULT]\ntest_path=.\n", encoding="utf-8")
        took, failures = rounds((OURS, *present), place, count)
    if OURS.name in failures:
        yield Unmeasured(what, failures[OURS.name])
        return
    if ideal_s:
        yield Ratio(f"{what} (the ideal)", took[OURS.name], ideal_s, OF_IDEAL)
    for peer in peers:
        name = f"{what} ({peer.name})"
        if peer not in present:
            yield Unmeasured(name, f"no {peer.words[0]} on PATH; {REMEDY.format(package=peer.package)}")
        elif peer.name in failures:
            yield Unmeasured(name, failures[peer.name])
        else:
            is_goal = suite is EMPTY and peer is XDIST
            yield Ratio(name, took[OURS.name], took[peer.name], OF_XDIST if is_goal else None)


def rounds(tools: Sequence[Tool], place: str, count: int) -> tuple[dict[str, float], dict[str, str]]:
    """The median seconds of each tool, and why others have none; a first round, which histories learn from, is free."""
    took: dict[str, list[float]] = {tool.name: [] for tool in tools}
    failures: dict[str, str] = {}
    for _ in range(1 + ROUNDS):
        for tool in tools:
            if tool.name not in failures:
                try:
                    took[tool.name].append(seconds(tool, place, count))
                except Failed as reason:
                    failures[tool.name] = str(reason)
    return {name: statistics.median(each[1:]) for name, each in took.items() if name not in failures}, failures


def seconds(tool: Tool, place: str, count: int) -> float:
    """How long the tool takes for the suite in *place*; raises Failed where it did not run all *count* tests."""
    environment = {**os.environ, "PYTHONPATH": str(TOP), "XDG_STATE_HOME": f"{place}/state"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if tool.package:
        del environment["PYTHONPATH"]
    start = time.perf_counter()
    done = subprocess.run(tool.words, cwd=place, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    said = done.stdout + done.stderr
    if done.returncode or tool.says.format(count=count) not in said:
        raise Failed(f"{tool.name} ended with status {done.returncode}: {' '.join(said.split())[-200:]}")
    return took
