"""`pkgsuite clean`: delete what runs left on the disk."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from pkgsuite import cache, keep
from pkgsuite.errors import SuiteError
from pkgsuite.system import temporary, trees

__all__ = ["add", "main"]

DAY_S = 86400


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "clean",
        help="delete kept sandboxes and what dead runs left",
        description=f"Delete the sandboxes that `run --keep` left in {keep.directory()}, and the temporary directories "
        "of runs that were killed. What a living run uses stays, and nothing else is touched.",
    )
    parser.add_argument("-n", "--dry-run", action="store_true", help="only say what would be deleted")
    parser.add_argument(
        "--older-than", type=float, default=0.0, metavar="DAYS", help="only what was last changed before that"
    )
    parser.add_argument(
        "--all", action="store_true", help=f"signatures too, which are made once and kept in {cache.directory()}"
    )
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Delete and say what; give the exit status."""
    kinds = {
        "kept sandboxes": keep.kept(),
        "unfinished sandboxes": keep.unfinished(),
        "directories of dead runs": temporary.leftovers(),
        "cached signatures": sorted(cache.directory().glob("*")) if arguments.all else [],
    }
    before_s = time.time() - arguments.older_than * DAY_S
    counts = {}
    for kind, paths in kinds.items():
        chosen = [path for path in paths if path.lstat().st_mtime <= before_s]
        counts[kind] = len(chosen)
        for path in chosen:
            print(f"{'would delete' if arguments.dry_run else 'deleted'} {path}")
            if not arguments.dry_run:
                delete(path)
    print(", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "there is nothing to delete")
    return 0


def delete(path: Path) -> None:
    """Delete a file or a tree; raises SuiteError where that is not possible."""
    try:
        path.unlink() if not path.is_dir() else trees.remove(str(path))
    except OSError as error:
        raise SuiteError(f"{path} cannot be deleted: {error.strerror}") from error
    if path.exists():
        raise SuiteError(f"{path} cannot be deleted; it may belong to somebody else")
