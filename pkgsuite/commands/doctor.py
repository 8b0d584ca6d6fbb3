"""`pkgsuite doctor`: what this machine can do, and how to get what is missing."""

from __future__ import annotations

import argparse
import json

from pkgsuite import doctor

__all__ = ["add", "main"]

MARKS = {True: "✓", False: "✗"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "doctor",
        help="say what this machine can do",
        description="Say what this machine can do: managers, isolation, optional programs; and how to get what is "
        "missing. Exits 1 where no scenario could run.",
    )
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Print the findings and give the exit status."""
    found = doctor.examine()
    if arguments.json:
        print(json.dumps(found.as_json(), indent=2))
    else:
        show(found)
    return 0 if found.can_run else 1


def show(found: doctor.Findings) -> None:
    """Print the findings for people."""
    for title, findings in found.sections.items():
        print(title)
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            print(f"  {MARKS[finding.is_there]} {finding.name:<{width}}  {finding.detail}")
            if finding.remedy:
                print(f"    {'':<{width}}  → {finding.remedy}")
        print()
    print("Scenarios can run." if found.can_run else "No scenario can run here; see the arrows above.")
