"""Tests on machines that lack something: they pass, and what they skip says what would help.

The short form runs a few modules, the long one all that `unittest discover` finds.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import unittest
from collections.abc import Iterator

from tests.checkout import TOP
from tests.soak import IS_LONG
from tests.system.test_rehearsals import python_for_others

FEW = (
    "pkgsuite.testcases.pacman.test_install",
    "pkgsuite.testcases.apt.test_install",
    "tests.commands.test_doctor",
    "tests.formats.test_archive",
)

PACMAN = "pacman pacman-key pacman-conf pacman-db-upgrade makepkg repo-add repo-remove vercmp"
APT = "apt apt-get apt-cache apt-mark apt-config apt-ftparchive dpkg dpkg-deb dpkg-query dpkg-divert dpkg-split"
BESIDE = "gpg gpgv gpgconf gpg-agent fakeroot fakechroot newuidmap newgidmap bsdtar xz zstd nginx gdb valgrind"
DISPLAY = "Xvfb xvfb-run xdotool"

HIDE = """
for name in $HIDDEN; do
    for place in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
        [ ! -e "$place/$name" ] || mount --bind /dev/null "$place/$name"
    done
done
"""

REMEDIES = ("apt-get install", "pip install", "sysctl ", "ip link set", " set ", "run this in", "PKGSUITE_", "xvfb-run")
"""What in a reason tells a reader what to do."""

UNKNOWN = 61234
"""A user id that no machine has a name for."""

SKIPPED = re.compile(r"^skipped \d+: (.*)$", re.MULTILINE)


def pythons() -> Iterator[str]:
    """The other Pythons on PATH that have psutil."""
    for minor in range(10, 14):
        name = f"python3.{minor}"
        program = shutil.which(name)
        if program and sys.version_info[:2] != (3, minor):
            done = subprocess.run([program, "-c", "import psutil"], capture_output=True, check=False)
            if done.returncode == 0:
                yield program


class PoorMachineTest(unittest.TestCase):
    """Each lacks one thing, and keeps the others."""

    def run_tests(
        self, before: str = "", wrapper: tuple[str, ...] = (), python: str = sys.executable, **more: str
    ) -> str:
        """Run the tests after *before* has made the machine poorer; they pass, and their skips help. The output."""
        script = f'{before}\nexec "$PYTHON" -m tests {"" if IS_LONG else " ".join(FEW)}'
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PKGSUITE_")}
        environment = {**clean, "PYTHON": python, "TOP": str(TOP), "PYTHONDONTWRITEBYTECODE": "1", **more}
        environment.pop("CI", None)
        done = subprocess.run(
            [*wrapper, "/bin/sh", "-ec", script], cwd=TOP, env=environment, capture_output=True, text=True, check=False
        )
        self.assertEqual(0, done.returncode, done.stdout[-6000:] + done.stderr[-2000:])
        for reason in SKIPPED.findall(done.stdout):
            self.assertTrue(any(remedy in reason for remedy in REMEDIES), reason)
        self.assertRegex(done.stdout, r"(?m)^[1-9]\d* passed, 0 failed, \d+ skipped$")
        return done.stdout

    def in_namespaces(self, before: str, **more: str) -> str:
        """Run them as root of namespaces in which *before* may mount and forbid; skips where there are none."""
        wrapper = ("unshare", "--user", "--map-root-user", "--mount")
        done = subprocess.run([*wrapper, "true"], capture_output=True, text=True, check=False)
        if done.returncode:
            self.skipTest(f"no namespaces to rehearse in: {done.stderr.strip()}; sysctl user.max_user_namespaces=10000")
        return self.run_tests(before, wrapper, **more)

    def test_without_pacman(self) -> None:
        """Its scenarios skip, and say how to get it."""
        told = self.in_namespaces(HIDE, HIDDEN=PACMAN)

        self.assertIn("no pacman on PATH", told)

    def test_without_apt(self) -> None:
        """Its scenarios skip, and say how to name one."""
        told = self.in_namespaces(HIDE, HIDDEN=APT)

        self.assertRegex(told, r"skipped \d+: no apt-get on PATH; .*PKGSUITE_APT")

    def test_without_any_manager(self) -> None:
        """All scenarios skip, and everything else passes."""
        told = self.in_namespaces(HIDE, HIDDEN=f"{PACMAN} {APT}")

        self.assertIn("no pacman on PATH", told)
        self.assertIn("no apt-get on PATH", told)

    def test_without_anything_beside(self) -> None:
        """Signatures, other isolation, debuggers and displays are extras."""
        self.in_namespaces(HIDE, HIDDEN=f"{BESIDE} {DISPLAY}", DISPLAY="")

    def test_without_namespaces(self) -> None:
        """Pretended roots serve, or scenarios skip."""
        self.in_namespaces("for kind in user mnt pid net; do echo 0 > /proc/sys/user/max_${kind}_namespaces; done")

    def test_without_shared_memory(self) -> None:
        """Whatever wants memory takes the directory for temporary files."""
        self.in_namespaces("mount -t tmpfs -o ro tmpfs /dev/shm")

    def test_in_a_read_only_checkout(self) -> None:
        """Nothing is written beside the sources."""
        self.in_namespaces('mount --rbind "$TOP" "$TOP"; mount -o remount,ro,bind "$TOP"; cd "$TOP"')

    def test_without_a_home(self) -> None:
        """Where HOME is no directory, and TERM and the language are not known."""
        self.run_tests("unset TERM LANG LC_ALL USER LOGNAME", HOME="/nonexistent")

    def test_as_a_user_that_nobody_knows(self) -> None:
        """As builds of distributions are: a number without a name, a group or a home."""
        if os.geteuid() != 0:
            self.skipTest("only root can become somebody else; run this in a checkout as root: ./run test")
        ids = ("setpriv", f"--reuid={UNKNOWN}", f"--regid={UNKNOWN}", "--clear-groups")

        self.run_tests("unset USER LOGNAME", ids, python_for_others(), HOME="/nonexistent")

    def test_with_other_pythons(self) -> None:
        """From 3.10 to 3.13."""
        others = list(pythons())
        if not others:
            self.skipTest("no other Python with psutil; set PATH so that python3.10 or python3.13 is found")
        for python in others:
            with self.subTest(python):
                self.run_tests(python=python)
