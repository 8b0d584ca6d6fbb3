"""Source packages: fetched, verified, unpacked, and what building them needs."""

from __future__ import annotations

import shutil

from pkgsuite import (
    File,
    Package,
    Repository,
    Scenario,
    Signature,
    Truncated,
    Unsupported,
    WrongHash,
    apt,
    contents,
    exists,
    mode,
    output,
    served,
    transaction,
    unchanged_elsewhere,
)

RULES = File("debian/rules", "#!/usr/bin/make -f\n", mode=0o755)
SOURCE = Package(
    "dummy", "1.0-1", files=[File("README", "read me"), RULES, "debian/changelog"], makedepends=["compiler"]
)
NATIVE = Package("tool", "3", files=["tool.c", RULES])
FILES = ("dummy_1.0-1.dsc", "dummy_1.0.orig.tar.gz", "dummy_1.0-1.debian.tar.gz")
POOL = "repository/pool/main/d/dummy"


class Sources(Scenario, on=apt):
    """A machine whose repository has packages and what they were built from."""

    def setUp(self):
        super().setUp()
        binaries = [Package("dummy", "1.0-1"), Package("compiler"), Package("build-essential")]
        self.mirror = self.start_mirror(repositories=self.offered(binaries, SOURCE, NATIVE))
        self.machine = self.start_machine(
            mirror=self.mirror, repository_options={"repository": {"Types": "deb deb-src"}}, refreshed=False
        )
        self.machine.refresh()

    def offered(self, packages, *sources):
        """A signed repository with source packages."""
        suite = {"sources": {"main": sources}}
        return Repository(packages, database_signed=Signature.GOOD, suite=suite)

    def need_dpkg_source(self):
        """Skip where nothing can take a source apart."""
        if shutil.which("dpkg-source", path="/usr/bin:/bin") is None:
            raise Unsupported("no dpkg-source in /usr/bin; apt-get install dpkg-dev")

    def test_fetched(self):
        """All files of a source come into the working directory, and nothing is installed."""
        self.machine.run("apt-get source --download-only dummy")

        self.check(
            *(exists(f"tmp/{name}") for name in FILES),
            *(served(f"{POOL}/{name}", 1) for name in FILES),
            transaction(),
            unchanged_elsewhere(*(f"tmp/{name}" for name in FILES)),
        )

    def test_unpacked(self):
        """`dpkg-source` takes them apart: the software, and what Debian added."""
        self.need_dpkg_source()

        self.machine.run("apt-get source dummy")

        self.check(
            contents("tmp/dummy-1.0/README", "read me"),
            contents("tmp/dummy-1.0/debian/rules", "#!/usr/bin/make -f\n"),
            mode("tmp/dummy-1.0/debian/rules", 0o755),
            transaction(),
        )

    def test_native(self):
        """A source without a revision is a single archive."""
        self.need_dpkg_source()

        self.machine.run("apt-get source tool")

        self.check(exists("tmp/tool-3/tool.c"), exists("tmp/tool_3.tar.gz"))

    def test_fetched_once(self):
        """What lies there already is not fetched again."""
        self.machine.run("apt-get source --download-only dummy")
        self.machine.run("apt-get source --download-only dummy")

        self.check(served(f"{POOL}/{FILES[1]}", 1), output("^Skipping already downloaded file"))

    def test_only_the_description(self):
        self.machine.run("apt-get source --dsc-only --download-only dummy")

        self.check(exists(f"tmp/{FILES[0]}"), ~exists(f"tmp/{FILES[1]}"))

    def test_other_bytes(self):
        self.mirror.fault(WrongHash(), f"{POOL}/{FILES[1]}")

        self.machine.refuses("apt-get source dummy", says="Hash Sum mismatch")

        self.check(~exists(f"tmp/{FILES[1]}"), ~exists("tmp/dummy-1.0/README"))

    def test_cut_short(self):
        self.mirror.fault(Truncated(after=50), f"{POOL}/{FILES[1]}")

        self.machine.refuses("apt-get source dummy", says="E: Failed to fetch some archives")

        self.check(~exists("tmp/dummy-1.0/README"))

    def test_unknown(self):
        self.machine.refuses("apt-get source nobody", says="E: Unable to find a source package for nobody")

        self.check(unchanged_elsewhere())

    def test_version(self):
        """A version that is asked for by name comes, though a newer one is there."""
        newer = SOURCE.upgraded("2.0-1")
        self.mirror.publish("repository", self.offered([], SOURCE, newer))
        self.machine.refresh()

        self.machine.run("apt-get source --download-only dummy=1.0-1")

        self.check(exists(f"tmp/{FILES[0]}"), ~exists("tmp/dummy_2.0-1.dsc"))

    def test_newest(self):
        self.mirror.publish("repository", self.offered([], SOURCE, SOURCE.upgraded("2.0-1")))
        self.machine.refresh()

        self.machine.run("apt-get source --download-only dummy")

        self.check(exists("tmp/dummy_2.0-1.dsc"), ~exists(f"tmp/{FILES[0]}"))

    def test_of_a_package_with_another_name(self):
        """The source of a package is found by the package's own name too."""
        library = Package("libdummy1", "1.0-1", base="dummy")
        self.mirror.publish("repository", self.offered([library], SOURCE))
        self.machine.refresh()

        self.machine.run("apt-get source --download-only libdummy1")

        self.check(output("^Picking 'dummy' as source package instead of 'libdummy1'"), exists(f"tmp/{FILES[0]}"))

    def test_what_building_needs(self):
        self.machine.run("apt-get build-dep dummy")

        self.check(transaction("+compiler", "+build-essential"))

    def test_what_building_needs_is_not_there(self):
        self.mirror.publish("repository", self.offered([Package("build-essential")], SOURCE))
        self.machine.refresh()

        self.machine.refuses("apt-get build-dep dummy", says="builddeps:dummy : Depends: compiler but it is not")

        self.check(transaction(), unchanged_elsewhere())

    def test_shown(self):
        self.machine.run("apt-cache showsrc dummy")

        self.check(
            output("^Build-Depends: compiler"), output(r"dummy_1\.0\.orig\.tar\.gz"), output("^Directory: pool/main")
        )

    def test_nowhere_offered(self):
        """Without a source of sources the user is told what is missing."""
        machine = self.start_machine(mirror=self.mirror)

        machine.refuses("apt-get source dummy", says="E: You must put some 'deb-src' URIs in your sources.list")

        self.check(machine, transaction(), unchanged_elsewhere())
