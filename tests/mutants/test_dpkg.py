"""The database of dpkg as mutants read and distort it: written by us, so that it is the same as for scenarios."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from pkgsuite.formats import dpkg
from pkgsuite.managers.apt_database import DATABASE, read_packages
from pkgsuite.model.package import Package
from pkgsuite.mutants.dpkg import Dpkg, changing, dropping, edit

NATIVE = "amd64"
LIBRARY = Package("library", arch=NATIVE, files=["usr/lib/library"], control_fields={"Multi-Arch": "same"})
TOOL = Package(
    "tool",
    files=["usr/bin/tool", "etc/tool.conf"],
    backup=["etc/tool.conf"],
    depends=["library>=1"],
    desc="A tool",
    long_desc="It has\nlines",
)


class DpkgTest(unittest.TestCase):
    """A database with two packages."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.root = place.name
        for file in dpkg.database([LIBRARY, TOOL], native=NATIVE, foreign=[]):
            path = Path(self.root, DATABASE, file.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)

    def test_entries(self) -> None:
        """An entry is a list of files; the name of its package may stand before an architecture."""
        found = Dpkg().entries(self.root)

        self.assertEqual({"library", "tool"}, set(map(Dpkg().package, found)))
        self.assertEqual({}, Dpkg().entries("/nowhere"))

    def test_entry_that_is_written_anew(self) -> None:
        """What was written since is told from what was not."""
        before = Dpkg().entries(self.root)
        path = Path(self.root, DATABASE, "info/tool.list")
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)

        now = Dpkg().entries(self.root)

        self.assertEqual(["tool"], [name for name in now if now[name] != before[name]])

    def test_listed(self) -> None:
        """Paths are relative to the root, and an unknown package has none."""
        self.assertEqual(
            ["etc", "etc/tool.conf", "usr", "usr/bin", "usr/bin/tool"], sorted(Dpkg().listed(self.root, "tool"))
        )
        self.assertEqual([], Dpkg().listed(self.root, "other"))

    def test_edit(self) -> None:
        """Fields of the packages that are named change, and nothing else does."""
        path = Path(self.root, DATABASE, "status")
        whole = path.read_bytes()
        edit(self.root, [], dropping("Version"))
        self.assertEqual(whole, path.read_bytes())

        edit(self.root, ["tool"], dropping("Depends", "Conffiles"))
        edit(self.root, ["tool"], changing("Status", "install ok", "hold ok"))

        found = read_packages(self.root, NATIVE)
        self.assertEqual(([], []), (list(found["tool"].depends), list(found["tool"].backup)))
        self.assertEqual(("It has\nlines", True), (found["tool"].long_desc, found["tool"].is_held))
        self.assertEqual(("1.0-1", False), (found["library"].version, found["library"].is_held))
