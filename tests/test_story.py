"""What a failure tells: short enough to read, whole enough to repeat."""

from __future__ import annotations

import os
import subprocess
import unittest
from unittest import mock

from pkgsuite import story
from pkgsuite.model.command import CommandResult
from pkgsuite.model.tree import Change


def command(output: bytes = b"", returncode: int = 1) -> CommandResult:
    """A command with output."""
    return CommandResult("pacman -S a", ("/usr/bin/pacman", "--root=/a b", "-S", "a"), returncode, output, b"", 0.5)


class StoryTest(unittest.TestCase):
    """The lines below the broken rules."""

    def tell(self, told: CommandResult | None, *changes: Change) -> str:
        """They as text."""
        return "\n".join(story.tell("a.B.test", "machine", told, changes, "again so"))

    def test_command(self) -> None:
        """The command as it was written and as it was run, how it ended, and its output."""
        text = self.tell(command(b"error: no a\n"))

        for words in ("machine$ pacman -S a", "exit 1 after 0.50 s", "'--root=/a b' -S a", "│ error: no a"):
            self.assertIn(words, text)

    def test_long_output(self) -> None:
        """Of much output the end is shown, and how much is hidden."""
        text = self.tell(command(b"".join(b"line %d\n" % number for number in range(100))))

        self.assertIn("… 85 lines before", text)
        self.assertNotIn("line 84\n", text)
        self.assertIn("line 85\n", text)

    def test_odd_output(self) -> None:
        """Bytes that are no text are escaped."""
        self.assertIn(r"│ \xff\xfe", self.tell(command(b"\xff\xfe")))

    def test_changes(self) -> None:
        """What changed on disk, or that nothing did; of many the first and how many more."""
        self.assertIn("nothing changed on disk", self.tell(None))
        text = self.tell(None, *(Change(f"etc/{number}", "created") for number in range(40)))
        self.assertIn("    created etc/29\n    … and 10 more", text)
        self.assertNotIn("etc/30", text)

    def test_signals(self) -> None:
        """A command that a signal ended says which."""
        self.assertIn("ended by SIGSEGV", self.tell(command(returncode=-11)))

    def test_again(self) -> None:
        """The line is for a shell, and has the settings that matter."""
        settings = {"PKGSUITE_PACMAN": "/a b/pacman", "PKGSUITE_KEEP": "failed", "PKGSUITE_WORLD": "x", "OTHER": "x"}
        with mock.patch.dict(os.environ, settings, clear=True):
            line = story.again(["run", "a.B.test[x y]"])

        self.assertEqual(line, "PKGSUITE_PACMAN='/a b/pacman' python3 -m pkgsuite run 'a.B.test[x y]'")
        said = subprocess.run(
            ["sh", "-c", f'python3() {{ printf "%s|" "$PKGSUITE_PACMAN" "$@"; }}; {line}'],
            capture_output=True,
            text=True,
            check=True,
        )
        self.assertEqual(said.stdout, "/a b/pacman|-m|pkgsuite|run|a.B.test[x y]|")
