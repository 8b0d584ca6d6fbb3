"""What packagers get: an sdist with everything, and only `pkgsuite` in site-packages; built without a network."""

from __future__ import annotations

import importlib.util
import os
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

OF_NO_PACKAGE = (".git", ".venv", ".*_cache", "__pycache__", "*.pyc", "build", "dist", "*.egg-info")

IMPORT_ALL = """
import importlib, pkgutil, pkgsuite
for module in pkgutil.walk_packages(pkgsuite.__path__, "pkgsuite."):
    importlib.import_module(module.name)
    print(module.name)
"""


def can_make_wheels() -> bool:
    """Whether setuptools can make wheels, by itself or with the module wheel."""
    names = ("wheel", "setuptools.command.bdist_wheel")
    return bool(importlib.util.find_spec("setuptools")) and any(map(importlib.util.find_spec, names))


def files_below(directory: Path) -> set[str]:
    """The files below a directory, as paths from it."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


@needs_checkout
@unittest.skipUnless(
    importlib.util.find_spec("setuptools"), "no setuptools; get it with: apt-get install python3-setuptools"
)
class PackagingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        place = Path(temporary.name)
        cls.tree, cls.site, cls.dist = place / "tree", place / "site", place / "dist"
        shutil.copytree(TOP, cls.tree, ignore=shutil.ignore_patterns(*OF_NO_PACKAGE))
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
        command = [sys.executable, "-W", "ignore", "setup.py", "--quiet", *words]
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

    def test_the_sdist_holds_every_file_of_the_checkout(self):
        self.assertEqual({".gitignore"}, self.files - set(self.sdist) | {".gitignore"})

        for script in ("run", ".ci/run"):
            self.assertTrue(self.sdist[script].mode & 0o100, f"{script} is not executable")

    def test_the_metadata_is_complete(self):
        for name, line in (
            ("PKG-INFO", f"Version: {VERSION}"),
            ("PKG-INFO", "License: MIT"),
            ("PKG-INFO", "Requires-Python: >=3.10"),
            ("entry_points.txt", "pkgsuite = pkgsuite.cli:main"),
            ("requires.txt", "psutil"),
            ("requires.txt", "tkinter-tooltip"),
            ("requires.txt", "distributed"),
        ):
            with self.subTest(line):
                self.assertIn(line, self.metadata[name])

    @unittest.skipUnless(can_make_wheels(), "no module wheel; get it with: apt-get install python3-wheel")
    def test_the_wheel_holds_what_the_build_gives(self):
        self.setup_py("bdist_wheel", "--dist-dir", str(self.dist))

        with zipfile.ZipFile(self.dist / f"pkgsuite-{VERSION}-py3-none-any.whl") as wheel:
            names = {name for name in wheel.namelist() if not name.startswith(f"pkgsuite-{VERSION}.")}
        self.assertEqual(files_below(self.site), names)
