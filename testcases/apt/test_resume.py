"""What was fetched in part: the rest is asked for, and what does not fit is thrown away."""

from __future__ import annotations

from pkgsuite import (
    File,
    NoRange,
    Package,
    Reset,
    Scenario,
    Truncated,
    WrongContentRange,
    apt,
    asked_from,
    cached,
    contents,
    exists,
    installed,
    output,
    served,
    served_from,
    transaction,
)

KiB = 1 << 10
DUMMY = Package("dummy", files=[File("usr/share/noise", bytes(range(256)) * 4 * KiB), "usr/bin/dummy"])
NAME = "dummy_1.0-1_all.deb"
ARCHIVE = f"repository/pool/main/d/dummy/{NAME}"
PARTIAL = f"var/cache/apt/archives/partial/{NAME}"
START = 500


class Resumed(Scenario, on=apt):
    """An archive that came in part is fetched from where it broke off."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(DUMMY)
        self.machine = self.start_machine(mirror=self.mirror)

    def breaks_off(self, fault):
        """A first attempt breaks off and leaves the start of the archive."""
        self.mirror.fault(fault, ARCHIVE)
        self.machine.execute("apt-get install dummy")
        self.mirror.heal()
        self.check(~installed("dummy"), exists(PARTIAL), served(ARCHIVE, 0))

    def test_after_a_truncation(self):
        self.breaks_off(Truncated(after=START))

        self.machine.install("dummy")

        self.check(transaction("+dummy"), cached("dummy", "1.0-1"), served(ARCHIVE, 1), ~exists(PARTIAL))
        self.check(served_from(ARCHIVE, START, 1))

    def test_after_a_reset(self):
        self.breaks_off(Reset(after=START))

        self.machine.install("dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 1), served_from(ARCHIVE, START, 1))

    def test_within_one_command(self):
        """An attempt of `Acquire::Retries` goes on where the one before it ended."""
        self.mirror.fault(Truncated(after=START), ARCHIVE, times=1)

        self.machine.run("apt-get -o Acquire::Retries=3 -o Acquire::Retries::Delay=false install dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 1), served_from(ARCHIVE, START, 1))

    def test_mirror_knows_no_ranges(self):
        """Then everything comes again, and takes the place of the part."""
        self.breaks_off(Truncated(after=START))
        self.mirror.fault(NoRange(), ARCHIVE)

        self.machine.install("dummy")

        self.check(transaction("+dummy"), contents("usr/bin/dummy", "usr/bin/dummy\n"))
        self.check(asked_from(ARCHIVE, START, 1), served_from(ARCHIVE, 0, 1), served(ARCHIVE, 1))

    def test_other_archive_since(self):
        """A part of what the mirror no longer has is not made part of what it has now."""
        self.breaks_off(Truncated(after=START))
        other = Package("dummy", files=["usr/bin/other"])
        self.mirror.publish("repository", [other])
        self.machine.refresh()

        self.machine.install("dummy")

        self.check(transaction("+dummy"), exists("usr/bin/other"), ~exists("usr/share/noise"))

    def test_wrong_part(self):
        """A mirror that sends another part than it was asked for spoils nothing."""
        self.breaks_off(Truncated(after=START))
        self.mirror.fault(WrongContentRange(by=7), ARCHIVE)

        self.machine.execute("apt-get install dummy")
        self.mirror.heal()
        self.machine.install("dummy")

        self.check(transaction("+dummy"), contents("usr/bin/dummy", "usr/bin/dummy\n"))

    def test_part_of_another_date(self):
        """What is older or newer than the archive of the mirror is no part of it."""
        self.machine.place(File(PARTIAL, "nonsense"), mtime_s=self.mirror.date_s + 1)

        self.machine.install("dummy")

        self.check(transaction("+dummy"), contents("usr/bin/dummy", "usr/bin/dummy\n"))
        self.check(asked_from(ARCHIVE, 8, 1), served_from(ARCHIVE, 0, 1), served(ARCHIVE, 1))

    def test_nonsense_in_the_part(self):
        """The sum is wrong in the end, and the next attempt is a new start."""
        self.machine.place(File(PARTIAL, "nonsense"), mtime_s=self.mirror.date_s)

        self.machine.refuses("apt-get install dummy", says="Hash Sum mismatch")
        self.check(~installed("dummy"), ~cached("dummy", "1.0-1"), ~exists(PARTIAL))
        self.machine.install("dummy")

        self.check(transaction("+dummy"), served_from(ARCHIVE, 8, 1), served_from(ARCHIVE, 0, 1), served(ARCHIVE, 2))

    def test_part_longer_than_the_whole(self):
        """It cannot be a part, so all is fetched."""
        self.machine.write(PARTIAL, bytes(8 * KiB * KiB))

        self.machine.install("dummy")

        self.check(transaction("+dummy"), contents("usr/bin/dummy", "usr/bin/dummy\n"))

    def test_whole_already(self):
        """A part that is whole is verified and used."""
        self.machine.write(PARTIAL, self.mirror.content(ARCHIVE))

        self.machine.install("dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 0), ~output("Hash Sum mismatch"))
