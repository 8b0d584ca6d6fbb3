"""What gpgv makes of the signatures of our repositories: InRelease by itself, Release.gpg beside Release."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path

from pkgsuite import signing
from pkgsuite.errors import ProgramMissing
from pkgsuite.formats import openpgp
from pkgsuite.formats.apt_repository import Maker, publish
from pkgsuite.model.package import Package
from pkgsuite.model.signature import Signature
from pkgsuite.model.suite import Suite
from pkgsuite.system import gpg

SUITE = Suite("stable", {"main": [Package("dummy")]}, origin="Grüße - from us")
VERDICTS = {
    Signature.GOOD: (0, "GOODSIG"),
    Signature.BAD: (1, "BADSIG"),
    Signature.UNKNOWN_KEY: (2, "NO_PUBKEY"),
}


def detached(text: bytes, how: Signature) -> bytes | None:
    """An armoured signature of a file, as Release.gpg is."""
    (signature,) = signing.sign([(text, how)])
    return None if signature is None else openpgp.armored(signature)


def clear(text: bytes, how: Signature) -> bytes | None:
    """A clear-signed text, as InRelease is."""
    (signature,) = signing.sign_texts([(openpgp.signed_text(text), how)])
    return None if signature is None else openpgp.clear_signed(text, signature)


class GpgvTest(unittest.TestCase):
    """A repository on disk, and gpgv with the public test keys."""

    def setUp(self) -> None:
        try:
            self.gpgv = gpg.find("gpgv")
            self.keys = signing.public_keys()
        except ProgramMissing as reason:
            self.skipTest(str(reason))
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        (self.place / "keys.gpg").write_bytes(self.keys)

    def sign(self, how: Signature) -> None:
        """Write the Release files of the suite, signed like this."""
        maker = Maker(clear_sign=lambda text: clear(text, how), detach_sign=lambda text: detached(text, how))
        for path, content in publish([SUITE], maker).items():
            if path.startswith("dists/stable/") and path.count("/") == 2:
                (self.place / Path(path).name).write_bytes(content)

    def verify(self, *words: str) -> tuple[int, str]:
        """The status of gpgv, and what it says to programs."""
        command = [self.gpgv, "--status-fd=1", "--keyring", f"{self.place}/keys.gpg", *words]
        done = subprocess.run(command, cwd=self.place, capture_output=True, text=True, errors="replace", check=False)
        return done.returncode, done.stdout

    def test_verdicts(self) -> None:
        """Both forms get the verdict that the name of the signature promises."""
        for how, (status, word) in VERDICTS.items():
            self.sign(how)
            for words in (("InRelease",), ("Release.gpg", "Release")):
                with self.subTest(how=how, words=words):
                    seen, told = self.verify(*words)

                    self.assertIn(word, told)
                    self.assertEqual(status, seen)

    def test_what_is_signed(self) -> None:
        """The text in InRelease is that of Release, to the byte."""
        self.sign(Signature.GOOD)

        status, _ = self.verify("--output=text", "InRelease")

        self.assertEqual(0, status)
        self.assertEqual((self.place / "Release").read_bytes(), (self.place / "text").read_bytes())

    def test_changed_since(self) -> None:
        """A byte that was changed afterwards is noticed in both forms."""
        self.sign(Signature.GOOD)
        for name in ("InRelease", "Release"):
            path = self.place / name
            path.write_bytes(path.read_bytes().replace(b"stable", b"stAble", 1))

        self.assertIn("BADSIG", self.verify("InRelease")[1])
        self.assertIn("BADSIG", self.verify("Release.gpg", "Release")[1])
