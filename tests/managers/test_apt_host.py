"""Not a byte of the host's configuration matters: scenarios pass on hosts whose apt and dpkg are of no use."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from pkgsuite.errors import Unsupported
from pkgsuite.managers import apt_host
from pkgsuite.managers.apt import apt
from pkgsuite.model.package import Package
from pkgsuite.scenario import Scenario
from pkgsuite.system import namespaces
from pkgsuite.system.place import here

HOSTILE = {
    "/etc/dpkg": {"dpkg.cfg": "force-confnew\nno-such-option\n", "dpkg.cfg.d/also": "path-exclude=/usr/*\n"},
    "/etc/apt": {
        "apt.conf": 'APT::Get::Simulate "true";\n',
        "apt.conf.d/99hook": 'DPkg::Pre-Invoke { "false"; };\nAPT::Update::Pre-Invoke { "false"; };\n',
        "preferences.d/never": "Package: *\nPin: release *\nPin-Priority: -1\n",
        "sources.list": "deb http://nowhere.invalid/debian stable main\n",
    },
}
"""What an administrator might have written, and worse."""

DUMMY = Package("dummy", files=["usr/bin/dummy", "etc/dummy.conf"], backup=["etc/dummy.conf"])


class OnAHostileHost(Scenario, on=apt):
    """A scenario on a host whose apt and dpkg refuse everything; run by the test below only."""

    def setUp(self) -> None:
        super().setUp()
        place = here()
        if place is None or not place.has_mounts:
            raise Unsupported("no mounts here, so there is no other host to be had (pkgsuite doctor)")
        for number, (directory, files) in enumerate(HOSTILE.items()):
            ours = Path(place.sandboxes, f".host{number}")
            for name, text in files.items():
                path = ours / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            namespaces.bind(str(ours), directory)

    def test_all(self) -> None:
        bare = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=False)
        simulating = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
        self.assertIn("no-such-option", bare.stderr)
        self.assertIn('APT::Get::Simulate "true";', simulating)

        machine = self.start_machine(repositories=[DUMMY, DUMMY.upgraded("2.0-1", depends=["library"])])
        machine.run("dpkg --print-architecture")
        machine.refresh()
        machine.refuses("apt-get install dummy", says="Unable to correct problems")
        machine.run("apt-get install dummy=1.0-1")
        self.check("TRANSACTION=+dummy=1.0-1", "FILE_EXIST=usr/bin/dummy")


def load_tests(loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None) -> unittest.TestSuite:
    """All but the scenario, which only runs in a test."""
    return unittest.TestSuite(loader.loadTestsFromTestCase(kind) for kind in (Hidden, Checked))


@unittest.skipUnless(Path("/usr/bin/dpkg").exists(), "no dpkg; apt-get install apt dpkg")
class Hidden(unittest.TestCase):
    """Where there are mounts."""

    def test_nothing_is_read(self) -> None:
        """What would break apt and dpkg on the host breaks nothing on a machine."""
        result = unittest.TextTestRunner(io.StringIO()).run(OnAHostileHost("test_all"))

        self.assertEqual([], result.errors + result.failures)
        if result.skipped:
            self.skipTest(result.skipped[0][1])

    def test_host_sees_what_it_saw(self) -> None:
        """Nothing is hidden from the process that runs the tests."""
        before = sorted(os.listdir("/etc/dpkg"))

        unittest.TextTestRunner(io.StringIO()).run(OnAHostileHost("test_all"))

        self.assertEqual(before, sorted(os.listdir("/etc/dpkg")))


class Checked(unittest.TestCase):
    """Where there are none."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.directory = Path(place.name)
        (self.directory / "dpkg.cfg.d").mkdir()

    def test_harmless(self) -> None:
        """What Debian and images of containers write there is overridden."""
        (self.directory / "dpkg.cfg").write_text("# words\n\nno-debsig\nlog /var/log/dpkg.log\n")
        (self.directory / "dpkg.cfg.d/docker").write_text("force-unsafe-io\npath-exclude=/usr/share/doc/*\n")

        apt_host.check(str(self.directory))

    def test_nothing_there(self) -> None:
        """A host without any configuration will do."""
        apt_host.check("/nowhere")

    def test_what_matters(self) -> None:
        """Anything else is named with its place, and what to do about it."""
        for line in ("force-confnew", "force-overwrite", "--pre-invoke=true", "force all"):
            with self.subTest(line):
                (self.directory / "dpkg.cfg.d/own").write_text(f"# own\n{line}\n")

                with self.assertRaisesRegex(Unsupported, rf"own:2 says '{line}', .*; take the line out"):
                    apt_host.check(str(self.directory))
