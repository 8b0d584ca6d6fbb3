"""Mirrors that misbehave, and that come to their senses or change while a command runs."""

from __future__ import annotations

import hashlib
import signal
from pathlib import Path

from pkgsuite import (
    Bandwidth,
    CloseOnError,
    Date,
    File,
    FirstFail,
    NoKeepAlive,
    Package,
    Scenario,
    Stall,
    Status,
    apt,
    asked_from,
    cached,
    exists,
    installed,
    output,
    pacman,
    returncode,
    served,
    served_from,
    transaction,
    unchanged_elsewhere,
)

KiB = 1 << 10
NOISE = File("usr/share/noise", b"".join(hashlib.sha256(bytes([number])).digest() for number in range(256)) * 2)
DUMMY = Package("dummy", files=[NOISE, "usr/bin/dummy"])
OTHER = Package("other", files=["usr/bin/other"])
ARCHIVE = {
    "apt": "repository/pool/main/{initial}/{name}/{name}_{version}_all.deb",
    "pacman": "repository/{name}-{version}-any.pkg.tar.gz",
}
START = 6 * KiB
LOCK = {"apt": "", "pacman": "var/lib/pacman/db.lck"}
"""What a manager that was killed leaves for its user to delete; apt's locks end with the process."""


class Mirrored(Scenario):
    """A machine with a mirror of two packages."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(DUMMY, OTHER)
        self.machine = self.start_machine(mirror=self.mirror)
        self.archive = self.archive_of(DUMMY)

    def archive_of(self, package):
        """The path of a package's archive on the mirror."""
        name = package.name
        return ARCHIVE[self.manager.name].format(initial=name[0], name=name, version=package.version)

    def installing(self, *names):
        """The command that installs packages from the mirror."""
        (command,) = self.manager.install(names, [])
        return command

    def has_started(self):
        """Whether the start of the archive is on its way."""
        return self.mirror.is_sending(self.archive, START)

    def refuses_and_recovers(self, says):
        """The mirror's fault lets nothing be installed, and once it has gone the same command works."""
        self.machine.refuses(self.installing("dummy"), says=says)
        self.check(transaction(), ~exists("usr/bin/dummy"), ~cached("dummy", "1.0-1"))
        self.mirror.heal()

        self.machine.install("dummy")

        self.check(transaction("+dummy"), served(self.archive, 1), cached("dummy", "1.0-1"))


class Patience(Mirrored, on=(apt, pacman)):
    """A mirror that is slow, or that wants a connection for each file, is a mirror all the same."""

    def test_few_bytes_a_second(self):
        self.mirror.fault(Bandwidth(4 * KiB), self.archive)

        self.machine.install("dummy")

        self.check(transaction("+dummy"), served(self.archive, 1))

    def test_silence_that_ends(self):
        """What falls silent in the midst of a file and goes on is not asked again."""
        self.mirror.fault(Stall(after=START), self.archive)

        with self.machine.running(self.installing("dummy")) as command:
            command.wait_for(self.has_started)
            self.mirror.heal()

        self.check(returncode(0), transaction("+dummy"), served(self.archive, 1), asked_from(self.archive, 0, 1))

    def test_connection_for_each_file(self):
        self.mirror.fault(NoKeepAlive())

        self.machine.install("dummy", "other")

        self.check(transaction("+dummy", "+other"), served(self.archive, 1), served(self.archive_of(OTHER), 1))


class Errors(Mirrored, on=(apt, pacman)):
    """An error of the mirror is told, changes nothing, and is forgotten when it has gone."""

    def test_later(self):
        """By design neither waits: that a mirror says when it will be back is for the user to read."""
        self.mirror.fault(Status(503, retry_after=1), self.archive)

        self.refuses_and_recovers(says="503")

    def test_only_at_first(self):
        self.mirror.fault(FirstFail(1, Status(500)), self.archive)

        self.machine.refuses(self.installing("dummy"), says="500")
        self.machine.install("dummy")

        self.check(transaction("+dummy"), asked_from(self.archive, 0, 2), served(self.archive, 1))

    def test_connection_closed_with_it(self):
        """Whatever else was asked for on the same connection, nothing is installed, and the next attempt works."""
        self.mirror.fault(Status(404), self.archive)
        self.mirror.fault(CloseOnError())

        self.machine.refuses(self.installing("dummy", "other"), says="404")
        self.check(transaction(), served(self.archive, 0))
        self.mirror.heal()
        self.machine.install("dummy", "other")

        self.check(transaction("+dummy", "+other"), served(self.archive_of(OTHER), 1))


class Dates(Mirrored, on=(apt, pacman)):
    """What a mirror says of dates decides when databases are fetched, and never what is in them."""

    def test_stale(self):
        """A mirror whose dates are too old hides what is new, until they are right again."""
        self.mirror.publish("repository", [DUMMY.upgraded("2.0-1")])
        self.mirror.fault(Date(-1000))
        self.machine.refresh()
        self.machine.install("dummy")
        self.check(transaction("+dummy=1.0-1"))
        self.mirror.heal()

        self.machine.refresh()
        self.machine.upgrade()

        self.check(transaction("^dummy=2.0-1"))

    def test_future(self):
        """A date of tomorrow is no reason to doubt."""
        self.mirror.publish("repository", [DUMMY.upgraded("2.0-1")])
        self.mirror.fault(Date(24 * 60 * 60))

        self.machine.refresh()
        self.machine.install("dummy")

        self.check(transaction("+dummy=2.0-1"))


class Changes(Mirrored, on=(apt, pacman)):
    """What is published while a command runs is for the next one."""

    def test_new_edition_in_the_midst_of_a_download(self):
        new = DUMMY.upgraded("2.0-1")
        self.mirror.fault(Stall(after=START), self.archive)

        with self.machine.running(self.installing("dummy")) as command:
            command.wait_for(self.has_started)
            self.mirror.publish("repository", [new])
            self.mirror.heal()

        self.check(transaction("+dummy=1.0-1"), served(self.archive, 1), served(self.archive_of(new), 0))

    def test_old_edition_is_gone_in_the_midst(self):
        """An archive that the mirror takes away while it is sent comes whole all the same."""
        self.mirror.fault(Stall(after=START), self.archive)

        with self.machine.running(self.installing("dummy")) as command:
            command.wait_for(self.has_started)
            self.mirror.remove(self.archive)
            self.mirror.heal()

        self.check(transaction("+dummy"), served(self.archive, 1))

    def test_next_archive_is_gone_in_the_midst(self):
        """What is missing of the second package leaves the first one uninstalled too."""
        second = self.archive_of(OTHER)
        self.mirror.fault(Stall(after=START), self.archive)

        with self.machine.running(self.installing("dummy", "other")) as command:
            command.wait_for(self.has_started)
            self.mirror.remove(second)
            self.mirror.heal()

        self.check(~returncode(0), output("404"), transaction(), ~exists("usr/bin/dummy"), ~exists("usr/bin/other"))


class Killed(Mirrored, on=(apt, pacman)):
    """A manager that is killed while it fetches has changed nothing, and the next one goes on."""

    def has_kept_some(self):
        """Whether some of what was sent has reached the disk."""
        parts = Path(self.machine.root, self.manager.cache).rglob(f"*{DUMMY.name}*")
        return any(path.stat().st_size for path in parts)

    def killed(self):
        """A first attempt, killed when it has the start of the archive."""
        self.mirror.fault(Stall(after=START), self.archive, times=1)
        with self.machine.running(self.installing("dummy")) as command:
            command.wait_for(lambda: self.has_started() and self.has_kept_some())
            command.signal(signal.SIGKILL)
        self.check(returncode(-signal.SIGKILL), transaction(), ~exists("usr/bin/dummy"), unchanged_elsewhere())
        if LOCK[self.manager.name]:
            self.machine.delete(LOCK[self.manager.name])

    def test_again(self):
        """By design pacman's lock is the user's to delete first."""
        self.killed()

        self.machine.install("dummy")

        self.check(transaction("+dummy"), cached("dummy", "1.0-1"))

    def test_the_rest_is_asked_for(self):
        """What came before is not fetched again, if the part can still be told to be one.

        By design apt asks for the rest of what is as old as the part, and whoever was killed could not date that.
        """
        self.killed()

        self.machine.install("dummy")

        self.check(transaction("+dummy"), asked_from(self.archive, 0, 1))
        self.check(served_from(self.archive, 0, 1 if self.manager is apt else 0))

    def test_asked_to_end(self):
        """A user's Ctrl-C leaves nothing to clean up, not even a lock."""
        self.mirror.fault(Stall(after=START), self.archive, times=1)
        with self.machine.running(self.installing("dummy")) as command:
            command.wait_for(self.has_started)
            command.signal(signal.SIGINT)
        self.check(~returncode(0), ~installed("dummy"), unchanged_elsewhere())

        self.machine.install("dummy")

        self.check(transaction("+dummy"))
