"""The command line as a stranger uses it: in a directory of their own, with files of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pkgsuite import events
from tests.checkout import TOP

__all__ = ["CommandLineTest", "Done", "command"]

Done = subprocess.CompletedProcess


def command(*words: object) -> list[str]:
    """`python3 -m pkgsuite` with *words*."""
    return [sys.executable, "-m", "pkgsuite", *map(str, words)]


class CommandLineTest(unittest.TestCase):
    """Each test stands in an empty directory below /tmp."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name).resolve()
        state = tempfile.TemporaryDirectory()
        self.addCleanup(state.cleanup)
        self.state = Path(state.name).resolve()

    def write(self, name: str, text: str) -> Path:
        """A file here."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def environment(self, **variables: str | None) -> dict[str, str]:
        """That of a stranger: what belongs to our own run left out, *variables* set, or unset by None."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PKGSUITE_")}
        own = {"PYTHONPATH": str(TOP), "PYTHONDONTWRITEBYTECODE": "1", "XDG_STATE_HOME": str(self.state)}
        given = {**own, **variables}
        return {name: value for name, value in {**clean, **given}.items() if value is not None}

    def call(
        self,
        *words: object,
        cwd: Path | str | None = None,
        before: Callable[[], object] | None = None,
        **variables: str | None,
    ) -> Done[str]:
        """Call pkgsuite here, *before* being called in the new process."""
        return subprocess.run(
            command(*words),
            cwd=cwd or self.place,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            timeout=60,
            check=False,
            preexec_fn=before,
        )

    def shell(self, line: str, **variables: str | None) -> Done[str]:
        """Run a line of sh in which `$pkgsuite` is the command line."""
        return subprocess.run(
            ["sh", "-c", line],
            cwd=self.place,
            env=self.environment(pkgsuite=f"{sys.executable} -m pkgsuite", **variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def told(self, *words: object, **variables: str | None) -> tuple[int, list[Any]]:
        """The exit status and the events of a run."""
        done = self.call("run", "--report=jsonl=-", *words, **variables)
        self.assert_no_traceback_of_ours(done)
        return done.returncode, [events.decode(line) for line in done.stdout.splitlines()]

    def assert_refused(self, done: Done[str], *words: str) -> None:
        """It is wrong usage: exit status 2, and one line that holds *words*."""
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr, r"\Apkgsuite: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, done.stderr)

    def assert_no_traceback_of_ours(self, done: Done[str]) -> None:
        """No frame of the runner, the reports or the command line is seen."""
        for text in (done.stdout, done.stderr):
            for module in ("runner", "reports", "commands", "cli", "fork", "events"):
                self.assertNotIn(f"{TOP}/pkgsuite/{module}", text)
            self.assertNotIn("Exception ignored", text)


def as_json(done: Done[str]) -> Any:
    """What a command printed, as JSON."""
    return json.loads(done.stdout)
