"""Fetching over HTTP: mirrors that are well, and mirrors with one fault each."""

from __future__ import annotations

from pkgsuite import (
    Bandwidth,
    Date,
    Latency,
    NoRange,
    Package,
    Redirect,
    Refusing,
    Reset,
    Scenario,
    Status,
    Swapped,
    Truncated,
    WrongContentRange,
    WrongHash,
    WrongSize,
    cached,
    exists,
    installed,
    output,
    pacman,
    returncode,
    served,
    unchanged,
    unchanged_elsewhere,
)

ARCHIVE = "repository/dummy-1.0-1-any.pkg.tar.gz"
NAME = ARCHIVE.partition("/")[2]
DATABASE = "repository/repository.db"
PART = f"var/cache/pacman/pkg/{NAME}.part"
SYNCED = "var/lib/pacman/sync/repository.db"


class OneMirror(Scenario, on=pacman):
    """What comes from a single mirror, and how often."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy"])
        self.mirror = self.start_mirror(self.dummy)
        self.machine = self.start_machine(mirror=self.mirror)

    def test_install(self):
        self.machine.install("dummy")

        self.check(
            *(installed("dummy"), cached("dummy", "1.0-1"), exists("usr/bin/dummy")),
            *(served(ARCHIVE, 1), served(DATABASE, 0), unchanged_elsewhere("usr/bin/dummy")),
        )

    def test_cached_archive_is_not_fetched_again(self):
        self.machine.download("dummy")
        self.machine.install("dummy")

        self.check(installed("dummy"), served(ARCHIVE, 1))

    def test_database_that_is_unchanged_is_not_fetched_again(self):
        self.machine.refresh()

        self.check(output("^:: Synchronizing package databases"), served(DATABASE, 0), unchanged(SYNCED))
        self.assertEqual([(each.path, each.status) for each in self.mirror.journal], [(DATABASE, 304)])

    def test_database_is_fetched_again_on_request(self):
        self.machine.run("pacman -Syy")

        self.check(served(DATABASE, 1))

    def test_database_that_was_published_anew(self):
        self.mirror.publish("repository", [self.dummy.upgraded("1.0-2")])

        self.machine.refresh()
        self.machine.refresh()
        self.machine.install("dummy")

        self.check(installed("dummy", "1.0-2"), served(DATABASE, 1), served("repository/dummy-1.0-2-any.pkg.tar.gz", 1))

    def test_published_anew_between_refresh_and_install(self):
        self.mirror.remove(ARCHIVE)
        self.mirror.publish("repository", [self.dummy.upgraded("1.0-2")])

        self.machine.refuses("pacman -S dummy", says="The requested URL returned error: 404")
        self.machine.refresh()
        self.machine.install("dummy")

        self.check(installed("dummy", "1.0-2"), served(ARCHIVE, 0))

    def test_date_in_the_future_is_fetched_once(self):
        self.mirror.fault(Date(1000))

        self.machine.refresh()
        self.machine.refresh()

        self.check(output("^:: Synchronizing package databases"), served(DATABASE, 1))

    def test_date_in_the_past_hides_what_is_new(self):
        self.mirror.publish("repository", [self.dummy.upgraded("1.0-2")])
        self.mirror.fault(Date(-1000))

        self.machine.refresh()
        self.machine.install("dummy")

        self.check(installed("dummy", "1.0-1"), served(DATABASE, 0))

    def test_slow_mirror(self):
        self.mirror.fault(Latency(0.1))
        self.mirror.fault(Bandwidth(2000))

        self.machine.install("dummy")

        self.check(installed("dummy"), served(ARCHIVE, 1))

    def test_wrong_content(self):
        self.mirror.fault(WrongHash(), path=ARCHIVE, times=1)

        self.machine.refuses("pacman -S dummy", says="invalid or corrupted package (checksum)")

        self.check(~installed("dummy"), ~cached("dummy", "1.0-1"), served(ARCHIVE, 1), unchanged_elsewhere())
        self.machine.install("dummy")
        self.check(installed("dummy"), served(ARCHIVE, 2))

    def test_database_that_is_none(self):
        self.mirror.fault(Swapped(b"<html>Please log in.</html>"), path="*.db")

        self.machine.run("pacman -Syy")
        self.machine.refuses("pacman -S dummy", says="Unrecognized archive format")

        self.check(~installed("dummy"), served(DATABASE, 1), served(ARCHIVE, 0))

    def test_resumes_what_was_begun(self):
        self.machine.write(PART, self.mirror.content(ARCHIVE)[:100])

        self.machine.install("dummy")

        self.check(installed("dummy"), served(ARCHIVE, 1), ~exists(PART), cached("dummy", "1.0-1"))
        self.assertEqual([(each.range, each.status) for each in self.mirror.journal], [("bytes=100-", 206)])

    def test_resumes_what_was_something_else(self):
        self.machine.write(PART, b"x" * 100)

        self.machine.refuses("pacman -S dummy", says="invalid or corrupted package (checksum)")

        self.check(~installed("dummy"), served(ARCHIVE, 1), ~cached("dummy", "1.0-1"))


class TwoMirrors(Scenario, on=pacman):
    """The first mirror has a fault; what it does not give comes from the second."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy"])
        self.first, self.second = self.start_mirror(dummy), self.start_mirror(dummy)
        self.machine = self.start_machine(mirror=[self.first, self.second])

    def install(self, *messages):
        """Install from the second mirror, and say what was wrong with the first."""
        self.machine.install("dummy")

        self.check(
            [
                output(rf"^error: failed retrieving file '{NAME}' from {self.first.address}:.*{each}")
                for each in messages
            ],
            *(installed("dummy"), cached("dummy", "1.0-1"), served(ARCHIVE, 1)),
            unchanged_elsewhere("usr/bin/dummy", PART),
        )
        self.assertEqual(self.second.served(ARCHIVE), 1)

    def test_refuses_connections(self):
        self.first.fault(Refusing())

        self.install("Failed to connect")

    def test_has_ended(self):
        self.first.signal()

        self.install("Failed to connect")

        self.check("!NODE_ALIVE=mirror", "NODE_ALIVE=mirror2")

    def test_has_it_not(self):
        self.first.remove(ARCHIVE)

        self.install("error: 404")

    def test_is_unavailable(self):
        self.first.fault(Status(503, retry_after=60))

        self.install("error: 503")

    def test_forbids(self):
        self.first.fault(Status(403))

        self.install("error: 403")

    def test_truncates(self):
        self.first.fault(Truncated(after=100))

        self.install("transfer closed with")

        self.assertEqual(self.second.journal[-1].range, "bytes=100-")

    def test_resets(self):
        self.first.fault(Reset(after=100))

        self.install("Connection reset by peer")

        self.assertEqual(self.second.journal[-1].range, "bytes=100-")

    def test_promises_too_much(self):
        self.first.fault(WrongSize(5))

        self.install("Maximum file size exceeded|expected download size exceeded")

    def test_redirects_to_the_second(self):
        self.first.fault(Redirect(f"{self.second.url}/"))

        self.install()

        self.check(~output("^error"))

    def test_redirects_for_ever(self):
        self.first.fault(Redirect("/"))

        self.install(r"Maximum \(10\) redirects followed")

    def test_knows_no_ranges(self):
        self.machine.write(PART, self.first.content(ARCHIVE)[:100])
        self.first.fault(NoRange())

        self.machine.install("dummy")

        self.check(installed("dummy"), output("doesn't seem to support byte ranges"), served(ARCHIVE))
        self.assertEqual(self.second.journal[-1].range, "bytes=100-")

    def test_gives_another_range(self):
        self.machine.write(PART, self.first.content(ARCHIVE)[:100])
        self.first.fault(WrongContentRange(5))

        self.machine.install("dummy")

        self.check(installed("dummy"), output("doesn't seem to support byte ranges"), served(ARCHIVE))
        self.assertEqual(self.second.journal[-1].range, "bytes=100-")

    def test_database(self):
        self.first.fault(Status(500))

        self.machine.run("pacman -Syy")

        self.check(output("failed retrieving file 'repository.db'.*error: 500"), served(DATABASE, 1))

    def test_is_well_again(self):
        self.first.fault(Refusing())
        self.second.fault(Refusing())
        self.machine.refuses("pacman -S dummy", says="failed retrieving file")
        self.check(~installed("dummy"), served(ARCHIVE, 0))

        self.first.heal()
        self.machine.install("dummy")

        self.check(installed("dummy"), served(ARCHIVE, 1))


class Locked(Scenario, on=pacman):
    """Mirrors that want to be sure of their clients, or of which clients cannot be sure."""

    def test_user_and_password_in_the_url(self):
        mirror = self.start_mirror(Package("dummy"), credentials="user:pass/word")
        machine = self.start_machine(mirror=mirror, refreshed=False)

        machine.refresh()
        machine.install("dummy")

        self.check(installed("dummy"), served("repository/dummy-1.0-1-any.pkg.tar.gz", 1), served(DATABASE, 1))

    def test_wrong_password(self):
        mirror = self.start_mirror(Package("dummy"), credentials="user:password")
        server = f"http://user:guessed@{mirror.address}:{mirror.port}/repository"
        machine = self.start_machine(mirror=mirror, repository_options={"repository": {"Server": server}})

        machine.refuses("pacman -S dummy", says="The requested URL returned error: 401")

        self.check(~installed("dummy"), served(ARCHIVE, 0), ~returncode(0))

    def test_unknown_authority(self):
        machine = self.start_machine(mirror=self.start_mirror(Package("dummy"), encrypted=True))

        machine.refuses("pacman -S dummy", says="SSL certificate problem")

        self.check(~installed("dummy"), served(ARCHIVE, 0), unchanged_elsewhere())
