"""Signed repositories: apt believes an index that a trusted key has signed, and keeps the old one otherwise."""

from __future__ import annotations

from pkgsuite import (
    Package,
    Repository,
    Scenario,
    Signature,
    apt,
    installed,
    output,
    served,
    transaction,
    unchanged_elsewhere,
)

DUMMY = Package("dummy", files=["usr/bin/dummy"])
DAY = 24 * 60 * 60
IN_2020, IN_2020_LATER = 1577836800 + DAY, 1577836800 + 30 * DAY


class Signatures(Scenario, on=apt):
    """What is not signed by a trusted key is not fetched, and nothing can be installed from it."""

    def offered(self, signed, **more):
        """A machine with a repository that is signed like this and was never asked."""
        return self.start_machine(repositories=Repository([DUMMY], database_signed=signed), refreshed=False, **more)

    def refuses(self, machine, says):
        """Neither the index nor the package comes."""
        machine.refuses("apt-get update", says=says)
        machine.refuses("apt-get install dummy", says="E: Unable to locate package dummy")
        self.check(machine, ~installed("dummy"), unchanged_elsewhere())

    def test_good(self):
        machine = self.offered(Signature.GOOD)

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), unchanged_elsewhere("usr/bin/dummy"))

    def test_missing(self):
        self.refuses(self.offered(Signature.MISSING), says="repository Release' is not signed.")

    def test_of_other_bytes(self):
        self.refuses(self.offered(Signature.BAD), says="The following signatures were invalid: BADSIG")

    def test_corrupted(self):
        self.refuses(self.offered(Signature.CORRUPTED), says="Signed file isn't valid, got 'NODATA'")

    def test_expired_signature(self):
        self.refuses(self.offered(Signature.EXPIRED), says="The following signatures were invalid: EXPSIG")

    def test_expired_key(self):
        self.refuses(self.offered(Signature.EXPIRED_KEY), says="The following signatures were invalid: EXPKEYSIG")

    def test_unknown_key(self):
        self.refuses(
            self.offered(Signature.UNKNOWN_KEY),
            says="couldn't be verified because the public key is not available: NO_PUBKEY",
        )

    def test_unsigned_but_trusted(self):
        """`Trusted: yes` is the user's word for a repository."""
        machine = self.offered(
            Signature.MISSING, repository_options={"repository": {"Trusted": "yes", "Signed-By": ""}}
        )

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"))

    def test_unsigned_and_nobody_trusts_it(self):
        machine = self.start_machine(
            repositories=[DUMMY], repository_options={"repository": {"Trusted": "no"}}, refreshed=False
        )

        self.refuses(machine, says="repository Release' is not signed.")

    def test_unsigned_index_on_the_machine(self):
        """What was fetched while it was allowed is not installed without a further word."""
        machine = self.start_machine(repositories=[DUMMY], repository_options={"repository": {"Trusted": "no"}})

        machine.refuses("apt-get install dummy", says="E: There were unauthenticated packages and -y was used without")

        self.check(
            output("^WARNING: The following packages cannot be authenticated!$"),
            ~installed("dummy"),
            unchanged_elsewhere(),
        )


class ForgedUpdates(Scenario, on=apt):
    """Once a repository was signed, no worse index takes the place of the one that was fetched."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(
            installed=[DUMMY], repositories=Repository([DUMMY], database_signed=Signature.GOOD), refreshed=False
        )
        self.machine.refresh()

    def stays(self, repository, says):
        """A refresh tells what is wrong, and an upgrade gets nothing."""
        self.machine.publish("repository", repository)
        self.machine.refuses("apt-get update", says=says)
        self.machine.upgrade()
        self.check(transaction(), installed("dummy", "1.0-1"), output("^0 upgraded"), unchanged_elsewhere("var/pub/"))

    def test_signature_of_other_bytes(self):
        forged = Repository([DUMMY.upgraded("2.0-1")], database_signed=Signature.BAD)

        self.stays(forged, says="The following signatures were invalid: BADSIG")

    def test_unknown_key(self):
        forged = Repository([DUMMY.upgraded("2.0-1")], database_signed=Signature.UNKNOWN_KEY)

        self.stays(forged, says="couldn't be verified because the public key is not available")

    def test_no_longer_signed(self):
        """Not even where the user allows repositories that are not signed: this one was."""
        self.machine.publish("repository", Repository([DUMMY.upgraded("2.0-1")]))
        self.machine.delete("var/pub/repository/dists/repository/InRelease")

        self.machine.refuses("apt-get -o Acquire::AllowInsecureRepositories=true update", says="is no longer signed")
        self.machine.upgrade()

        self.check(transaction(), installed("dummy", "1.0-1"), unchanged_elsewhere("var/pub/"))

    def test_corrupted_index(self):
        """The index is not what the signed Release file says."""
        self.machine.publish("repository", Repository([DUMMY.upgraded("2.0-1")], database_signed=Signature.GOOD))
        packages = f"var/pub/repository/dists/repository/main/binary-{apt.native}/Packages"
        for suffix in ("", ".gz", ".xz"):
            self.machine.write(f"{packages}{suffix}", b"Package: evil\n")

        self.machine.refuses("apt-get update", says="Hash Sum mismatch")
        self.machine.upgrade()

        self.check(transaction(), installed("dummy", "1.0-1"))

    def test_another_suite(self):
        """A suite that calls itself by another name needs a word of the user."""
        renamed = Repository([DUMMY], database_signed=Signature.GOOD, suite={"origin": "Elsewhere", "label": "Other"})
        self.machine.publish("repository", renamed)

        self.machine.refuses("apt-get update", says="changed its 'Origin' value from '' to 'Elsewhere'")
        self.machine.run("apt-get update --allow-releaseinfo-change")

        self.check(output("changed its 'Label' value from '' to 'Other'$").of(2))


class Dates(Scenario, on=apt):
    """An index has a date, and may have an end."""

    def offered(self, **suite):
        """A machine whose repository has such dates."""
        return self.start_machine(repositories=Repository([DUMMY], suite=suite), refreshed=False)

    def test_expired(self):
        machine = self.offered(valid_until=IN_2020_LATER)

        machine.refuses("apt-get update", says="is expired (invalid since")

        self.check(unchanged_elsewhere())

    def test_expired_but_nobody_looks(self):
        machine = self.offered(valid_until=IN_2020_LATER)

        machine.run("apt-get -o Acquire::Check-Valid-Until=false update")
        machine.install("dummy")

        self.check(transaction("+dummy"))

    def test_not_yet_valid(self):
        """A date in the future tells of a clock that is wrong."""
        machine = self.offered(date=4102444800)

        machine.refuses("apt-get update", says="is not valid yet (invalid for another")

        self.check(unchanged_elsewhere())

    def test_older_than_the_user_allows(self):
        machine = self.offered(date=IN_2020)

        machine.refuses(f"apt-get -o Acquire::Max-ValidTime={DAY} update", says="is expired (invalid since")

        self.check(unchanged_elsewhere())

    def test_rolled_back(self):
        """An index that is older than the one that was fetched is passed over."""
        machine = self.offered(date=IN_2020_LATER)
        machine.refresh()
        machine.publish("repository", Repository([DUMMY.upgraded("0.5-1")], suite={"date": IN_2020}))

        machine.run("apt-get update")
        machine.install("dummy")

        self.check(transaction("+dummy=1.0-1"))


class Replays(Scenario, on=apt):
    """A mirror that plays back what it had before, every byte of it rightly signed."""

    RELEASE = "repository/dists/repository/InRelease"

    def edition(self, version, **suite):
        """A signed edition of the repository."""
        return Repository([DUMMY.upgraded(version)], database_signed=Signature.GOOD, suite=suite)

    def start(self, repository):
        """A machine that has fetched this edition from its mirror."""
        self.mirror = self.start_mirror(repositories=repository)
        machine = self.start_machine(mirror=self.mirror, refreshed=False)
        machine.refresh()
        return machine

    def test_old_edition(self):
        """It is fetched, found to be older, and passed over."""
        self.mirror = self.start_mirror(repositories=self.edition("1.0-1", date=IN_2020))
        old = {path: self.mirror.content(path) for path in self.mirror.paths}
        self.mirror.publish("repository", self.edition("2.0-1", date=IN_2020_LATER))
        machine = self.start_machine(mirror=self.mirror, refreshed=False)
        machine.refresh()
        self.mirror.put(old)

        machine.run("apt-get update")
        machine.run("apt-cache policy dummy")

        self.check(served(self.RELEASE, 2), output(r"Candidate: 2\.0-1$"))

    def test_edition_that_has_expired(self):
        """What was fetched before stays, and a user who wants it all the same must say so."""
        machine = self.start(self.edition("1.0-1", date=IN_2020))
        self.mirror.publish("repository", self.edition("2.0-1", date=IN_2020, valid_until=IN_2020_LATER))

        machine.refuses("apt-get update", says="is expired (invalid since")
        machine.run("apt-cache policy dummy")
        self.check(output(r"Candidate: 1\.0-1$"))
        machine.run("apt-get -o Acquire::Check-Valid-Until=false update")
        machine.run("apt-cache policy dummy")

        self.check(output(r"Candidate: 2\.0-1$"))

    def test_frozen(self):
        """A mirror that says for ever that nothing is new cannot hide how old that is."""
        machine = self.start(self.edition("1.0-1", date=IN_2020))

        machine.refuses(f"apt-get -o Acquire::Max-ValidTime={DAY} update", says="is expired (invalid since")

        self.check(served(self.RELEASE, 1))

    def test_old_index_of_a_new_edition(self):
        """The old index was rightly named once, but not by this edition."""
        machine = self.start(self.edition("1.0-1", date=IN_2020))
        index = f"repository/dists/repository/main/binary-{apt.native}/Packages"
        old = {path: self.mirror.content(path) for path in self.mirror.paths if path.startswith(index)}
        self.mirror.publish("repository", self.edition("2.0-1", date=IN_2020_LATER))
        self.mirror.put(old)

        machine.refuses("apt-get update", says="E: Failed to fetch http://")
        machine.run("apt-cache policy dummy")

        self.check(output(r"Candidate: 1\.0-1$"))
