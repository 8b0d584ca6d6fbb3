"""Mirrors that are asked as apt asks them: by hash, by password, elsewhere, all at once, one after the other."""

from __future__ import annotations

from hashlib import sha256

from pkgsuite import (
    CloseOnError,
    FirstFail,
    Latency,
    NoKeepAlive,
    Package,
    Redirect,
    Refusing,
    Repository,
    Scenario,
    Signature,
    Stall,
    Status,
    Swapped,
    WrongSize,
    apt,
    asked_from,
    cached,
    contents,
    exists,
    installed,
    output,
    served,
    served_by,
    transaction,
    unasked,
    unchanged_elsewhere,
)

DUMMY = Package("dummy", files=["usr/bin/dummy"])
ARCHIVE = "repository/pool/main/d/dummy/dummy_1.0-1_all.deb"
SUITE = "repository/dists/repository"
RELEASE = f"{SUITE}/InRelease"


class ByHash(Scenario, on=apt):
    """Indexes are asked for by their sums where the repository has them so, and then a new edition spoils nothing."""

    def publish(self, version, by_hash):
        """An edition of the repository."""
        suite = {"by_hash": by_hash, "compressions": ("xz",)}
        return Repository([DUMMY.upgraded(version)], database_signed=Signature.GOOD, suite=suite)

    def refresh_during_a_publication(self, by_hash):
        """A machine that got the old InRelease and then asks for indexes while the new ones are there already."""
        mirror = self.start_mirror(repositories=self.publish("1.0-1", by_hash))
        machine = self.start_machine(mirror=mirror, refreshed=False)
        old = mirror.content(RELEASE)
        mirror.publish("repository", self.publish("2.0-1", by_hash))
        mirror.fault(Swapped(old), RELEASE, times=1)
        return machine

    def test_asked_by_hash(self):
        mirror = self.start_mirror(repositories=self.publish("1.0-1", by_hash=True))

        self.start_machine(mirror=mirror, refreshed=False).refresh()

        place = f"{SUITE}/main/binary-{apt.native}"
        by_hash = f"{place}/by-hash/SHA256/{sha256(mirror.content(f'{place}/Packages.xz')).hexdigest()}"
        self.check(served(RELEASE, 1), served(by_hash, 1), asked_from(f"{place}/Packages.xz", 0, 0))

    def test_new_edition_meanwhile(self):
        machine = self.refresh_during_a_publication(by_hash=True)

        machine.refresh()
        machine.run("apt-cache policy dummy")

        self.check(output(r"Candidate: 1\.0-1$"))

    def test_new_edition_meanwhile_without(self):
        """Then the indexes are not those that were signed, and none is taken."""
        machine = self.refresh_during_a_publication(by_hash=False)

        machine.refuses("apt-get update", says="E: Failed to fetch")
        machine.run("apt-cache policy dummy")

        self.check(output("unexpected size|Hash Sum mismatch").of(1), ~output("Candidate"))


class Passwords(Scenario, on=apt):
    """A mirror that wants a password gets it, and nobody else does."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(DUMMY, credentials="me:secret")
        self.url = self.mirror.url.replace("me:secret@", "")

    def start(self, url, *files):
        """A machine that asks there."""
        return self.start_machine(
            repositories=[DUMMY],
            repository_options={"repository": {"URIs": f"{url}/repository"}},
            files=files,
            refreshed=False,
        )

    def test_in_the_url(self):
        machine = self.start_machine(mirror=self.mirror, refreshed=False)

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), ~output("secret"))

    def test_in_auth_conf(self):
        machine = self.start(self.url)
        machine.write("etc/apt/auth.conf.d/own.conf", f"machine {self.url}/ login me password secret\n", mode=0o600)

        machine.refresh()

        self.check(served(f"{SUITE}/Release", 1))

    def test_wrong(self):
        machine = self.start(self.mirror.url.replace("secret", "guess"))

        machine.refuses("apt-get update", says="401  Unauthorized")

        self.check(served(f"{SUITE}/Release", 0), unchanged_elsewhere())

    def test_none(self):
        machine = self.start(self.url)

        machine.refuses("apt-get update", says="401  Unauthorized")

        self.check(served(f"{SUITE}/Release", 0))

    def test_not_for_another_mirror(self):
        """Where a mirror leads elsewhere the password does not go along."""
        other = self.start_mirror(DUMMY, credentials="me:secret")
        self.mirror.fault(Redirect(f"{other.url.replace('me:secret@', '')}/"))
        machine = self.start_machine(mirror=self.mirror, refreshed=False)

        machine.refuses("apt-get update", says="401  Unauthorized")

        self.check(served_by(other.name, f"{SUITE}/Release", 0), unchanged_elsewhere())


class Redirected(Scenario, on=apt):
    """A mirror may lead elsewhere, but not round in circles."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self.start_mirror(DUMMY), self.start_mirror(DUMMY)
        self.machine = self.start_machine(mirror=self.first)

    def test_to_another_mirror(self):
        for code in (301, 302, 303, 307, 308):
            with self.subTest(code):
                self.first.fault(Redirect(f"{self.second.url}/", code), ARCHIVE, times=1)

                self.machine.run("apt-get download dummy")

                self.check(
                    served(ARCHIVE, 1 + [301, 302, 303, 307, 308].index(code)), exists("tmp/dummy_1.0-1_all.deb")
                )
                self.machine.delete("tmp/dummy_1.0-1_all.deb")
        self.check(served_by(self.first.name, ARCHIVE, 0))

    def test_round_in_circles(self):
        self.first.fault(Redirect(f"{self.second.url}/"), ARCHIVE)
        self.second.fault(Redirect(f"{self.first.url}/"), ARCHIVE)

        self.machine.refuses("apt-get install dummy", says="E: Failed to fetch http://")

        self.check(~installed("dummy"), served(ARCHIVE, 0), unchanged_elsewhere())


class Connections(Scenario, on=apt):
    """Many packages come over one connection, and whoever closes it early spoils nothing."""

    def setUp(self):
        super().setUp()
        self.packages = [Package(f"part{number:02}", files=[f"usr/share/part{number:02}"]) for number in range(18)]
        self.mirror = self.start_mirror(*self.packages)
        self.machine = self.start_machine(mirror=self.mirror)

    def installs_all(self):
        """Every package is installed, and was fetched once."""
        self.machine.install(*(package.name for package in self.packages))

        self.check(
            transaction(*(f"+{package.name}" for package in self.packages)),
            *(served(f"repository/pool/main/p/{each.name}/{each.name}_1.0-1_all.deb", 1) for each in self.packages),
        )

    def test_many_in_one_go(self):
        self.installs_all()

    def test_closed_after_each(self):
        self.mirror.fault(NoKeepAlive())

        self.installs_all()

    def test_closed_after_an_error(self):
        """What was asked for behind an error is asked for again."""
        self.mirror.fault(Status(404), "*/part07_*", times=1)
        self.mirror.fault(CloseOnError())
        self.machine.refuses("apt-get install part07 part08", says="404  Not Found")

        self.machine.install("part07", "part08")

        self.check(transaction("+part07", "+part08"))

    def test_first_answers_are_bad(self):
        """Each archive is tried again where the user allows it."""
        self.mirror.fault(FirstFail(2, Status(503)), "*.deb")

        self.machine.run("apt-get -o Acquire::Retries=3 -o Acquire::Retries::Delay=false install part01 part02")

        self.check(transaction("+part01", "+part02"))

    def test_late_answers(self):
        self.mirror.fault(Latency(0.05), "*.deb")

        self.machine.install("part01", "part02")

        self.check(transaction("+part01", "+part02"))


class Unfaithful(Scenario, on=apt):
    """A mirror that has not what its index says."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(repositories=Repository([DUMMY], database_signed=Signature.GOOD))
        self.machine = self.start_machine(mirror=self.mirror)

    def refused(self, says):
        """Nothing of it is installed or kept."""
        self.machine.refuses("apt-get install dummy", says=says)

        self.check(~installed("dummy"), ~exists("usr/bin/dummy"), ~cached("dummy", "1.0-1"), unchanged_elsewhere())

    def test_another_package_of_this_name(self):
        """An archive that is sound in itself, but not the one that was signed."""
        forged = self.start_mirror(Package("dummy", files=["usr/bin/dummy", "usr/bin/malice"]), name="forger")
        self.mirror.fault(Swapped(forged.content(ARCHIVE)), ARCHIVE)

        self.refused(says="File has unexpected size")

    def test_archives_mixed_up(self):
        """An archive of the same size that the same index names is still another package."""
        twins = [Package(f"{letter}ummy", files=[f"usr/bin/{letter}ummy"]) for letter in "bcfghjklmnprstw"]
        self.mirror.publish("repository", Repository([DUMMY, *twins], database_signed=Signature.GOOD))
        self.machine.refresh()
        paths = (
            f"repository/pool/main/{name[0]}/{name}/{name}_1.0-1_all.deb" for name in (each.name for each in twins)
        )
        size = len(self.mirror.content(ARCHIVE))
        self.mirror.fault(Swapped(next(data for data in map(self.mirror.content, paths) if len(data) == size)), ARCHIVE)

        self.refused(says="Hash Sum mismatch")

    def test_another_index(self):
        """An index that promises other packages than the one that was signed."""
        forged = self.start_mirror(repositories=[DUMMY.upgraded("9.0-1")], name="forger")
        index = f"{SUITE}/main/binary-{apt.native}/Packages.xz"
        self.mirror.publish("repository", Repository([DUMMY.upgraded("2.0-1")], database_signed=Signature.GOOD))
        self.mirror.fault(Swapped(forged.content(index)), "*/Packages*")

        self.machine.refuses("apt-get update", says="E: Failed to fetch http://")
        self.machine.run("apt-cache policy dummy")

        self.check(output(r"Candidate: 1\.0-1$"))

    def test_more_than_was_promised(self):
        """Who sends more than the index says is stopped."""
        self.mirror.fault(Swapped(bytes(1 << 20)), ARCHIVE)

        self.refused(says="File has unexpected size (1048576 != ")

    def test_less_than_the_head_promised(self):
        self.mirror.fault(WrongSize(by=10), ARCHIVE)

        self.refused(says="File has unexpected size")

    def test_silence(self):
        """Apt waits for `Acquire::http::Timeout`, and no longer."""
        self.mirror.fault(Stall(after=100), ARCHIVE)

        self.machine.refuses("apt-get -o Acquire::http::Timeout=1 install dummy", says="Connection timed out")

        self.check(~installed("dummy"), ~exists("usr/bin/dummy"), unchanged_elsewhere())


class Several(Scenario, on=apt):
    """Several places for one repository."""

    def setUp(self):
        super().setUp()
        signed = Repository([DUMMY], database_signed=Signature.GOOD)
        self.first, self.second = (self.start_mirror(repositories=signed) for _ in range(2))

    def test_both_are_asked(self):
        """Two addresses in one source are two sources, and the archive comes from the first that has it."""
        machine = self.start_machine(mirror=[self.first, self.second], refreshed=False)

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), served(RELEASE, 2), served(ARCHIVE, 1))

    def test_archive_from_the_second(self):
        """A mirror that lost an archive is passed over."""
        machine = self.start_machine(mirror=[self.first, self.second], refreshed=False)
        machine.refresh()
        self.first.fault(Status(404), ARCHIVE)

        machine.install("dummy")

        self.check(
            transaction("+dummy"), served_by(self.first.name, ARCHIVE, 0), served_by(self.second.name, ARCHIVE, 1)
        )

    def listing(self):
        """A machine that has a list of mirrors, the first one before the second."""
        machine = self.start_machine(
            repositories=Repository([DUMMY], database_signed=Signature.GOOD),
            repository_options={"repository": {"URIs": "mirror+file:{root}/etc/apt/mirrors.txt"}},
            refreshed=False,
        )
        first, second = f"{self.first.url}/repository", f"{self.second.url}/repository"
        machine.write("etc/apt/mirrors.txt", f"{first}\tpriority:1\n{second}\tpriority:2\n")
        return machine

    def test_list_of_mirrors(self):
        """The one with the best priority is asked, the others are not."""
        machine = self.listing()

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 1), unasked(self.second.name))

    def test_list_of_mirrors_whose_first_is_dead(self):
        machine = self.listing()
        self.first.fault(Refusing())

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), served_by(self.second.name, ARCHIVE, 1))


class OnTheMachine(Scenario, on=apt):
    """A repository that lies on the disk is read where it lies, or copied."""

    def start(self, method):
        """A machine that reaches its own disk by this method."""
        place = f"{method}:{{root}}/var/pub/repository"
        return self.start_machine(
            repositories=[DUMMY], repository_options={"repository": {"URIs": place}}, refreshed=False
        )

    def test_file(self):
        """Nothing is copied into the cache."""
        machine = self.start("file")

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), ~cached("dummy", "1.0-1"), contents("usr/bin/dummy", "usr/bin/dummy\n"))

    def test_copy(self):
        machine = self.start("copy")

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), cached("dummy", "1.0-1"))

    def test_archive_is_gone(self):
        machine = self.start("file")
        machine.refresh()
        machine.delete(f"var/pub/{ARCHIVE}")

        machine.refuses("apt-get install dummy", says="File not found")

        self.check(~installed("dummy"), unchanged_elsewhere())
