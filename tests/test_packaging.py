"""What packagers get: an sdist with everything, and only `pkgsuite` in site-packages; built without a network."""

from __future__ import annotations

import configparser
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

from pkgsuite.version import VERSION
from tests.checkout import TOP, needs_checkout

OF_NO_PACKAGE = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", "*.pyc", "*.egg-info")
BUILT = {"build", "dist", "packages"}
"""What builds leave at the top."""


SHARED = {
    "share/applications/pkgsuite.desktop",
    "share/bash-completion/completions/pkgsuite",
    "share/icons/hicolor/scalable/apps/pkgsuite.svg",
    "share/man/man1/pkgsuite-gui.1",
    "share/man/man1/pkgsuite.1",
}
"""What goes below /usr beside the modules."""

IMPORT_ALL = """
import importlib, pkgutil, pkgsuite
for module in pkgutil.walk_packages(pkgsuite.__path__, "pkgsuite."):
    importlib.import_module(module.name)
    print(module.name)
"""


CAN_BUILD = "from setuptools.command import bdist_wheel"
CAN_BUILD_WITH_WHEEL = "import setuptools, wheel"


def builder() -> str:
    """A Python that has what makes wheels: this one, or the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        for needed in (CAN_BUILD, CAN_BUILD_WITH_WHEEL):
            with contextlib.suppress(OSError):
                if subprocess.run([python, "-c", needed], capture_output=True, check=False).returncode == 0:
                    return python
    return ""


def left_out(directory: str, names: list[str]) -> set[str]:
    """What of a directory belongs to no package."""
    return OF_NO_PACKAGE(directory, names) | (BUILT if Path(directory) == TOP else set())


def files_below(directory: Path) -> set[str]:
    """The files below a directory, as paths from it, but those that Python writes when it imports the others."""
    found = (path.relative_to(directory) for path in directory.rglob("*") if path.is_file())
    return {str(path) for path in found if "__pycache__" not in path.parts}


@needs_checkout
class PackagingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = builder()
        if not cls.python:
            raise unittest.SkipTest(
                "nothing makes wheels; get it with: apt-get install python3-setuptools python3-wheel"
            )
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        place = Path(temporary.name)
        cls.tree, cls.site, cls.dist = place / "tree", place / "site", place / "dist"
        shutil.copytree(TOP, cls.tree, ignore=left_out)
        for directory, _, _ in os.walk(cls.tree):
            os.chmod(directory, 0o755)
        cls.files = files_below(cls.tree)
        cls.setup_py("sdist", "--formats=gztar", "--dist-dir", str(cls.dist), "build", "--build-lib", str(cls.site))
        with tarfile.open(cls.dist / f"pkgsuite-{VERSION}.tar.gz") as sdist:
            cls.sdist = {member.name.partition("/")[2]: member for member in sdist if member.isfile()}
            cls.metadata = {
                name: sdist.extractfile(cls.sdist[f"pkgsuite.egg-info/{name}"]).read().decode().splitlines()
                for name in ("PKG-INFO", "entry_points.txt", "requires.txt")
            }

    @classmethod
    def setup_py(cls, *words: str) -> None:
        """Run setup.py in the copy of the checkout."""
        command = [cls.python, "-W", "ignore", "setup.py", "--quiet", *words]
        done = subprocess.run(command, cwd=cls.tree, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} exited {done.returncode}\n{done.stdout}{done.stderr}")

    def test_site_packages_gets_only_pkgsuite(self):
        self.assertEqual(["pkgsuite"], os.listdir(self.site))

    def test_every_module_is_installed_under_its_new_name(self):
        own = {path for path in self.files if path.startswith("pkgsuite/")}
        moved = {f"pkgsuite/{path}" for path in self.files if path.startswith(("gui/", "testcases/"))}

        self.assertEqual(own | moved, files_below(self.site))

    def test_every_module_can_be_imported_once_installed(self):
        env = {**os.environ, "PYTHONPATH": str(self.site), "PYTHONDONTWRITEBYTECODE": "1"}

        done = subprocess.run(
            [sys.executable, "-c", IMPORT_ALL], cwd=self.dist, env=env, capture_output=True, text=True, check=False
        )

        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn("pkgsuite.testcases.pacman\n", done.stdout)

    def test_the_entry_in_the_menu_of_desktops_starts_the_window_that_is_installed(self):
        entry = configparser.RawConfigParser()
        entry.read(self.tree / "packaging" / "pkgsuite.desktop", encoding="utf-8")
        shown = entry["Desktop Entry"]
        commands = dict(line.split(" = ") for line in self.metadata["entry_points.txt"] if " = " in line)
        module, _, function = commands[shown["Exec"]].partition(":")
        env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}

        done = subprocess.run(
            [sys.executable, "-c", f"import sys; from {module} import {function} as start; sys.exit(start())"],
            cwd=self.dist,
            env={**env, "PYTHONPATH": str(self.site)},
            capture_output=True,
            text=True,
            check=False,
        )

        self.assertEqual((1, ""), (done.returncode, done.stdout), done.stderr)
        self.assertRegex(done.stderr, r"\Apkgsuite: the window [^\n]+\n\Z")
        self.assertIn(f"share/icons/hicolor/scalable/apps/{shown['Icon']}.svg", SHARED)

    def test_the_sdist_holds_every_file_of_the_checkout(self):
        self.assertEqual({".gitignore"}, self.files - set(self.sdist) | {".gitignore"})

        for script in ("run", ".ci/run", "packaging/build", "packaging/try", "packaging/debian/rules"):
            self.assertTrue(self.sdist[script].mode & 0o100, f"{script} is not executable")

    def test_the_metadata_is_complete(self):
        for name, line in (
            ("PKG-INFO", f"Version: {VERSION}"),
            ("PKG-INFO", "License: MIT"),
            ("PKG-INFO", "Requires-Python: >=3.10"),
            ("entry_points.txt", "pkgsuite = pkgsuite.cli:program"),
            ("entry_points.txt", "pkgsuite-gui = pkgsuite.gui.__main__:main"),
            ("requires.txt", "psutil"),
            ("requires.txt", "tkinter-tooltip"),
            ("requires.txt", "distributed"),
        ):
            with self.subTest(line):
                self.assertIn(line, self.metadata[name])

    def test_the_wheel_holds_what_the_build_gives(self):
        self.setup_py("bdist_wheel", "--dist-dir", str(self.dist))

        with zipfile.ZipFile(self.dist / f"pkgsuite-{VERSION}-py3-none-any.whl") as wheel:
            names = {name for name in wheel.namelist() if not name.startswith(f"pkgsuite-{VERSION}.")}
            shared = {name.partition(".data/data/")[2] for name in wheel.namelist() if ".data/data/" in name}
        self.assertEqual(files_below(self.site), names)
        self.assertEqual(SHARED, shared)


@needs_checkout
class DistributionsTest(unittest.TestCase):
    """What Debian, RPM and Arch build from."""

    def test_they_name_the_version_of_the_source(self):
        for name, pattern in (
            ("debian/changelog", r"\Apkgsuite \((.*)-\d+\)"),
            ("rpm/pkgsuite.spec", r"(?m)^Version:\s+(.*)$"),
            ("arch/PKGBUILD", r"(?m)^pkgver=(.*)$"),
        ):
            with self.subTest(name):
                text = (TOP / "packaging" / name).read_text(encoding="utf-8")

                self.assertEqual([VERSION], re.findall(pattern, text))

    def test_tests_name_what_is_installed(self):
        """A distribution runs them beside the installed package, where gui and testcases lie in pkgsuite."""
        for path in sorted((TOP / "tests").rglob("*.py")):
            with self.subTest(path.name):
                text = path.read_text(encoding="utf-8")

                self.assertEqual([], re.findall(r"(?m)^\s*(?:from|import) (?:gui|testcases)\b.*", text))
