"""Armour and clear-signed messages, as gpgv reads them."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path

from pkgsuite import signing
from pkgsuite.errors import BadValue
from pkgsuite.formats import openpgp
from pkgsuite.model.signature import Signature
from pkgsuite.system import gpg

TEXT = b"Suite: stable\n- a dash, which is escaped\n\nlast line\n"


class ClearSigned(unittest.TestCase):
    """Messages that carry their signature."""

    def verify(self, message: bytes) -> int:
        """The status of gpgv, given the test keys."""
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "keys.gpg").write_bytes(signing.public_keys())
            Path(directory, "message").write_bytes(message)
            words = [gpg.find("gpgv"), "--keyring", f"{directory}/keys.gpg", f"{directory}/message"]
            return subprocess.run(words, capture_output=True, check=False).returncode

    def test_good(self) -> None:
        """What was signed is verified."""
        (signature,) = signing.sign_texts([(openpgp.signed_text(TEXT), Signature.GOOD)])
        assert signature is not None

        message = openpgp.clear_signed(TEXT, signature)

        self.assertIn(b"\n- - a dash", message)
        self.assertEqual(self.verify(message), 0)

    def test_changed(self) -> None:
        """What was changed afterwards is not."""
        (signature,) = signing.sign_texts([(openpgp.signed_text(TEXT), Signature.GOOD)])
        assert signature is not None

        self.assertNotEqual(self.verify(openpgp.clear_signed(TEXT.replace(b"stable", b"evil"), signature)), 0)

    def test_nobody_signs(self) -> None:
        """A missing signature is none."""
        self.assertEqual(signing.sign_texts([(TEXT, Signature.MISSING), (TEXT, None)]), [None, None])

    def test_blanks(self) -> None:
        """A blank at the end of a line would not be covered by the signature."""
        with self.assertRaises(BadValue):
            openpgp.signed_text(b"a \nb\n")

    def test_armour(self) -> None:
        """The check sum is that of RFC 4880: 21CF02 for the classic nine digits."""
        self.assertEqual(openpgp.checksum(b"123456789"), 0x21CF02)
        self.assertTrue(openpgp.armored(b"123456789").endswith(b"=Ic8C\n-----END PGP SIGNATURE-----\n"))
