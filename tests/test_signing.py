"""Signatures by the test keys: right or wrong as wanted, and made once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite import cache, signing
from pkgsuite.errors import ProgramMissing
from pkgsuite.model.signature import Signature
from tests.formats.scratch_pacman import needed

TOP = Path(__file__).parents[1]
HELLO = b"hello\n"

SIGN = """
import sys
from pkgsuite import signing
from pkgsuite.model.signature import Signature
contents = [b"%d" % number for number in range(20)]
for signature in signing.sign([(content, Signature.GOOD) for content in contents]):
    print(signature.hex())
"""

SAYS = {
    Signature.GOOD: "TRUST_ULTIMATE",
    Signature.BAD: "BADSIG",
    Signature.CORRUPTED: "",
    Signature.EXPIRED: "EXPSIG",
    Signature.EXPIRED_KEY: "EXPKEYSIG",
    Signature.UNKNOWN_KEY: "NO_PUBKEY",
    Signature.UNTRUSTED_KEY: "TRUST_UNDEFINED",
    Signature.MARGINAL_KEY: "TRUST_MARGINAL",
}
"""What gpg says of each to a machine that has the keyring."""


class SigningTest(unittest.TestCase):
    def setUp(self):
        self.gpg = needed("gpg", "gpg")
        needed("gpg-agent", "gpg-agent")
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        for patch in (
            mock.patch.dict(os.environ, XDG_CACHE_HOME=str(self.place / "cache")),
            mock.patch.dict(cache._opened, clear=True),
            mock.patch.dict(cache._remembered, clear=True),
        ):
            patch.start()
            self.addCleanup(patch.stop)

    def verify(self, content: bytes, signature: bytes) -> str:
        """What gpg says of a signature, in a home with the keyring of machines."""
        home = self.place / "home"
        home.mkdir(mode=0o700, exist_ok=True)
        for name, data in {**signing.keyring(), "content": content, "content.sig": signature}.items():
            (home / name).write_bytes(data)
        argv = [self.gpg, f"--homedir={home}", "--batch", "--no-autostart", "--status-fd=1", "--verify"]
        done = subprocess.run([*argv, home / "content.sig", home / "content"], capture_output=True, check=False)
        return done.stdout.decode()

    def test_gpg_says_of_each_signature_what_its_name_says(self):
        self.assertEqual(set(Signature) - {Signature.MISSING}, set(SAYS))
        for how, words in SAYS.items():
            with self.subTest(how):
                (signature,) = signing.sign([(HELLO, how)])

                self.assertIn(words, self.verify(HELLO, signature))

    def test_nothing_is_signed_where_no_signature_is_wanted(self):
        with mock.patch.dict(os.environ, PATH="/nowhere"):
            self.assertEqual([None, None], signing.sign([(HELLO, None), (HELLO, Signature.MISSING)]))

    def test_signatures_come_in_the_order_of_the_contents(self):
        contents = [b"a", b"b", b"a", b"c"]

        signatures = signing.sign([(content, Signature.GOOD) for content in contents])

        self.assertEqual(signatures[0], signatures[2])
        for content, signature in zip(contents, signatures, strict=True):
            self.assertIn("GOODSIG", self.verify(content, signature))

    def test_what_was_signed_before_needs_no_gpg(self):
        wanted = [(HELLO, how) for how in Signature]
        signatures, keyring = signing.sign(wanted), signing.keyring()
        cache.forget()

        with mock.patch.dict(os.environ, PATH="/nowhere"):
            self.assertEqual(signatures, signing.sign(wanted))
            self.assertEqual(keyring, signing.keyring())
            with self.assertRaises(ProgramMissing):
                signing.sign([(b"never seen", Signature.GOOD)])

    def test_two_processes_at_once_get_the_same(self):
        children = [
            subprocess.Popen([sys.executable, "-c", SIGN], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=TOP)
            for _ in range(2)
        ]
        told = [child.communicate(timeout=60) for child in children]

        self.assertEqual([0, 0], [child.returncode for child in children], told)
        self.assertEqual(told[0][0], told[1][0])
        self.assertEqual(20, len(set(told[0][0].split())))

    def test_every_key_says_that_it_must_not_be_trusted(self):
        keys = sorted(signing.KEYS.glob("*.asc"))

        self.assertEqual({*signing.KNOWN, "unknown"}, {path.stem for path in keys})
        for path in keys:
            self.assertIn("NEVER TRUST IT", path.read_text())
        self.assertIn("never trust them", (signing.KEYS / "README.md").read_text())
