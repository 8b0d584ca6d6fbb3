"""`pkgsuite list`: the tests there are, and what they show."""

from __future__ import annotations

import argparse
import json
import unittest

from pkgsuite.commands import choosing
from pkgsuite.runner import plan
from pkgsuite.runner.loading import is_broken

__all__ = ["add", "main"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "list",
        help="list the tests",
        description="List tests by their ids, with what they show; runs nothing. Exits 1 where a module cannot be "
        "imported.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="module, class or test with dots, file, or directory")
    parser.add_argument(
        "-k", dest="patterns", action="append", default=[], metavar="PATTERN", help="only tests whose id matches"
    )
    parser.add_argument(
        "--json", action="store_true", help="an array of objects with id, description, managers, file, line and tags"
    )
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Print the list and give the exit status."""
    tests = choosing.select(arguments.names, arguments.patterns)
    if arguments.json:
        print(json.dumps([entry(*each) for each in zip(plan.names_of(tests), tests, strict=True)], indent=2))
    else:
        for test in tests:
            about = describe(test)
            print(f"{test.id()}\n    {about}" if about else test.id())
        print(f"{len(tests)} tests")
    return 1 if any(is_broken(test) for test in tests) else 0


def describe(test: unittest.TestCase) -> str:
    """The test's docstring, else its class's, in a line."""
    text = test.shortDescription() or (type(test).__doc__ or "").strip()
    return text.partition("\n")[0]


def entry(name: str, test: unittest.TestCase) -> dict[str, object]:
    """What a program wants to know of a test."""
    planned = plan.about(name, test)
    managers = [manager.name for manager in plan.managers_of(test)]
    place = {"file": planned.file, "line": planned.line, "tags": list(planned.tags)}
    return {"id": name, "description": describe(test), "managers": managers, **place}
