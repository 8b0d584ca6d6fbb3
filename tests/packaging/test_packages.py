"""Packages for three distributions: built offline, installed, tried, removed; `./run soak packages` does all of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from tests.checkout import TOP, needs_checkout
from tests.soak import IS_LONG

PACKAGES = ("*_all.deb", "*.noarch.rpm", "*-any.pkg.tar*")


@needs_checkout
class PackagesTest(unittest.TestCase):
    """packaging/build and packaging/try."""

    @unittest.skipUnless(IS_LONG, "it takes minutes; run this in a checkout with: ./run soak packages")
    def test_build_and_try(self) -> None:
        """Each kind builds with its tests, installs, works and goes away without a trace."""
        if os.geteuid() != 0:
            self.skipTest("packages are installed by root; run this in a checkout as root: ./run soak packages")
        with tempfile.TemporaryDirectory() as place:
            self.call("build", "--output", place)
            built = [str(path) for pattern in PACKAGES for path in Path(place).glob(pattern)]
            self.assertEqual(len(PACKAGES), len(built))

            self.call("try", *built)

    def test_what_cannot_be_built_is_refused(self) -> None:
        """In one line."""
        done = subprocess.run(
            [TOP / "packaging" / "build", "snap"], env=self.environment(), capture_output=True, text=True, check=False
        )

        self.assertEqual(2, done.returncode)
        self.assertEqual("build: snap is none of these words", done.stderr.splitlines()[-1])

    def test_deb_alone(self) -> None:
        """The sdist and the Debian package, without its tests: the shortest proof that a build needs no network."""
        if shutil.which("dpkg-buildpackage") is None or shutil.which("lintian") is None or not is_there("debhelper"):
            self.skipTest(
                "no tools to build with; apt-get install debhelper dh-python pybuild-plugin-pyproject lintian"
            )
        with tempfile.TemporaryDirectory() as place:
            self.call("build", "deb", "--output", place, DEB_BUILD_OPTIONS="nocheck")

            self.assertEqual(1, len(list(Path(place).glob("pkgsuite_*_all.deb"))))

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing is installed for it."""
        return {**os.environ, "PKGSUITE_SETUP": "no", **more}

    def call(self, name: str, *words: str, **more: str) -> None:
        """Call a script, which must succeed."""
        done = subprocess.run(
            [TOP / "packaging" / name, *words],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(0, done.returncode, done.stdout[-2000:] + done.stderr[-8000:])


def is_there(package: str) -> bool:
    """Whether Debian's *package* is installed."""
    done = subprocess.run(["dpkg-query", "--show", package], capture_output=True, check=False)
    return done.returncode == 0
