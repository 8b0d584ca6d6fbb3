"""Write what is made from the source anew: manual page, completion, reference of rules.

The pages are committed, so that a build needs nothing but setuptools.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def pages() -> Iterator[tuple[str, str]]:
    """The path of every generated file from the top of the checkout, with its text."""
    import completion
    import man
    import rules

    yield "docs/man/pkgsuite.1", man.page()
    yield "docs/rules.md", rules.page()
    yield "packaging/bash-completion/pkgsuite", completion.script()


def settled(home: str) -> None:
    """Leave nothing of this machine in the environment that the help of a command shows."""
    for name in list(os.environ):
        if name.startswith(("PKGSUITE_", "XDG_", "EDITOR")):
            del os.environ[name]
    os.environ["HOME"] = home


def main(words: list[str]) -> int:
    """Write or check; 1 where a file is stale."""
    parser = argparse.ArgumentParser(prog="python3 packaging/generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where a file is stale")
    is_check = parser.parse_args(words).check
    sys.path.insert(0, str(TOP))
    stale = []
    with tempfile.TemporaryDirectory() as home:
        settled(home)
        for name, text in pages():
            text = text.replace(home, "~").replace(f"{TOP}/", "")
            path = TOP / name
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(name)
            if not is_check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    verb = "stale, ./run generate writes it anew:" if is_check else "written:"
    print(*(f"{verb} {name}" for name in stale), sep="\n", end="\n" if stale else "")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
