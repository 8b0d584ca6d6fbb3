"""What the window remembers: whole files, or what was before; nonsense is a warning."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite.gui.settings import Memory, Settings, config_path, runs_path, state_path

from pkgsuite.gui import records, settings


class Files(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = temporary.name
        self.path = Path(self.place, "a", "gui.json")

    def write(self, text):
        self.path.parent.mkdir()
        self.path.write_text(text)

    def test_what_is_saved_comes_back(self):
        for values in (Settings("800x600+1+2", "dark", 3, False, 400), Memory(["a"], [], None)):
            with self.subTest(values):
                self.assertEqual("", settings.save(values, self.path))
                self.assertEqual((values, ""), settings.load(type(values), self.path))

    def test_a_first_start_has_no_warning(self):
        self.assertEqual((Settings(), ""), settings.load(Settings, self.path))

    def test_nonsense_is_ignored_with_a_warning_that_names_the_file(self):
        self.path.parent.mkdir()
        for text in ('{"theme": ', "[]", "\x00", "[" * 100000, ""):
            with self.subTest(text[:10]):
                self.path.write_text(text)
                found, warning = settings.load(Settings, self.path)
                self.assertEqual(Settings(), found)
                self.assertIn(f"{self.path} is ignored", warning)

    def test_one_wrong_value_does_not_spoil_the_others(self):
        self.write('{"theme": "dark", "jobs": "many", "keep_failed": 1, "later": true}')

        found, warning = settings.load(Settings, self.path)

        self.assertEqual(Settings(theme="dark"), found)
        self.assertIn("jobs, keep_failed", warning)

    def test_a_file_that_cannot_be_written_is_a_warning_and_the_old_one_stays(self):
        self.path.parent.mkdir()
        self.path.mkdir()

        self.assertIn("cannot be written", settings.save(Settings(), self.path))
        self.assertEqual([self.path.name], os.listdir(self.path.parent))

    def test_base_directories_count_where_they_are_absolute(self):
        home = {"HOME": self.place, "XDG_CONFIG_HOME": "x"}
        with mock.patch.dict(os.environ, home):
            self.assertEqual(Path("/x/pkgsuite/gui.json"), settings.config_path({"XDG_CONFIG_HOME": "/x"}))
            self.assertEqual(Path("/y/pkgsuite/gui.json"), settings.state_path({"XDG_STATE_HOME": "/y"}))
            self.assertEqual(Path(self.place, ".config/pkgsuite/gui.json"), settings.config_path(home))

    def test_without_a_home_nothing_is_remembered_and_none_is_made(self):
        with mock.patch.dict(os.environ, {"HOME": f"{self.place}/none"}):
            self.assertEqual([None, None, None], [find({}) for find in (config_path, state_path, runs_path)])
        self.assertEqual((Settings(), ""), settings.load(Settings, None))
        self.assertEqual("", settings.save(Settings(), None))
        self.assertEqual("", records.keep(self.path, None))
        self.assertEqual([], records.earlier(None))

        self.assertEqual([], os.listdir(self.place))


if __name__ == "__main__":
    unittest.main()
