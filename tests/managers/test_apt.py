"""Apt's configuration, programs, repositories and databases, as a scenario describes them."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite.errors import BadValue, ProgramMissing
from pkgsuite.formats import deb822, openpgp
from pkgsuite.managers import apt_configuration
from pkgsuite.managers.apt import apt
from pkgsuite.managers.base import Setup, Workshop
from pkgsuite.model.package import DEPENDENCY, EXPLICIT, Package
from pkgsuite.model.repository import Archive, Repository
from pkgsuite.model.signature import Signature
from pkgsuite.scenario import Scenario

DUMMY = Package("dummy", files=["usr/bin/dummy"])
UNSIGNED = Workshop()
HOST = ("/var/lib/dpkg", "/var/lib/apt/extended_states", "/var/lib/apt/lists")


def texts(setup: Setup) -> dict[str, str]:
    """The files of a root by path."""
    return {file.path: file.data.decode("utf-8", "replace") for file in apt.files(setup, "/sandbox")}


@unittest.skipUnless(Path("/usr/bin/dpkg").exists(), "no dpkg; apt-get install apt dpkg")
class Configuration(unittest.TestCase):
    """What apt is told."""

    def test_everything_lies_in_the_root(self) -> None:
        """Directories, the database and the options of dpkg name the root."""
        text = texts(Setup())["etc/apt/pkgsuite.conf"]

        self.assertIn('Dir "/sandbox/";\nDir::State::status "/sandbox/var/lib/dpkg/status";\n', text)
        self.assertIn('"--root=/sandbox"; "--log=/sandbox/var/log/dpkg.log";', text)

    def test_options_of_the_scenario(self) -> None:
        """They stand in a file that is read later, so they win; `{root}` stands for the root."""
        files = texts(Setup(options={"APT::Install-Recommends": ("no",), "DPkg::Options::": ("--a={root}", "--b")}))

        self.assertEqual(
            files["etc/apt/apt.conf"],
            'APT::Install-Recommends "no";\nDPkg::Options:: "--a=/sandbox";\nDPkg::Options:: "--b";\n',
        )

    def test_source(self) -> None:
        """A repository is trusted where it is not signed, lies on the machine unless mirrors have it; options win."""
        here = texts(Setup(repositories={"stable": Repository([DUMMY])}))
        there = texts(
            Setup(
                repositories={"stable": Repository([DUMMY])},
                sources={"stable": ("http://127.0.0.1:1", "http://127.0.0.2:1")},
                repository_options={"stable": {"Trusted": ("no",)}},
            )
        )

        path = "etc/apt/sources.list.d/stable.sources"
        (said,), (told,) = (deb822.parse(files[path].encode()) for files in (here, there))
        self.assertEqual(said["URIs"], "copy:/sandbox/var/pub/stable")
        self.assertEqual((said["Suites"], said["Components"], said["Trusted"]), ("stable", "main", "yes"))
        self.assertEqual(told["URIs"], "http://127.0.0.1:1/stable http://127.0.0.2:1/stable")
        self.assertEqual(told["Trusted"], "no")
        self.assertFalse([path for path in there if path.startswith("var/pub/")])

    def test_names_of_lists(self) -> None:
        """As apt escapes them, without the user and the scheme."""
        self.assertEqual(
            apt_configuration.list_name("http://me:secret@[::1]:80/a_b", "dists/x~/Release"),
            "%5b::1%5d:80_a%5fb_dists_x%7e_Release",
        )


@unittest.skipUnless(Path("/usr/bin/dpkg").exists(), "no dpkg; apt-get install apt dpkg")
class Programs(unittest.TestCase):
    """Which programs run."""

    def test_words(self) -> None:
        """Dpkg is told of the root by an option, apt by its environment, and others are refused."""
        self.assertEqual(apt.argv(["apt-get", "update"], "/sandbox")[1:], ["update"])
        self.assertEqual(apt.environment("/sandbox")["APT_CONFIG"], "/sandbox/etc/apt/pkgsuite.conf")
        self.assertEqual(apt.argv(["dpkg", "-l"], "/sandbox")[1], "--root=/sandbox")
        self.assertEqual(apt.argv(["update-alternatives", "--all"], "/sandbox")[1], "/sandbox")
        with self.assertRaisesRegex(BadValue, "apt-get"):
            apt.argv(["pacman", "-S"], "/sandbox")

    def test_directory(self) -> None:
        """Programs that a directory does not have come from PATH."""
        with tempfile.TemporaryDirectory() as directory:
            program = Path(directory, "apt-get")
            program.symlink_to("/bin/true")
            with mock.patch.dict(os.environ, PKGSUITE_APT=directory):
                self.assertEqual(apt.find(), str(program))
                self.assertTrue(apt.find("dpkg").endswith("/dpkg"))

    def test_one_for_all(self) -> None:
        """A single program stands for every other."""
        with mock.patch.dict(os.environ, PKGSUITE_APT="/bin/true"):
            for name in apt.programs:
                self.assertEqual(apt.argv([name], "/sandbox")[0], "/bin/true")

    def test_missing(self) -> None:
        """The message tells what to install, or what the variable names."""
        with mock.patch.dict(os.environ, PKGSUITE_APT="/no/such"), self.assertRaisesRegex(ProgramMissing, "/no/such"):
            apt.find()
        with (
            mock.patch("pkgsuite.managers.apt.PATH", "/nowhere"),
            mock.patch.dict(os.environ, PATH="/nowhere", PKGSUITE_APT=""),
            self.assertRaisesRegex(ProgramMissing, "no apt-get on PATH; apt-get install apt dpkg"),
        ):
            apt.find()


class Published(unittest.TestCase):
    """What a repository publishes."""

    def paths(self, repository: Repository, workshop: Workshop = UNSIGNED) -> dict[str, bytes]:
        """The files by their paths below the repository."""
        return {
            file.path.removeprefix("var/pub/stable/"): file.data
            for file in apt.repository("stable", repository, workshop)
        }

    def test_unsigned(self) -> None:
        """The pool and the indexes, and nobody is asked to sign."""
        files = self.paths(Repository([DUMMY]))

        self.assertIn("pool/main/d/dummy/dummy_1.0-1_all.deb", files)
        self.assertIn("dists/stable/Release", files)
        self.assertNotIn("dists/stable/InRelease", files)

    def test_signed(self) -> None:
        """InRelease is the Release file with a signature of its text."""
        asked = []
        workshop = Workshop(sign_texts=lambda wanted: asked.extend(wanted) or [b"signature"])

        files = self.paths(Repository([DUMMY], database_signed=Signature.GOOD), workshop)

        ((text, how),) = asked
        self.assertIs(how, Signature.GOOD)
        self.assertEqual(files["dists/stable/Release"], text + b"\n")
        self.assertEqual(deb822.unsigned(files["dists/stable/InRelease"]), text + b"\n")
        self.assertIn(openpgp.armored(b"signature"), files["dists/stable/InRelease"])

    def test_suite(self) -> None:
        """Fields of the suite reach its Release file."""
        files = self.paths(Repository([DUMMY], suite={"origin": "Test", "not_automatic": True}))

        self.assertIn(b"Origin: Test\n", files["dists/stable/Release"])
        self.assertIn(b"NotAutomatic: yes\n", files["dists/stable/Release"])

    def test_signed_package(self) -> None:
        """There is no such thing."""
        with self.assertRaisesRegex(BadValue, "database_signed"):
            self.paths(Repository([Archive(DUMMY, signed=Signature.GOOD)]))

    def test_epoch(self) -> None:
        """It stands in the names of the cache, not in those of archives."""
        archive = Archive(Package("dummy", "1:2.0-1"))

        self.assertEqual(apt.archive_name(archive), "dummy_2.0-1_all.deb")
        self.assertEqual(apt.cached_name(archive), "dummy_1%3a2.0-1_all.deb")


@unittest.skipUnless(Path("/usr/bin/dpkg").exists(), "no dpkg; apt-get install apt dpkg")
class Database(unittest.TestCase):
    """What is read back from a root."""

    def root(self, *packages: Package) -> str:
        """A root in which *packages* are installed."""
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        for file in apt.files(Setup(installed=tuple(map(Archive, packages))), place.name):
            path = Path(place.name, file.path)
            if file.is_directory:
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.data)
        return place.name

    def test_packages(self) -> None:
        """Versions, reasons, states; a foreign one goes by its name and architecture."""
        gone = Package("gone", status="deinstall ok config-files", backup=["etc/gone"], files=["etc/gone"])
        root = self.root(DUMMY, Package("library", "2.0-1", arch="s390x", reason=DEPENDENCY), gone)

        found = apt.read_packages(root)

        self.assertEqual(set(found), {"dummy", "library:s390x", "gone"})
        self.assertEqual((found["dummy"].reason, found["library:s390x"].reason), (EXPLICIT, DEPENDENCY))
        self.assertEqual(found["gone"].state, "config-files")
        self.assertEqual(apt.read_versions(root), {"dummy": "1.0-1", "library:s390x": "2.0-1"})

    def test_notes_of_an_interrupted_dpkg(self) -> None:
        """They win over the status file, the later over the earlier."""
        root = self.root(DUMMY)
        for number, state in enumerate(("half-installed", "unpacked")):
            note = f"Package: dummy\nStatus: install ok {state}\nArchitecture: all\nVersion: 2.0-1\n"
            Path(root, f"var/lib/dpkg/updates/000{number}").write_text(note)

        self.assertEqual(apt.read_packages(root)["dummy"].state, "unpacked")
        self.assertEqual(apt.read_versions(root), {})


class Upgrade(Scenario, on=apt):
    """A scenario that changes much, for the test below."""

    def test_all(self):
        machine = self.start_machine(installed=[DUMMY], repositories=[DUMMY.upgraded("2.0-1"), Package("other")])
        machine.refresh()
        machine.install("other")
        machine.upgrade()
        machine.remove("dummy", "other")

        self.check("TRANSACTION=-dummy -other")


def load_tests(loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None) -> unittest.TestSuite:
    """All but the scenario, which only runs in a test."""
    kinds = (Configuration, Programs, Published, Database, Host)
    return unittest.TestSuite(loader.loadTestsFromTestCase(kind) for kind in kinds)


class Host(unittest.TestCase):
    """The host's own packages."""

    def digest(self) -> str:
        """A digest of everything that dpkg and apt of the host keep."""
        found = hashlib.sha256()
        for top in map(Path, HOST):
            for path in sorted([top, *top.rglob("*")]):
                if path.is_file() and os.access(path, os.R_OK):
                    found.update(str(path).encode() + path.read_bytes())
        return found.hexdigest()

    def test_never_touched(self) -> None:
        """Not a byte of the host's databases changes while a scenario refreshes, installs, upgrades and removes."""
        before = self.digest()

        result = unittest.TextTestRunner(io.StringIO()).run(Upgrade("test_all"))

        self.assertEqual([], result.errors + result.failures)
        if result.skipped:
            self.skipTest(result.skipped[0][1])
        self.assertEqual(before, self.digest())
