"""Repositories over HTTP: what is asked for, how often, and what happens when the mirror misbehaves."""

from __future__ import annotations

from pkgsuite import (
    Package,
    Refusing,
    Repository,
    Scenario,
    Signature,
    Status,
    Truncated,
    WrongHash,
    apt,
    cached,
    exists,
    installed,
    output,
    served,
    transaction,
    unchanged_elsewhere,
)

DUMMY = Package("dummy", files=["usr/bin/dummy"])
ARCHIVE = "repository/pool/main/d/dummy/dummy_1.0-1_all.deb"
RELEASE = "repository/dists/repository/InRelease"


class Mirrored(Scenario):
    """A machine with a signed repository on a mirror."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(repositories=Repository([DUMMY], database_signed=Signature.GOOD))
        self.machine = self.start_machine(mirror=self.mirror, refreshed=False)


class Fetching(Mirrored, on=apt):
    """Everything is fetched once, and not again while it is the same."""

    def test_install(self):
        self.machine.refresh()
        self.machine.install("dummy")

        self.check(
            transaction("+dummy"),
            served(RELEASE, 1),
            served(ARCHIVE, 1),
            cached("dummy", "1.0-1"),
            unchanged_elsewhere("usr/bin/dummy"),
        )

    def test_refresh_of_what_is_the_same(self):
        self.machine.refresh()
        self.machine.refresh()

        self.check(served(RELEASE, 1), output("^Hit:1 http://"))

    def test_refresh_of_what_is_new(self):
        self.machine.refresh()
        self.mirror.publish("repository", Repository([DUMMY.upgraded("2.0-1")], database_signed=Signature.GOOD))
        self.machine.refresh()

        self.machine.install("dummy")

        self.check(served(RELEASE, 2), transaction("+dummy=2.0-1"))

    def test_archive_is_not_fetched_twice(self):
        self.machine.refresh()
        self.machine.download("dummy")

        self.machine.install("dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 1))


class Misbehaving(Mirrored, on=apt):
    """Whatever the mirror does, nothing wrong is installed, and the next attempt works."""

    def setUp(self):
        super().setUp()
        self.machine.refresh()

    def recovers(self, says):
        """The installation fails, and works once the mirror is well again."""
        self.machine.refuses("apt-get install dummy", says=says)
        self.check(~installed("dummy"), ~exists("usr/bin/dummy"), ~cached("dummy", "1.0-1"), unchanged_elsewhere())
        self.mirror.heal()

        self.machine.install("dummy")

        self.check(transaction("+dummy"))

    def test_not_found(self):
        self.mirror.fault(Status(404), ARCHIVE)

        self.recovers(says="404  Not Found")

    def test_other_bytes(self):
        self.mirror.fault(WrongHash(), ARCHIVE)

        self.recovers(says="Hash Sum mismatch")

    def test_cut_short(self):
        self.mirror.fault(Truncated(after=100), ARCHIVE)

        self.recovers(says="E: Failed to fetch http://")

    def test_retried(self):
        """`Acquire::Retries` tries again by itself."""
        self.mirror.fault(Status(503), ARCHIVE, times=1)

        self.machine.run("apt-get -o Acquire::Retries=1 -o Acquire::Retries::Delay=false install dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 1))

    def test_index_cut_short(self):
        """The index that was fetched before stays."""
        self.mirror.publish("repository", Repository([DUMMY.upgraded("2.0-1")], database_signed=Signature.GOOD))
        self.mirror.fault(Truncated(after=100), "repository/dists/*")
        self.machine.refuses("apt-get update", says="E: ")
        self.mirror.heal()

        self.machine.run("apt-cache policy dummy")

        self.check(output(r"Candidate: 1\.0-1$"), served(RELEASE, 1))

    def test_nobody_there(self):
        self.mirror.fault(Refusing())

        self.machine.refuses("apt-get update", says="Could not connect to 127.")

        self.check(~installed("dummy"), unchanged_elsewhere())
