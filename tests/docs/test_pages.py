"""Every block of code and every command of the documentation works as it stands; paths and links lead somewhere."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pkgsuite import cli
from tests.checkout import TOP, needs_checkout
from tests.docs.pages import Block, blocks, commands, pages, words

OURS = ["python3", "-m", "pkgsuite"]

SCENARIO = """
from pkgsuite import Scenario
class Sample(Scenario):
    def test_it(self):
        pass
"""

PACTEST = """
self.description = "Install a package from a sync db"
sp = pmpkg("dummy")
sp.files = ["bin/dummy"]
self.addpkg2db("sync", sp)
self.args = "-S %s" % sp.name
self.addrule("PACMAN_RETCODE=0")
self.addrule("PKG_EXIST=dummy")
"""

ONLY_PARSED = (
    r"python3 -m pkgsuite run( --report \S+)*",
    r".* -m pdb .*",
    r".* -m coverage .*",
    r".* debtorrent --table ~/.*",
)
"""Commands of ours that take too long, want a terminal, or a program or file that is not there."""

PLACES = ("pkgsuite/", "tests/", "docs/", "packaging/", "benchmarks/", "testcases/", "gui/", "managers/")
"""How paths in the checkout begin."""

PATH = re.compile(rf"`((?:{'|'.join(PLACES)})[\w./*-]*)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


class FollowedPage:
    """Each page, in a directory of the reader's own, as whoever runs the tests."""

    page: Path

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name).resolve()
        self.blocks = [*blocks(self.page.read_text(encoding="utf-8"))]

    def write(self, name: str, text: str) -> None:
        """A file there."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def furnish(self) -> None:
        """What a reader of any page has: tests of their own, a pacman of their own, and a Python that has pkgsuite."""
        self.write("tests/__init__.py", "")
        for name in ("test_sample.py", "tests/test_sample.py"):
            self.write(name, SCENARIO)
        for name in ("tests/sync001.py", "test/pacman/tests/sync001.py"):
            self.write(name, PACTEST)
        self.write("bin/python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (self.place / "bin" / "python3").chmod(0o755)
        (self.place / "build").mkdir()
        with contextlib.suppress(TypeError):
            (self.place / "build" / "pacman").symlink_to(shutil.which("pacman"))

    def call(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line of a shell there."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PKGSUITE_", "XDG_"))}
        path = os.pathsep.join(filter(None, [str(TOP), os.environ.get("PYTHONPATH")]))
        more = {"PYTHONPATH": path, "HOME": str(self.place)}
        more["PATH"] = f"{self.place}/bin:{os.environ.get('PATH', os.defpath)}"
        return subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=self.place,
            env={**clean, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    # Code

    def test_scenarios(self) -> None:
        """Each passes by unittest, or is skipped where its manager or a program is missing."""
        names = {f"test_{block.line}": block for block in self.blocks if block.is_scenario}
        for name, block in names.items():
            self.write(f"{name}.py", block.text)
        if names:
            done = self.call(f'"{sys.executable}" -m unittest -v {" ".join(names)}')

            self.assertEqual(0, done.returncode, done.stdout[-6000:])
            for name, block in names.items():
                self.assertIn(f"({name}.", done.stdout, f"{self.page.name}:{block.line} has no test")

    def test_other_code(self) -> None:
        """Each runs to its end."""
        self.furnish()
        for block in self.blocks:
            if block.language == "python" and not block.is_scenario:
                with self.subTest(f"{self.page.name}:{block.line}"):
                    self.write("code.py", block.text)
                    verb = "-m unittest code" if "load_tests" in block.text else "code.py"

                    done = self.call(f'"{sys.executable}" {verb}')

                    self.assertEqual(0, done.returncode, done.stdout)

    # Commands

    def test_commands(self) -> None:
        """In their order, after the files that the page names; what is shown as output is in the output."""
        self.furnish()
        said = ""
        for block in self.blocks:
            with self.subTest(f"{self.page.name}:{block.line}"):
                said += self.follow(block, said)

    def follow(self, block: Block, said: str) -> str:
        """Do with a block what a reader does; gives what its commands say."""
        if block.is_scenario:
            self.write(f"{block.module}.py", block.text)
        told = ""
        for command in commands(block):
            with self.subTest(command):
                self.check(command)
                if self.can_be_run(command):
                    done = self.call(command)
                    self.assertEqual(0, done.returncode, done.stdout)
                    told += done.stdout
        if block.language == "console" and not commands(block):
            for line in block.text.splitlines():
                self.assertTrue(line.strip() in said or line == "…", f"{line!r} is not in:\n{said}")
        return told

    def can_be_run(self, command: str) -> bool:
        """Whether a command is short and for everybody."""
        first = words(command)[0]
        return first in ("python3", "sed") and not any(
            re.fullmatch(pattern, " ".join(words(command))) for pattern in ONLY_PARSED
        )

    def check(self, command: str) -> None:
        """That a command is one, by its parser or by the list that it must be on."""
        given = words(command.partition("||")[0])
        if given[:3] == OURS:
            self.parse(given[3:])
        elif given[0] == "./run":
            known = subprocess.run([TOP / "run", "help"], capture_output=True, text=True, check=True).stdout
            self.assertTrue(len(given) == 1 or given[1].startswith("-") or re.search(rf"\b{given[1]}\b", known))
        elif "install" in given:
            packages = [each for each in given[given.index("install") + 1 :] if not each.startswith("-")]
            listed = re.search(r'PACKAGES="(.*?)"', (TOP / "run").read_text(encoding="utf-8"), re.DOTALL)
            assert listed
            self.assertLessEqual(set(packages), set(listed[1].split()))
        elif given[0].startswith("packaging/"):
            self.assertTrue(os.access(TOP / given[0], os.X_OK))
        else:
            self.assertIn(given[0], ("python3", "sed", "sudo", "apt-get"))

    def parse(self, given: list[str]) -> None:
        """Let the parser of the command line look at *given*; it exits where something is wrong."""
        complaint = io.StringIO()
        with contextlib.redirect_stderr(complaint):
            try:
                cli.build().parse_args(given)
            except SystemExit:
                self.fail(complaint.getvalue())

    def test_commands_in_other_languages(self) -> None:
        """Lists of arguments, and lines of Debian's control files, are such that the command line takes."""
        for block in self.blocks:
            for given in calls_within(block):
                with self.subTest(f"{self.page.name}:{block.line}"):
                    self.parse(given)

    # Prose

    def test_paths_and_links(self) -> None:
        """Every path of the checkout and every link between pages leads somewhere."""
        text = self.page.read_text(encoding="utf-8")
        for link in LINK.findall(text):
            self.assertTrue((self.page.parent / link).exists(), link)
        for path in PATH.findall(text):
            below = f"pkgsuite/{path}" if path.startswith("managers/") else path
            self.assertTrue(any(TOP.glob(below.rstrip("/"))), path)


for _page in pages():
    _name = f"{_page.stem.title()}Page"
    globals()[_name] = type(_name, (FollowedPage, unittest.TestCase), {"page": _page, "__module__": __name__})


@needs_checkout
class AllPagesTest(unittest.TestCase):
    """What holds for the pages together."""

    def test_every_page_is_reached_from_the_first(self) -> None:
        """By links."""
        reached, left = set(), {(TOP / "README.md").resolve()}
        while left:
            page = left.pop()
            reached.add(page)
            found = {(page.parent / link).resolve() for link in LINK.findall(page.read_text(encoding="utf-8"))}
            left |= {each for each in found if each.suffix == ".md"} - reached

        self.assertEqual(set(), {page.resolve() for page in pages()} - reached)

    def test_blocks_are_found(self) -> None:
        """Scenarios, other code, commands of a shell and of other languages, each on more than one page or line."""
        found = [block for page in pages() for block in blocks(page.read_text(encoding="utf-8"))]

        self.assertGreater(sum(block.is_scenario for block in found), 5)
        self.assertGreater(sum(block.language == "python" and not block.is_scenario for block in found), 2)
        self.assertGreater(sum(len(commands(block)) for block in found), 20)
        self.assertGreater(sum(len(calls_within(block)) for block in found), 2)


def calls_within(block: Block) -> list[list[str]]:
    """The words of each call of pkgsuite in a block that is for no shell."""
    calls = []
    if block.language == "meson":
        for listed in re.findall(r"args: \[(.*?)\]", block.text):
            given = [item.strip().strip("'") for item in listed.split(",")]
            if given[:2] == OURS[1:]:
                calls.append(given[2:])
    elif block.language == "text":
        calls += [line.split() for line in re.findall(r"\bpkgsuite (run [^\n]*)", block.text)]
    return calls


@needs_checkout
class TutorialTest(unittest.TestCase):
    """What the tutorial says of a manager that does nothing."""

    def test_noticed(self) -> None:
        """The first scenario fails with it, by a rule with a name."""
        text = (TOP / "docs" / "tutorial.md").read_text(encoding="utf-8")
        first = next(block for block in blocks(text) if block.is_scenario)
        with tempfile.TemporaryDirectory() as place:
            Path(place, "test_first.py").write_text(first.text, encoding="utf-8")
            path = os.pathsep.join(filter(None, [str(TOP), os.environ.get("PYTHONPATH")]))

            done = subprocess.run(
                [sys.executable, "-m", "unittest", "test_first"],
                cwd=place,
                env={**os.environ, "PYTHONPATH": path, "PKGSUITE_APT": "/bin/true"},
                capture_output=True,
                text=True,
                check=False,
            )

        self.assertIn("PKG_VERSION=tool|1.0-1", done.stderr)
