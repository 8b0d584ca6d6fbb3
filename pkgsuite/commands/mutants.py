"""`pkgsuite mutants`: does any scenario notice when the manager has a fault?"""

from __future__ import annotations

import argparse
import json
import os
import sys
import unittest
from collections.abc import Sequence
from pathlib import Path

from pkgsuite.errors import SuiteError
from pkgsuite.managers.base import Manager
from pkgsuite.managers.registry import MANAGERS
from pkgsuite.mutants import matrix, registry
from pkgsuite.mutants.matrix import Candidate, Chosen, Column
from pkgsuite.runner import selection
from pkgsuite.system import temporary

__all__ = ["add", "main"]

EXAMPLES = """\
examples:
  python3 -m pkgsuite mutants                            every mutant against every scenario
  python3 -m pkgsuite mutants -f                         the same, sooner: each up to who notices first
  python3 -m pkgsuite mutants --list                     which there are
  python3 -m pkgsuite mutants --manager apt -f           the same for apt and dpkg
  python3 -m pkgsuite mutants drop-file -k install -v    one of them, and who notices
  python3 -m pkgsuite mutants -t my_tests/ --json        your own scenarios, as one JSON object

A mutant is the real manager with one fault: a wrapper stands in its place, calls it, and distorts what comes of it. A
scenario notices a mutant if it fails because a rule is broken; errors do not count, nor do scenarios that a wrapper
without any fault makes fail. Every mutant should be noticed by some scenario, and /bin/true and /bin/false in the
manager's place by every one.

exit status: 0 all noticed, 1 some not, 2 wrong usage, 130 interrupted
"""

REAL = "real"
MOST_TOLD = 3
MOST_WIDE = 90


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "mutants",
        help="say which faults of a manager no scenario notices",
        description="Run the scenarios with faulty managers, and say which faults no scenario notices.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a mutant, or true or false (default: all)")
    parser.add_argument("--list", action="store_true", help="only say which mutants there are")
    parser.add_argument("--manager", choices=tuple(registry.FAMILIES), default="pacman", help="(default: %(default)s)")
    parser.add_argument(
        "-t", "--tests", action="append", default=[], metavar="NAME", help="scenarios, as for `run` (default: ours)"
    )
    parser.add_argument(
        "-k", dest="patterns", action="append", default=[], metavar="PATTERN", help="only scenarios whose id matches"
    )
    parser.add_argument("-j", "--jobs", type=int, default=len(os.sched_getaffinity(0)), help="mutants at a time")
    parser.add_argument(
        "-f", "--failfast", action="store_true", help="run a mutant only up to the first scenario that notices"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="name every scenario that noticed")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Run them all and give the exit status."""
    manager = MANAGERS[arguments.manager]
    if arguments.list:
        return show_list(manager)
    if arguments.jobs < 1:
        raise SuiteError(f"--jobs {arguments.jobs}: expected 1 or more")
    tests = [test.id() for test in selection.select(arguments.tests, arguments.patterns) if is_for(test, manager)]
    words = [*arguments.tests, *(f"-k{pattern}" for pattern in arguments.patterns)] if arguments.tests else tests
    with temporary.own() as directory:
        some = matrix.candidates(directory, manager, arguments.names)
        say(f"{len(tests)} scenarios with {manager.find()} …")
        base = matrix.run_with(manager, Chosen(tests, words), Candidate(REAL, "The manager itself.", ""))
        if not base.passed:
            first = next(iter(base.not_passed.values()), "there is none")
            raise SuiteError(f"no scenario passes with the real {manager.name}: {first}")
        every = Chosen(base.passed, words if arguments.tests else base.passed)
        wrapped = wrap(manager, every, some, directory)
        fit = Chosen(wrapped.passed, words if arguments.tests else wrapped.passed)
        found = []
        for column in matrix.columns(manager, every, fit, some, arguments.jobs, failfast=arguments.failfast):
            found.append(column)
            say(f"{len(found)}/{len(some)} {column.candidate.name}")
            if not arguments.json:
                show(column, len(every.tests), arguments.verbose)
                sys.stdout.flush()
    if arguments.json:
        print(json.dumps(as_json(manager, base, wrapped, found), indent=2))
    else:
        sum_up(base, wrapped, found, is_cut=arguments.failfast)
    return 0 if all(column.is_good for column in found) else 1


def wrap(manager: Manager, every: Chosen, some: Sequence[Candidate], directory: Path) -> Column:
    """What the scenarios make of a wrapper without a fault, if there are mutants: those that it makes fail are unfit.

    Signals are such a thing: they reach the wrapper and not what it calls.
    """
    if not every.tests or all(candidate.is_stand_in for candidate in some):
        return Column(Candidate(REAL, "", ""), others=dict.fromkeys(every.tests, ("passed", "")))
    candidate = matrix.faithful(directory, manager)
    say(f"{len(every.tests)} scenarios with a wrapper that has no fault …")
    found = matrix.run_with(manager, every, candidate)
    if not found.passed:
        raise SuiteError(f"no scenario passes with a program in the place of {manager.name}")
    return found


def show_list(manager: Manager) -> int:
    """Print which mutants there are."""
    for name, mutant in registry.mutants_of(manager.name).items():
        print(f"{name:<28} {registry.description_of(mutant)}")
    for name, description in matrix.STAND_INS.items():
        print(f"{name:<28} {description}")
    return 0


def is_for(test: unittest.TestCase, manager: Manager) -> bool:
    """Whether a test is a scenario for *manager*, and for no other."""
    return bool(getattr(test, "managers", ())) and getattr(test, "manager", None) is manager


def say(text: str) -> None:
    """Show progress where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}\r", end="", file=sys.stderr, flush=True)


def show(column: Column, count: int, verbose: bool) -> None:
    """One row of the table, and below it what is odd."""
    mark = "✓" if column.is_good else "✗"
    told = example(column) or f"nobody noticed: {column.candidate.description}"
    print(
        f"{mark} {column.candidate.name:<28}{len(column.noticed):>5} noticed {len(column.passed):>5} did not   {told}"
    )
    if verbose:
        for test, broken in column.noticed.items():
            print(f"      noticed  {test}: {', '.join(broken)}")
    if column.candidate.is_stand_in:
        tell("passed", column.passed)
    tell("odd", [f"{test}: {reason}" for test, reason in column.odd.items()], MOST_TOLD if not verbose else count)


def example(column: Column) -> str:
    """The first test that noticed, and the rule that told it; nothing where none did."""
    for test, rules in column.noticed.items():
        told = f"{'.'.join(test.split('.')[-2:])}: {rules[0] if rules else 'a command of the queue'}"
        told = " ".join(told.split())
        return told if len(told) <= MOST_WIDE else f"{told[: MOST_WIDE - 1]}…"
    return ""


def tell(word: str, lines: Sequence[str], most: int | None = None) -> None:
    """Lines below a row, at most so many."""
    for line in lines[:most]:
        print(f"      {word:<8} {line}")
    if most is not None and len(lines) > most:
        print(f"      … and {len(lines) - most} more (-v)")


def sum_up(base: Column, wrapped: Column, found: Sequence[Column], *, is_cut: bool) -> None:
    """The last lines; *is_cut* tells that not every scenario met every mutant."""
    print()
    for test, reason in base.not_passed.items():
        print(f"left out, since it does not pass with the real manager: {test}: {reason}")
    for test, reason in wrapped.not_passed.items():
        print(f"met no mutant, since it does not pass with a wrapper that has no fault: {test}: {reason}")
    tests = wrapped.passed
    mutants = [column for column in found if not column.candidate.is_stand_in]
    blind = [test for test in tests if not any(test in column.noticed for column in mutants)]
    if mutants and blind and not is_cut:
        print(f"{len(blind)} of {len(tests)} scenarios noticed no mutant, such as {blind[0]}")
    bad = [column.candidate.name for column in found if not column.is_good]
    print(f"{len(found) - len(bad)} of {len(found)} were noticed{': not ' if bad else ''}{', '.join(bad)}")


def as_json(manager: Manager, base: Column, wrapped: Column, found: Sequence[Column]) -> dict[str, object]:
    """Everything for a program."""
    return {
        "manager": manager.name,
        "program": manager.find(),
        "scenarios": base.passed,
        "left_out": base.not_passed,
        "unfit": wrapped.not_passed,
        "mutants": [
            {
                "name": column.candidate.name,
                "description": column.candidate.description,
                "is_stand_in": column.candidate.is_stand_in,
                "is_noticed": column.is_good,
                "noticed": {test: list(rules) for test, rules in column.noticed.items()},
                "unnoticed": column.passed,
                "odd": column.odd,
            }
            for column in found
        ],
    }
