"""Pacman's configuration, repositories and keyring, as a scenario describes them."""

from __future__ import annotations

import base64
import itertools
import unittest
from pathlib import Path

from pkgsuite.errors import SuiteError
from pkgsuite.formats import alpm, archive
from pkgsuite.managers.base import Setup, Workshop
from pkgsuite.managers.pacman import configuration, pacman
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository
from pkgsuite.model.signature import Signature


class Configuration(unittest.TestCase):
    """What stands in pacman.conf."""

    def test_settings_name_the_root(self) -> None:
        """`{root}` stands for the absolute path of the root, in options and in those of a repository."""
        setup = Setup(
            repositories={"extra": Repository([Package("dummy")])},
            options={"XferCommand": ("{root}/bin/fetch %u %o",)},
            repository_options={"extra": {"Server": ("file:///nowhere", "file://{root}/var/pub/extra")}},
        )

        text = configuration(setup, "/sandbox")

        self.assertEqual(
            text,
            "[options]\nXferCommand = /sandbox/bin/fetch %u %o\n"
            "[extra]\nSigLevel = Never\nServer = file:///nowhere\nServer = file:///sandbox/var/pub/extra\n",
        )

    def test_without_settings(self) -> None:
        """A repository is not signed and lies on the machine, unless its settings say otherwise."""
        text = configuration(Setup(repositories={"core": Repository()}), "/sandbox")

        self.assertEqual(text, "[options]\n[core]\nSigLevel = Never\nServer = file:///sandbox/var/pub/core\n")

    def test_mirrors(self) -> None:
        """A repository that mirrors have is not on the machine; they are asked in their order."""
        core = {"core": Repository([Package("dummy")])}
        setup = Setup(repositories=core, sources={"core": ("http://127.0.0.2:80", "http://127.0.0.3:80")})

        text = configuration(setup, "/sandbox")

        self.assertIn("Server = http://127.0.0.2:80/core\nServer = http://127.0.0.3:80/core\n", text)
        self.assertEqual([], [file.path for file in pacman.files(setup, "/") if file.path.startswith("var/pub")])
        self.assertIn("var/lib/pacman/sync/core.db", [file.path for file in pacman.files(setup, "/")])

    def test_signatures_that_are_spoken_of_are_required(self) -> None:
        """Missing ones too; settings of the scenario win."""
        dummy = Package("dummy")
        for repository, level in (
            (Repository([dummy], signed=Signature.GOOD), "PackageRequired DatabaseNever"),
            (Repository([Archive(dummy, signed=Signature.MISSING)]), "PackageRequired DatabaseNever"),
            (Repository([dummy], database_signed=Signature.BAD), "PackageNever DatabaseRequired"),
        ):
            with self.subTest(level):
                text = configuration(Setup(repositories={"core": repository}), "/sandbox")

                self.assertIn(f"[core]\nSigLevel = {level}\n", text)

        own = {"core": {"SigLevel": ("Optional",)}}
        text = configuration(Setup(repositories={"core": repository}, repository_options=own), "/sandbox")
        self.assertEqual(1, text.count("SigLevel"))

    def test_signed_files_are_required_to_be(self) -> None:
        """`LocalFileSigLevel` speaks of archives in the working directory."""
        text = configuration(Setup(packages=(Archive(Package("dummy"), signed=Signature.MISSING),)), "/sandbox")

        self.assertEqual(text, "[options]\nLocalFileSigLevel = Required\n")


class Published(unittest.TestCase):
    """What a repository publishes."""

    def published(self, repository: Repository) -> dict[str, bytes]:
        """The files by name, signed by their number."""
        numbers = itertools.count(1)
        workshop = Workshop(sign=lambda wanted: [b"signature %d" % next(numbers) if how else None for _, how in wanted])
        return {Path(file.path).name: file.data for file in pacman.repository("core", repository, workshop)}

    def test_unsigned(self) -> None:
        """The archive and the database, and nobody is asked to sign."""
        files = list(pacman.repository("core", Repository([Package("dummy")]), Workshop()))

        self.assertEqual(
            ["var/pub/core/dummy-1.0-1-any.pkg.tar.gz", "var/pub/core/core.db"], [file.path for file in files]
        )

    def test_signed(self) -> None:
        """Signatures lie beside the files, those of packages are in the database as well."""
        files = self.published(Repository([Package("dummy")], signed=Signature.GOOD, database_signed=Signature.GOOD))

        self.assertEqual(b"signature 1", files["dummy-1.0-1-any.pkg.tar.gz.sig"])
        self.assertEqual(b"signature 2", files["core.db.sig"])
        (package,) = alpm.read_sync_database(files["core.db"])
        self.assertEqual(b"signature 1", base64.b64decode(package.pgpsig))

    def test_only_beside(self) -> None:
        """A database may be silent about signatures."""
        files = self.published(Repository([Package("dummy")], signed=Signature.GOOD, embedded=False))

        self.assertIn("dummy-1.0-1-any.pkg.tar.gz.sig", files)
        self.assertEqual("", alpm.read_sync_database(files["core.db"])[0].pgpsig)

    def test_only_embedded(self) -> None:
        """There may be no files of signatures."""
        files = self.published(Repository([Package("dummy")], signed=Signature.GOOD, beside=False))

        self.assertEqual({"dummy-1.0-1-any.pkg.tar.gz", "core.db"}, set(files))
        self.assertTrue(alpm.read_sync_database(files["core.db"])[0].pgpsig)

    def test_names_follow_the_compression(self) -> None:
        """In the repository and in what the database says of it."""
        files = self.published(Repository([Package("dummy")], compression="xz"))

        (desc,) = (m.content for m in archive.unpack(files["core.db"]) if m.path.endswith("/desc"))
        self.assertIn("dummy-1.0-1-any.pkg.tar.xz", files)
        self.assertIn(b"%FILENAME%\ndummy-1.0-1-any.pkg.tar.xz\n", desc)

    def test_without_a_signer(self) -> None:
        """A signature that nobody can make is the suite's own mistake."""
        with self.assertRaisesRegex(SuiteError, "workshop"):
            list(pacman.repository("core", Repository([Package("dummy")], signed=Signature.GOOD), Workshop()))


class KeyringTest(unittest.TestCase):
    """The keyring of a machine."""

    def names(self, setup: Setup) -> set[str]:
        """The files of the keyring."""
        return {file.path for file in pacman.files(setup, "/sandbox") if file.path.startswith("etc/pacman.d/gnupg/")}

    def test_only_where_signatures_are_spoken_of(self) -> None:
        """Making it takes gpg, which other machines do not need."""
        workshop = Workshop(sign=lambda wanted: [None for _ in wanted], keyring=lambda: {"pubring.gpg": b"keys"})
        signed = Repository([Package("dummy")], signed=Signature.MISSING)

        self.assertEqual(set(), self.names(Setup(repositories={"core": Repository([Package("dummy")])})))
        self.assertEqual(
            {"etc/pacman.d/gnupg/gpg.conf", "etc/pacman.d/gnupg/pubring.gpg"},
            self.names(Setup(repositories={"core": signed}, workshop=workshop)),
        )
