"""gpg in a home of its own, real: what it signs, and that nothing of it stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite.errors import ProgramMissing, SuiteError
from pkgsuite.system import family, gpg
from pkgsuite.system.wait import wait_until
from tests.formats.scratch_pacman import needed

TOP = Path(__file__).parents[2]
KEY = TOP / "pkgsuite/keys/trusted.asc"
USER = "<trusted@pkgsuite.invalid>"
AT = "20200102T000000"

STOP_IN_THE_MIDDLE = f"""
import pathlib, time
from pkgsuite.system import gpg
with gpg.Home([pathlib.Path({str(KEY)!r}).read_bytes()]) as home:
    print(home._path, flush=True)
    time.sleep(60)
"""


def agents(home: str) -> list[str]:
    """The living agents that work in *home*."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "gpg-agent" in words and home in words:
            found.append(words)
    return found


def sockets() -> set[Path]:
    """What gpg keeps for its homes in the directory of the user's session, where there is one."""
    return set(Path(f"/run/user/{os.getuid()}/gnupg").glob("*"))


class HomeTest(unittest.TestCase):
    def setUp(self):
        needed("gpg", "gpg")
        needed("gpg-agent", "gpg-agent")

    def home(self):
        """A home with one key."""
        return gpg.Home([KEY.read_bytes()])

    def test_gpgv_verifies_what_it_signs_by_the_keyring_it_gives(self):
        gpgv = needed("gpgv", "gpgv")
        with self.home() as home:
            signature, keyring = home.sign(b"hello", USER, at=AT), home.keyring()
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        names = ("keys", "hello.sig", "hello", "other")
        paths = [Path(place.name, name) for name in names]
        for path, content in zip(paths, (keyring["pubring.gpg"], signature, b"hello", b"other"), strict=True):
            path.write_bytes(content)
        keys, sig, hello, other = map(str, paths)

        good, bad = (
            subprocess.run([gpgv, "--keyring", keys, sig, signed], capture_output=True, check=False)
            for signed in (hello, other)
        )

        self.assertEqual(0, good.returncode, good.stderr)
        self.assertIn(b"Good signature", good.stderr)
        self.assertIn(b"BAD signature", bad.stderr)

    def test_the_same_bytes_get_the_same_signature(self):
        with self.home() as first, self.home() as second:
            self.assertEqual(first.sign(b"hello", USER, at=AT), second.sign(b"hello", USER, at=AT))

    def test_the_keyring_holds_no_secrets(self):
        with self.home() as home:
            keyring = home.keyring()
        secret_packet = b"\x94"

        self.assertFalse(keyring["pubring.gpg"].startswith(secret_packet))

    def test_nothing_is_left(self):
        before, sockets_before = family.descendants(), sockets()

        with self.home() as home:
            path = str(home._path)
            self.assertTrue(agents(path))

        self.assertEqual([], agents(path))
        self.assertFalse(os.path.exists(path))
        self.assertEqual(set(), family.descendants() - before)
        self.assertLessEqual(sockets(), sockets_before)

    def test_nothing_is_left_after_an_error(self):
        with self.assertRaisesRegex(SuiteError, "(?s)gpg .*--detach-sign exited with 2: .*nobody"), self.home() as home:
            path = str(home._path)
            home.sign(b"hello", "nobody@pkgsuite.invalid", at=AT)

        self.assertEqual([], agents(path))
        self.assertFalse(os.path.exists(path))

    def test_nothing_is_left_where_a_key_is_none(self):
        homes = set(Path("/tmp").glob("pkgsuite-gpg-*"))

        with self.assertRaisesRegex(SuiteError, "gpg --import exited"), gpg.Home([b"no key"]):
            self.fail("it was taken")

        self.assertLessEqual(set(Path("/tmp").glob("pkgsuite-gpg-*")), homes)

    def test_the_agent_ends_with_a_process_that_is_killed(self):
        child = subprocess.Popen([sys.executable, "-c", STOP_IN_THE_MIDDLE], stdout=subprocess.PIPE, cwd=TOP)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        path = child.stdout.readline().decode().strip()
        self.addCleanup(shutil.rmtree, path)
        self.addCleanup(subprocess.run, ["gpgconf", f"--homedir={path}", "--remove-socketdir"], capture_output=True)
        self.assertTrue(agents(path))

        child.send_signal(signal.SIGKILL)

        wait_until(lambda: not agents(path), timeout=30, what="the agent is gone")

    def test_it_works_without_a_home_and_with_a_long_temporary_directory(self):
        place = tempfile.TemporaryDirectory(prefix="long" * 30)
        self.addCleanup(place.cleanup)
        environment = {"HOME": "/nonexistent", "TMPDIR": place.name, "GNUPGHOME": "/nonexistent"}

        with mock.patch.dict(os.environ, environment), self.home() as home:
            self.assertTrue(home.sign(b"hello", USER, at=AT))

        self.assertEqual([], os.listdir(place.name))

    def test_without_gpg_it_says_what_to_install(self):
        with (
            mock.patch.dict(os.environ, PATH="/nowhere"),
            self.assertRaisesRegex(ProgramMissing, "apt-get install gpg"),
        ):
            self.home()
