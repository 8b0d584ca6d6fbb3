"""Which editor, terminal and browser are started, and how they are told what to open."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from pkgsuite.gui.programs import browser_command, editor_command, start, terminal_command


class Programs(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name)

    def there_is(self, *names, **variables):
        for name in names:
            (self.place / name).write_text("#!/bin/sh\n")
            (self.place / name).chmod(0o755)
        return {"PATH": str(self.place), **variables}

    def at(self, *words):
        return [f"{self.place}/{words[0]}", *words[1:]]

    def test_what_was_chosen_counts_first(self):
        there = self.there_is("gedit")

        self.assertEqual(["mine", "t.py", "-l7"], editor_command("t.py", 7, "mine {file} -l{line}", there))
        self.assertEqual(["mine", "-x", "t.py"], editor_command("t.py", 7, "mine -x", there))

    def test_an_editor_with_windows_is_told_the_line_in_its_way(self):
        self.assertEqual(self.at("kate", "--line", "7", "t.py"), editor_command("t.py", 7, "", self.there_is("kate")))
        there = self.there_is("gedit", VISUAL="gedit -w")
        self.assertEqual(["gedit", "-w", "+7", "t.py"], editor_command("t.py", 7, "", there))

    def test_an_editor_of_the_terminal_gets_one(self):
        there = self.there_is("vi", "xterm", EDITOR="vi")

        self.assertEqual(self.at("xterm", "-e", "vi", "+7", "t.py"), editor_command("t.py", 7, "", there))

    def test_without_an_editor_the_desktop_opens_the_file_and_without_one_nothing_does(self):
        self.assertEqual([], editor_command("t.py", 7, "", {"PATH": str(self.place)}))
        self.assertEqual(self.at("xdg-open", "t.py"), editor_command("t.py", 7, "", self.there_is("xdg-open")))

    def test_terminals(self):
        self.assertEqual([], terminal_command(["sh"], "", {"PATH": str(self.place)}))
        there = self.there_is("xterm", "foot")
        self.assertEqual(self.at("foot", "sh"), terminal_command(["sh"], "", there))
        self.assertEqual(self.at("xterm", "-e", "sh"), terminal_command(["sh"], "", {**there, "TERMINAL": "xterm"}))
        self.assertEqual(["my", "-t", "sh"], terminal_command(["sh"], "my -t", there))

    def test_browsers(self):
        self.assertEqual([], browser_command("a.html", {"PATH": str(self.place)}))
        there = self.there_is("xdg-open", "links", BROWSER="none:links -g %s")
        self.assertEqual(self.at("links", "-g", "a.html"), browser_command("a.html", there))

    def test_what_cannot_be_started_is_told(self):
        self.assertIn("cannot be started", start([f"{self.place}/none"]))


if __name__ == "__main__":
    unittest.main()
