"""The editor that `pkgsuite pactest --review` opens afterwards."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from pkgsuite.errors import SuiteError

__all__ = ["check", "review"]


def check(editor: str) -> None:
    """Raise SuiteError for words that no shell would split."""
    try:
        shlex.split(editor)
    except ValueError as error:
        raise SuiteError(f"--editor {editor}: {error}") from None


def review(editor: str, output: str, paths: Sequence[Path], logs: Mapping[str, str]) -> None:
    """Open the stream, the test files and pacman's messages in the editor."""
    with tempfile.TemporaryDirectory(prefix="pactest-") as place:
        texts = {"output.tap": output, **{f"{name}.log": log for name, log in logs.items()}}
        for name, text in texts.items():
            Path(place, name).write_text(text, "utf-8", "backslashreplace")
        first, *rest = [str(Path(place, name)) for name in texts]
        try:
            subprocess.run([*shlex.split(editor), first, *map(str, paths), *rest], check=False)
        except OSError as error:
            raise SuiteError(f"--editor {editor}: {error.strerror}") from error
