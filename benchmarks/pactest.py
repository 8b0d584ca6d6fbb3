"""Pacman's own tests by pacman's own runner and by ours: every verdict compared, every time beside the other.

    python3 -m benchmarks pactest DIRECTORY            the directory with pactest.py and tests/
    python3 -m benchmarks pactest DIRECTORY --user joe as root: let their runner be joe, as fakeroot demands

Nothing is stored: both run now, on the same files, with the same pacman.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["main"]

TOP = Path(__file__).resolve().parent.parent
JUSTIFIED = Path(__file__).with_name("pactest_differences.txt")
JOBS = 2

RUNNING = re.compile(r"# Running '(?P<name>.*)'")
RULE = re.compile(r"#    (?P<verdict>not ok|ok) \d+ - (?P<rule>.*)")
TOTAL = re.compile(r"(?P<verdict>not ok|ok) \d+ - .*")
TOOK = re.compile(r"# .* after (?P<seconds>[0-9.]+) s: ")


@dataclass
class Verdicts:
    """What a runner says of one file."""

    total: str = ""
    rules: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Timed:
    """What a run printed and how long it took."""

    output: str
    seconds: float


def read(stream: str) -> dict[str, Verdicts]:
    """The verdicts in a stream, ours or theirs, by the name of the file."""
    found: dict[str, Verdicts] = {}
    current = Verdicts()
    for line in stream.split("\n"):
        if match := RUNNING.match(line):
            current = found[match["name"]] = Verdicts()
        elif match := RULE.match(line):
            current.rules.append((match["rule"], match["verdict"]))
        elif match := TOTAL.match(line):
            current.total = match["verdict"] + (" # TODO" if "# TODO" in line else "")
    return found


def differences(theirs: dict[str, Verdicts], ours: dict[str, Verdicts]) -> Iterator[tuple[str, str, str, str]]:
    """File, rule, their verdict and ours, wherever they are not the same."""
    for name in sorted(theirs.keys() | ours.keys()):
        left, right = theirs.get(name, Verdicts()), ours.get(name, Verdicts())
        if left.total != right.total:
            yield name, "(the test)", left.total, right.total
        for place in range(max(len(left.rules), len(right.rules))):
            first, second = ((side.rules[place : place + 1] or [("", "missing")])[0] for side in (left, right))
            if first[1] != second[1]:
                yield name, first[0] or second[0], first[1], second[1]


def justified() -> dict[tuple[str, str], str]:
    """The differences where ours is right: file and rule, with the row of the dialect's page."""
    lines = (line.split("\t") for line in JUSTIFIED.read_text().splitlines() if line and not line.startswith("#"))
    return {(name, rule): row for name, rule, row in lines}


def timed(argv: Sequence[str], **more: object) -> Timed:
    """Run *argv* and keep its stdout."""
    start = time.monotonic()
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, **more)  # type: ignore[call-overload]
    return Timed(done.stdout.decode("utf-8", "replace"), time.monotonic() - start)


class Bench:
    """Both runners on the files of one directory; both keep what Python compiles, as installed programs do."""

    def __init__(self, directory: Path, pacman: str, user: str | None, python: str) -> None:
        self.files = sorted(str(path) for path in (directory / "tests").glob("*.py"))
        self._pacman = pacman
        self._python = python
        self._runner = str(directory / "pactest.py")
        self._place = tempfile.mkdtemp(prefix="pkgsuite-bench-")
        shared = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._env = {**shared, "PYTHONPYCACHEPREFIX": f"{self._place}/compiled"}
        self._more: dict[str, object] = {"cwd": self._place, "env": self._env}
        if user is not None:
            shutil.chown(self._place, user)
            self._more |= {"user": user, "env": {**self._env, "HOME": self._place, "TMPDIR": self._place}}

    def theirs(self, files: Sequence[str]) -> Timed:
        """Their runner, in one process."""
        return timed([self._python, self._runner, "-p", self._pacman, *files], **self._more)

    def theirs_one_by_one(self) -> float:
        """The seconds that their runner takes as Meson starts it: a process a file, some at a time."""
        start = time.monotonic()
        with ThreadPoolExecutor(JOBS) as pool:
            list(pool.map(lambda file: self.theirs([file]), self.files))
        return time.monotonic() - start

    def ours(self, files: Sequence[str], jobs: int, *words: str) -> Timed:
        """Our runner."""
        command = [self._python, "-m", "pkgsuite", "pactest", "-p", self._pacman, f"-j{jobs}", *words]
        return timed([*command, *files], cwd=TOP, env=self._env)

    def all_ours(self) -> float:
        """The seconds that our runner takes for all files."""
        return self.ours(self.files, JOBS).seconds

    def floor(self) -> float:
        """The seconds of pacman alone, spread over the jobs."""
        output = self.ours(self.files, 1, "-v").output
        return sum(float(match["seconds"]) for line in output.split("\n") if (match := TOOK.match(line))) / JOBS

    def close(self) -> None:
        """Leave nothing."""
        shutil.rmtree(self._place, ignore_errors=True)


def in_turn(rounds: int, *measures: Callable[[], float]) -> list[float]:
    """The best of each measure, in rounds in which all take turns: a machine is slow at times."""
    found = [[measure() for measure in measures] for _ in range(rounds)]
    return [min(each) for each in zip(*found, strict=True)]


def ratio(what: str, theirs: float, ours: float, goal: str) -> str:
    """A line of the table."""
    return f"{what:44} {theirs:8.3f} s {ours:8.3f} s {theirs / ours:7.2f}   {goal}"


def compare(theirs: Timed, ours: Timed) -> int:
    """Print every difference; the answer is how many are not justified."""
    left, right, known = read(theirs.output), read(ours.output), justified()
    found = list(differences(left, right))
    new = [each for each in found if each[:2] not in known]
    rules = sum(len(verdicts.rules) for verdicts in left.values())
    differing = {name for name, *_ in found}
    print(f"{len(left)} files with {rules} rules; {len(left) - len(differing & left.keys())} files equal in all")
    for name, rule, first, second in found:
        row = known.get((name, rule))
        print(f"  {name}: {rule}: theirs {first}, ours {second}: {row or 'NOT JUSTIFIED'}")
    return len(new)


def main(words: Sequence[str]) -> int:
    """Run both, compare, print the ratios; the exit status is 1 where a verdict differs without a reason."""
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks pactest", description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path, help="pacman's test/pacman")
    parser.add_argument("--pacman", default=shutil.which("pacman"), help="the pacman of both (default: on PATH)")
    parser.add_argument("--user", help="who their runner is, when this is run as root")
    parser.add_argument("--python", default=sys.executable, help="the Python of both")
    parser.add_argument("--verdicts-only", action="store_true", help="compare and measure nothing else")
    arguments = parser.parse_args(words)
    bench = Bench(arguments.directory.resolve(), arguments.pacman, arguments.user, arguments.python)
    try:
        theirs, ours = bench.theirs(bench.files), bench.ours(bench.files, JOBS)
        status = 1 if compare(theirs, ours) else 0
        if arguments.verdicts_only:
            return status
        print(f"\n{'':44} {'theirs':>10} {'ours':>10} {'ratio':>7}   goal")
        together, apart, all_ours = in_turn(
            2, lambda: bench.theirs(bench.files).seconds, bench.theirs_one_by_one, bench.all_ours
        )
        print(ratio("all files in one process", together, all_ours, ">= 8"))
        print(ratio("all files, theirs as Meson starts it", apart, all_ours, ">= 12"))
        one = bench.files[len(bench.files) // 2 : len(bench.files) // 2 + 1]
        alone = in_turn(7, lambda: bench.theirs(one).seconds, lambda: bench.ours(one, 1).seconds)
        print(ratio("one file alone", *alone, "> 1"))
        floor, again = in_turn(5, bench.floor, bench.all_ours)
        print(f"{f'ours over the floor of {floor:.3f} s':44} {'':10} {again:8.3f} s {again / floor:7.2f}   <= 1.4")
    finally:
        bench.close()
    return status
