"""Manual pages, completion and the reference of rules are made from the source, and what is committed is not stale."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

from pkgsuite import cli
from pkgsuite.rules import values
from pkgsuite.rules.registry import RULES
from tests.checkout import TOP, needs_checkout

PAGE = TOP / "docs" / "man" / "pkgsuite.1"
COMPLETION = TOP / "packaging" / "bash-completion" / "pkgsuite"

INTERNAL = {"PKGSUITE_WORLD"}
"""What our own processes tell each other."""

COMPLETE = """
source "$0"
pkgsuite() { :; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_pkgsuite
printf '%s\\n' "${COMPREPLY[@]}"
"""


def parsers(
    parser: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The words of each command, with its options."""
    yield words, [flag for action in parser._actions for flag in action.option_strings]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield from parsers(inner, (*words, name))


@needs_checkout
class GeneratedTest(unittest.TestCase):
    """What `./run generate` writes."""

    def test_nothing_is_stale(self) -> None:
        """The committed files are what the source of today gives, whatever the environment."""
        done = subprocess.run(
            [sys.executable, str(TOP / "packaging" / "generate"), "--check"],
            env={
                "PATH": "/usr/bin:/bin",
                "PKGSUITE_KEEP_DIR": "/nowhere",
                "PYTHONDONTWRITEBYTECODE": "1",
                "COLUMNS": "40",
            }
            | ({"PYTHONPATH": ":".join(filter(None, sys.path))}),
            capture_output=True,
            text=True,
            check=False,
        )

        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))

    def test_every_rule_is_in_the_reference(self) -> None:
        """By each of its names, with each function that makes one."""
        text = (TOP / "docs" / "rules.md").read_text(encoding="utf-8")

        for name in RULES:
            self.assertIn(f"`{name}", text)
        for name in values.__all__:
            self.assertIn(f"`{name}(", text)


@needs_checkout
class ManualTest(unittest.TestCase):
    """What man(1) makes of the page."""

    def test_every_command_and_option_is_told(self) -> None:
        """As the parsers know them."""
        text = PAGE.read_text(encoding="utf-8").replace("\\-", "-")

        for words, flags in parsers(cli.build()):
            self.assertIn(f'.SS "pkgsuite {" ".join(words)}' if words else ".SH OPTIONS", text)
            for flag in flags:
                with self.subTest(words=words, flag=flag):
                    self.assertIn(f"\\fB{flag}\\fR", text)

    @unittest.skipUnless(shutil.which("groff"), "no groff; get it with: apt-get install groff-base")
    def test_it_is_set_without_a_warning(self) -> None:
        """On no line troff stumbles."""
        for page in sorted(PAGE.parent.glob("*.1")):
            with self.subTest(page.name):
                done = subprocess.run(
                    ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z", str(page)],
                    capture_output=True,
                    text=True,
                    check=False,
                )

                self.assertEqual((0, ""), (done.returncode, done.stderr))

    def test_every_option_of_the_window_is_told(self) -> None:
        """As its own help knows them."""
        text = (PAGE.parent / "pkgsuite-gui.1").read_text(encoding="utf-8").replace("\\-", "-")
        done = subprocess.run(
            [sys.executable, "-m", "pkgsuite.gui", "--help"], cwd=TOP, capture_output=True, text=True, check=False
        )

        self.assertEqual("", done.stderr)
        flags = re.findall(r"(?m)(?<=[ ,])--?[a-z][a-z-]*", done.stdout.partition("options:")[2].partition("keys:")[0])
        self.assertIn("--help", flags)
        for flag in flags:
            self.assertIn(f"\\fB{flag}\\fR", text)

    def test_every_variable_of_the_environment_is_told(self) -> None:
        """Those that the source reads, and no others."""
        told = set(re.findall(r"PKGSUITE_\w+", PAGE.read_text(encoding="utf-8").partition(".SH ENVIRONMENT")[2]))
        read = {
            name
            for path in (TOP / "pkgsuite").rglob("*.py")
            for name in re.findall(r"PKGSUITE_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
        }

        self.assertEqual(read - INTERNAL, told)


@needs_checkout
@unittest.skipUnless(shutil.which("bash"), "no bash; get it with: apt-get install bash")
class CompletionTest(unittest.TestCase):
    """What bash offers."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name)

    def offered(self, *words: str) -> list[str]:
        """What may stand in the place of the last word."""
        done = subprocess.run(
            ["bash", "--norc", "-c", COMPLETE, str(COMPLETION), "pkgsuite", *words],
            cwd=self.place,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual("", done.stderr)
        return done.stdout.split()

    def test_commands(self) -> None:
        """By their first letters."""
        self.assertEqual(["doctor"], self.offered("do"))
        self.assertEqual(["mirror"], self.offered("node", "m"))

    def test_every_option_of_every_command(self) -> None:
        """As the parsers know them."""
        for words, flags in parsers(cli.build()):
            with self.subTest(words):
                self.assertLessEqual(set(flags), set(self.offered(*words, "-")) | set(self.offered(*words, "--")))

    def test_values(self) -> None:
        """Choices where an option has some, paths where it takes one, nothing where nobody can know."""
        (self.place / "place").mkdir()

        self.assertEqual(["failed"], self.offered("run", "--keep", "f"))
        self.assertEqual(["place"], self.offered("run", "--keep-dir", "p"))
        self.assertEqual([], self.offered("run", "-k", "p"))
        self.assertEqual(["place"], self.offered("run", "-f", "pl"))
