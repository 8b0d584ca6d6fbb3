"""The database of dpkg, written and read back, and what the real dpkg makes of it."""

from __future__ import annotations

import unittest
from collections.abc import Sequence
from dataclasses import fields, replace

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import deb, dpkg
from pkgsuite.formats.deb822 import parse
from pkgsuite.formats.dpkg_status import conffiles
from pkgsuite.model.file import File
from pkgsuite.model.package import DEPENDENCY, Package
from tests.formats.samples import debian_package
from tests.formats.scratch_dpkg import ADMINDIR, ScratchDpkg
from tests.formats.scratch_pacman import needed
from tests.formats.test_deb_package import OF_THE_MODEL_ALONE
from tests.system.joined import answer_of

FULL = replace(
    debian_package(), essential=False, pre_depends=(), depends=(), control_fields={"Built-Using": "gcc (= 1)"}
)
OTHER = Package("other", "1.0", files=["usr/bin/other", "usr/share/other/"], triggers=["interest /usr/share/other"])
INSTALLED = [FULL, OTHER, Package("empty")]


def read_back(packages: Sequence[Package]) -> list[Package]:
    """What our reader makes of what our writer wrote."""
    files = {file.path: file.data for file in dpkg.database(packages)}
    info = {path.removeprefix("info/"): content for path, content in files.items() if path.startswith("info/")}
    return dpkg.read_database(files["status"], dpkg.extended_states(packages, dpkg.NATIVE), info)


class Database(unittest.TestCase):
    """What is written is read back."""

    def test_round_trip(self) -> None:
        """Every field that the database has a place for comes back."""
        package = replace(debian_package(), reason=DEPENDENCY, status="hold ok half-configured")

        (read,) = read_back([package])

        for field in {field.name for field in fields(Package)} - OF_THE_MODEL_ALONE - {"files"} | {"reason", "status"}:
            with self.subTest(field):
                self.assertTrue(getattr(package, field))
                self.assertEqual(getattr(read, field), getattr(package, field))
        self.assertLessEqual({entry.path for entry in package.entries}, {entry.path for entry in read.entries})

    def test_usual_state(self) -> None:
        """A package that says nothing of its state is installed, asked for and not held."""
        (read,) = read_back([Package("a")])

        self.assertEqual(
            (read.status, read.state, read.is_held, read.reason), ("install ok installed", "installed", False, 0)
        )

    def test_states(self) -> None:
        """Every state of dpkg comes back; what is not installed at all is no package."""
        for state in ("config-files", "half-installed", "unpacked", "half-configured", "triggers-awaited", "installed"):
            with self.subTest(state):
                self.assertEqual(read_back([Package("a", status=f"install ok {state}")])[0].state, state)
        self.assertEqual(read_back([Package("a", status="purge ok not-installed")]), [])

    def test_held(self) -> None:
        """A package on hold says so."""
        self.assertTrue(read_back([Package("a", status="hold ok installed")])[0].is_held)

    def test_marks_of_architectures(self) -> None:
        """Automatic marks belong to one architecture; packages for every architecture count as native."""
        packages = [Package("a"), Package("b", arch="i386", reason=DEPENDENCY), Package("c", reason=DEPENDENCY)]

        marked = [
            each["Package"] + " " + each["Architecture"] for each in parse(dpkg.extended_states(packages, "amd64"))
        ]

        self.assertEqual(marked, ["b i386", "c amd64"])
        self.assertEqual([(each.name, each.reason) for each in read_back(packages)], [("a", 0), ("b", 1), ("c", 1)])

    def test_several_architectures(self) -> None:
        """A package of two architectures has files of its own for each, and is there twice."""
        packages = [
            Package("lib", arch=arch, multi_arch="same", files=[f"usr/lib/{arch}"]) for arch in ("amd64", "i386")
        ]

        found = read_back(packages)

        self.assertEqual(
            [(each.arch, each.entries[-1].path) for each in found],
            [("amd64", "usr/lib/amd64"), ("i386", "usr/lib/i386")],
        )

    def test_shipped_sums(self) -> None:
        """Configuration files have the sums that they were shipped with, also where the user changed them."""
        package = Package("a", files=["etc/a*", "etc/b c"], backup=["etc/a", "etc/b c"])

        (said,) = parse(next(file.data for file in dpkg.database([package]) if file.path == "status"))

        self.assertEqual(conffiles(said), package.backup_sums())
        self.assertEqual(conffiles(said)["etc/a"], File.parse("etc/a").md5)

    def test_obsolete_conffiles(self) -> None:
        """Flags behind a sum, and files that are still to be installed, are understood."""
        (said,) = parse(
            f"Conffiles:\n /a b {'0' * 32} obsolete\n /c newconffile\n /d {'1' * 32} remove-on-upgrade\n".encode()
        )

        self.assertEqual(conffiles(said), {"a b": "0" * 32, "c": "newconffile", "d": "1" * 32})

    def test_foreign_architectures(self) -> None:
        """Foreign architectures are listed behind the native one."""
        files = {file.path: file.data for file in dpkg.database([], native="arm64", foreign=["armhf"])}

        self.assertEqual(files["arch"], b"arm64\narmhf\n")

    def test_twice(self) -> None:
        """A package can be installed only once for an architecture."""
        with self.assertRaisesRegex(BadValue, "each package of an architecture once"):
            list(dpkg.database([Package("a", "1"), Package("a", "2")]))

    def test_garbage(self) -> None:
        """Damage names the package and the field."""
        for status, words in (
            (b"Status: x\n", r"dpkg database: \?: expected a field Package"),
            (b"Package: a\n", "dpkg database: a: expected a field Version"),
            (b"Package: a\nVersion: 1\nInstalled-Size: x\n", "a: Installed-Size: expected a whole number"),
        ):
            with self.subTest(status), self.assertRaisesRegex(BadArchive, words):
                dpkg.read_database(status)


class WithDpkg(unittest.TestCase):
    """The real dpkg on our database."""

    def setUp(self) -> None:
        needed("dpkg", "dpkg")

    def test_no_complaints(self) -> None:
        """Dpkg finds nothing to complain of, in the database and on disk."""

        def complaints() -> list[str]:
            scratch = ScratchDpkg(INSTALLED)
            return [scratch.run("--audit"), scratch.run("--verify")]

        self.assertEqual(answer_of(complaints), ["", ""])

    def test_changed_files_show(self) -> None:
        """Dpkg sees what differs from the database: our sums are those of the files."""

        def verified() -> str:
            scratch = ScratchDpkg(INSTALLED)
            for path in ("etc/full.conf", "usr/bin/other"):
                (scratch.root / path).write_text("other")
            return scratch.run("--verify")

        lines = answer_of(verified).splitlines()

        self.assertEqual(sorted(line[10:].strip() for line in lines), ["/usr/bin/other", "c /etc/full.conf"])

    def test_listed(self) -> None:
        """Dpkg lists the package's entries."""
        listed = answer_of(lambda: ScratchDpkg(INSTALLED).run("-L", "full:amd64"))

        self.assertEqual(listed.split(), ["/.", *(f"/{entry.path}" for entry in FULL.entries)])

    def test_states_shown(self) -> None:
        """Dpkg shows holds and states as we wrote them."""
        packages = [Package("a", status="hold ok installed"), Package("b", status="deinstall ok config-files")]

        shown = answer_of(lambda: ScratchDpkg(packages).run("-l"))

        self.assertEqual([line[:3] + line.split()[1] for line in shown.splitlines()[-2:]], ["hi a", "rc b"])

    def test_same_as_its_own(self) -> None:
        """What dpkg writes when it installs our archives is what we write for installed packages."""
        archives = {f"{package.name}.deb": deb.archive(package) for package in INSTALLED}

        def both() -> list[list[object]]:
            theirs, ours = ScratchDpkg(), ScratchDpkg(INSTALLED)
            theirs.install(archives)
            return [told(theirs), told(ours)]

        theirs, ours = answer_of(both)

        for seen, written in zip(theirs, ours, strict=True):
            self.assertEqual(seen, written)

    def test_same_after_removal(self) -> None:
        """What dpkg leaves of a removed package is what we write for one with configuration files left."""
        whole = replace(FULL, files=[entry for entry in FULL.entries if not entry.path.startswith("var")])
        removed = replace(whole, status="deinstall ok config-files")

        def both() -> list[list[object]]:
            theirs, ours = ScratchDpkg([whole]), ScratchDpkg([removed])
            theirs.run("--remove", "full")
            return [told(theirs), told(ours)]

        theirs, ours = answer_of(both)

        for seen, written in zip(theirs, ours, strict=True):
            self.assertEqual(seen, written)

    def test_upgrade_and_removal(self) -> None:
        """Dpkg upgrades and removes what our database says is installed, scriptlets at their moments."""
        story = 'echo {} "$@" >> "$DPKG_ROOT/story"'
        moments = ("pre_install", "post_install", "pre_upgrade", "post_upgrade", "pre_remove", "post_remove")
        package = Package("a", files=["usr/bin/a"], install={name: story.format(name) for name in moments})

        def told_story() -> list[str]:
            scratch = ScratchDpkg([package])
            scratch.install({"a.deb": deb.archive(package.upgraded("2.0-1"))})
            scratch.run("--purge", "a")
            scratch.install({"a.deb": deb.archive(package)})
            return scratch.read("story").splitlines()

        self.assertEqual(
            answer_of(told_story),
            [
                *("pre_upgrade 2.0-1 1.0-1", "post_upgrade 2.0-1 1.0-1"),
                *("pre_remove 2.0-1", "post_remove 2.0-1", "pre_install 1.0-1", "post_install 1.0-1"),
            ],
        )


def told(scratch: ScratchDpkg) -> list[object]:
    """All that a database says: status, the files in info/ with the lists in order, and triggers."""
    info = {
        name: sorted(content.decode().split("\n")) if name.endswith(".list") else content.decode()
        for name, content in scratch.info().items()
    }
    return [scratch.read(f"{ADMINDIR}/status"), info, {k: v.decode() for k, v in scratch.triggers().items()}]


if __name__ == "__main__":
    unittest.main()
