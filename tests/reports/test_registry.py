"""Several reports at once: where they go, when they are whole, and what is said where they cannot be."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pkgsuite.errors import SuiteError
from pkgsuite.reports import registry
from tests.reports import samples


class RegistryTest(unittest.TestCase):
    """Reports in a directory of their own."""

    def setUp(self) -> None:
        self.place = Path(self.enterContext(tempfile.TemporaryDirectory()))  # type: ignore[attr-defined]

    def enterContext(self, manager):  # type: ignore[no-untyped-def]
        """For Python 3.10, which does not have it."""
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        return stack.enter_context(manager)

    def write(self, *texts: str, done: bool = True) -> None:
        """Write the reports of a sample run."""
        with registry.opened(texts) as reports:
            for event in samples.run(12, done=done):
                reports.event(event)

    def files(self) -> list[str]:
        """The names of what is there."""
        return sorted(os.listdir(self.place))

    def test_every_format_can_be_written_at_once(self) -> None:
        self.write(*(f"{name}={self.place}/{name}" for name in registry.FORMATS))

        self.assertEqual(self.files(), list(registry.FORMATS))
        for name in registry.FORMATS:
            self.assertIn("test_install", (self.place / name).read_text(encoding="utf-8"))

    def test_a_run_without_an_end_is_written_as_far_as_it_came(self) -> None:
        with contextlib.suppress(KeyboardInterrupt), registry.opened([f"html={self.place}/a"]) as reports:
            for event in samples.run(12, done=False):
                reports.event(event)
            raise KeyboardInterrupt

        self.assertIn("the end of the run is missing", (self.place / "a").read_text(encoding="utf-8"))

    def test_the_old_report_is_there_until_the_new_one_is_whole(self) -> None:
        path = self.place / "report.xml"
        path.write_text("old")
        path.chmod(0o640)

        with registry.opened([f"junit={path}"]) as reports:
            for event in samples.run(5, done=False):
                reports.event(event)
            self.assertEqual((path.read_text(), self.files()), ("old", ["report.xml"]))

        self.assertIn("<testsuites", path.read_text())
        self.assertEqual((self.files(), stat.S_IMODE(path.stat().st_mode)), (["report.xml"], 0o640))

    def test_a_new_report_is_as_readable_as_other_files(self) -> None:
        before = os.umask(0o022)
        self.addCleanup(os.umask, before)

        self.write(f"html={self.place}/report.html")

        self.assertEqual(stat.S_IMODE((self.place / "report.html").stat().st_mode), 0o644)

    def test_a_relative_path_counts_from_where_the_run_began(self) -> None:
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.place)

        with registry.opened(["html=report.html"]) as reports:
            os.chdir("/")
            for event in samples.run(2):
                reports.event(event)

        self.assertEqual(self.files(), ["report.html"])

    def test_a_link_stays_one(self) -> None:
        (self.place / "link").symlink_to("real")

        self.write(f"html={self.place}/link")

        self.assertTrue((self.place / "link").is_symlink())
        self.assertIn("<html", (self.place / "real").read_text(encoding="utf-8"))

    def test_a_device_is_written_to(self) -> None:
        self.write("html=/dev/null", "junit=/dev/null")

        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_what_cannot_be_written_is_said_before_the_run(self) -> None:
        for text, words in (
            (f"html={self.place}", "Is a directory"),
            (f"junit={self.place}/missing/x", "No such file"),
            (f"jsonl={self.place}/missing/x", "No such file"),
            ("bogus", "one of "),
            ("html=", "FORMAT=PATH"),
        ):
            with (
                self.subTest(text),
                self.assertRaisesRegex(SuiteError, words),
                registry.opened([f"xunit={self.place}/x", text]),
            ):
                self.fail("it began")

    def test_only_one_report_can_have_stdout(self) -> None:
        for texts in (["jsonl", "junit"], ["jsonl=-", "html"]):
            with (
                self.subTest(texts),
                self.assertRaisesRegex(SuiteError, "only one report can go to stdout"),
                registry.opened(texts),
            ):
                self.fail("it began")

    def test_where_one_cannot_be_written_in_the_end_the_others_are(self) -> None:
        with self.assertRaisesRegex(SuiteError, "/dev/full cannot be written: No space left"):
            self.write(f"html={self.place}/a", "junit=/dev/full", f"xunit={self.place}/b")

        self.assertEqual(self.files(), ["a", "b"])

    def test_a_name_alone_means_stdout_and_it_belongs_to_the_report(self) -> None:
        script = (
            "from pkgsuite.reports import registry; from tests.reports import samples\n"
            "with registry.opened(['junit']) as reports:\n"
            "    print('printed', flush=True)\n"
            "    for event in samples.run(3): reports.event(event)\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

        self.assertTrue(done.stdout.startswith("<?xml") and done.stdout.endswith("</testsuites>\n"))
        self.assertEqual(done.stderr, "printed\n")
        self.assertTrue(registry.take_stdout(["junit"]))
        self.assertFalse(registry.take_stdout(["junit=x"]))
