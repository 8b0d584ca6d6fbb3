"""`pkgsuite clean`: delete the sandboxes that were kept."""

from __future__ import annotations

import argparse

from pkgsuite import keep

__all__ = ["add", "main"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "clean",
        help="delete kept sandboxes",
        description=f"Delete the sandboxes that `run --keep` left in {keep.directory()}; nothing else is touched.",
    )
    parser.add_argument("-n", "--dry-run", action="store_true", help="only say what would be deleted")
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Delete and say what; give the exit status."""
    found = keep.kept()
    for path in found:
        print(f"{'would delete' if arguments.dry_run else 'deleted'} {path}")
        if not arguments.dry_run:
            path.unlink()
    print(f"{len(found)} kept sandboxes in {keep.directory()}")
    return 0
