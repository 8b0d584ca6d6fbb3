"""Signatures: pacman installs what a trusted key has signed, and nothing else where signatures are required."""

from __future__ import annotations

from pkgsuite import (
    Archive,
    Package,
    Repository,
    Scenario,
    Signature,
    cached_file,
    exists,
    installed,
    pacman,
    unchanged_elsewhere,
)

DUMMY = Package("dummy", files=["usr/bin/dummy"], packager="A Packager <packager@pkgsuite.invalid>")
ARCHIVE = "dummy-1.0-1-any.pkg.tar.gz"
PUBLISHED = "var/pub/repository"

TRUST_ALL = {"repository": {"SigLevel": "Required DatabaseNever TrustAll"}}
OPTIONAL = {"repository": {"SigLevel": "PackageOptional DatabaseNever"}}


class SignedScenario(Scenario):
    """What the scenarios about signatures have in common."""

    def accepts(self, machine, command):
        """The command installs the package."""
        machine.run(command)

        self.check(machine, installed("dummy", "1.0-1"), unchanged_elsewhere("usr/bin/dummy"))

    def refuses(self, machine, command, says):
        """The command installs nothing and names the reason."""
        machine.refuses(command, says=says)

        self.check(machine, ~installed("dummy"), ~exists("usr/bin/dummy"), unchanged_elsewhere())


class SignedPackages(SignedScenario, on=pacman):
    """With `SigLevel = PackageRequired` the signature of every package that a repository offers must be right."""

    def offered(self, signed, **more):
        """A machine whose repository offers the package signed like this."""
        return self.start_machine(repositories=Repository([DUMMY], signed=signed), **more)

    def test_good(self):
        self.accepts(self.offered(Signature.GOOD), "pacman -S dummy")

    def test_missing(self):
        self.refuses(self.offered(Signature.MISSING), "pacman -S dummy", says=f"{ARCHIVE}.sig")

    def test_of_other_bytes(self):
        self.refuses(self.offered(Signature.BAD), "pacman -S dummy", says="is invalid")

    def test_corrupted(self):
        self.refuses(self.offered(Signature.CORRUPTED), "pacman -S dummy", says="dummy: signature format error")

    def test_expired_signature(self):
        self.refuses(self.offered(Signature.EXPIRED), "pacman -S dummy", says='<trusted@pkgsuite.invalid>" is expired')

    def test_unknown_key(self):
        """Where the key is not in the keyring and cannot be fetched either, pacman says so."""
        self.refuses(self.offered(Signature.UNKNOWN_KEY), "pacman -S dummy", says="required key missing from keyring")

    def test_only_one_of_two_is_good(self):
        """One package with a bad signature stops the whole transaction."""
        other = Archive(Package("other", files=["usr/bin/other"]), signed=Signature.BAD)
        machine = self.start_machine(repositories=Repository([DUMMY, other], signed=Signature.GOOD))

        self.refuses(machine, "pacman -S dummy other", says="other: signature from")

        self.check(~installed("other"))

    def test_upgrade_to_a_forgery(self):
        """The version that is installed stays when the next one bears a bad signature."""
        forged = Repository([DUMMY.upgraded("2.0-1")], signed=Signature.BAD)
        machine = self.start_machine(installed=[DUMMY], repositories=forged)

        machine.refuses("pacman -Su", says="dummy: signature from")

        self.check(installed("dummy", "1.0-1"), unchanged_elsewhere())


class Trust(SignedScenario, on=pacman):
    """A right signature counts for as much as its key is trusted; `TrustAll` asks only that the key be known."""

    def offered(self, signed, **more):
        """A machine whose repository offers the package signed like this."""
        return self.start_machine(repositories=Repository([DUMMY], signed=signed), **more)

    def test_nobody_vouches(self):
        self.refuses(self.offered(Signature.UNTRUSTED_KEY), "pacman -S dummy", says="is unknown trust")

    def test_nobody_vouches_but_all_are_trusted(self):
        machine = self.offered(Signature.UNTRUSTED_KEY, repository_options=TRUST_ALL)

        self.accepts(machine, "pacman -S dummy")

    def test_marginal(self):
        self.refuses(self.offered(Signature.MARGINAL_KEY), "pacman -S dummy", says="is marginal trust")

    def test_marginal_but_all_are_trusted(self):
        machine = self.offered(Signature.MARGINAL_KEY, repository_options=TRUST_ALL)

        self.accepts(machine, "pacman -S dummy")

    def test_expired_key(self):
        """Trust ends with the key."""
        self.refuses(self.offered(Signature.EXPIRED_KEY), "pacman -S dummy", says="<expired@pkgsuite.invalid>")

    def test_all_are_trusted_but_not_with_other_bytes(self):
        machine = self.offered(Signature.BAD, repository_options=TRUST_ALL)

        self.refuses(machine, "pacman -S dummy", says="is invalid")

    def test_all_are_trusted_but_not_unknown_keys(self):
        machine = self.offered(Signature.UNKNOWN_KEY, repository_options=TRUST_ALL)

        self.refuses(machine, "pacman -S dummy", says="required key missing from keyring")


class OptionalSignatures(SignedScenario, on=pacman):
    """With `SigLevel = PackageOptional` a package may have no signature; one that it has must be right."""

    def offered(self, signed):
        """A machine that takes the package signed like this, or not at all."""
        return self.start_machine(repositories=Repository([DUMMY], signed=signed), repository_options=OPTIONAL)

    def test_missing(self):
        self.accepts(self.offered(Signature.MISSING), "pacman -S dummy")

    def test_good(self):
        self.accepts(self.offered(Signature.GOOD), "pacman -S dummy")

    def test_of_other_bytes(self):
        self.refuses(self.offered(Signature.BAD), "pacman -S dummy", says="is invalid")


class PlacesOfSignatures(SignedScenario, on=pacman):
    """A signature may stand in the database or in a file beside the archive."""

    def test_in_the_database(self):
        """It counts, whatever lies beside the archive."""
        machine = self.start_machine(repositories=Repository([DUMMY], signed=Signature.GOOD, beside=False))
        machine.write(f"{PUBLISHED}/{ARCHIVE}.sig", "no signature\n")

        self.accepts(machine, "pacman -S dummy")

    def test_beside_the_archive(self):
        """The signature is fetched with the archive and stays in the cache with it."""
        machine = self.start_machine(repositories=Repository([DUMMY], signed=Signature.GOOD, embedded=False))

        self.accepts(machine, "pacman -S dummy")

        self.check(cached_file(ARCHIVE), cached_file(f"{ARCHIVE}.sig"))

    def test_bad_beside_the_archive(self):
        machine = self.start_machine(repositories=Repository([DUMMY], signed=Signature.BAD, embedded=False))

        self.refuses(machine, "pacman -S dummy", says="is invalid")


class SignedFiles(SignedScenario, on=pacman):
    """With `LocalFileSigLevel = Required` an archive is installed by -U only with a right signature beside it."""

    def given(self, signed):
        """A machine with the archive and its signature in the working directory."""
        return self.start_machine(packages=[Archive(DUMMY, signed=signed)])

    def test_good(self):
        self.accepts(self.given(Signature.GOOD), f"pacman -U {ARCHIVE}")

    def test_missing(self):
        self.refuses(
            self.given(Signature.MISSING),
            f"pacman -U {ARCHIVE}",
            says="package missing required signature",
        )

    def test_of_other_bytes(self):
        self.refuses(
            self.given(Signature.BAD), f"pacman -U {ARCHIVE}", says="invalid or corrupted package (PGP signature)"
        )

    def test_unknown_key(self):
        self.refuses(
            self.given(Signature.UNKNOWN_KEY), f"pacman -U {ARCHIVE}", says="required key missing from keyring"
        )

    def test_optional(self):
        """`LocalFileSigLevel = Optional` takes an archive without a signature."""
        machine = self.start_machine(
            packages=[Archive(DUMMY, signed=Signature.MISSING)], options={"LocalFileSigLevel": "Optional"}
        )

        self.accepts(machine, f"pacman -U {ARCHIVE}")


class SignedDatabases(SignedScenario, on=pacman):
    """With `SigLevel = DatabaseRequired` nothing is installed by a database without a right signature."""

    def offered(self, signed, **more):
        """A machine with a repository whose database is signed like this."""
        return self.start_machine(repositories=Repository([DUMMY], database_signed=signed), **more)

    def test_good(self):
        machine = self.offered(Signature.GOOD, refreshed=False)

        self.accepts(machine, "pacman -Sy dummy")

    def test_refresh_without_a_signature(self):
        machine = self.offered(Signature.MISSING, refreshed=False)

        self.refuses(machine, "pacman -Sy dummy", says="repository.db.sig")

    def test_refresh_with_that_of_other_bytes(self):
        machine = self.offered(Signature.BAD, refreshed=False)

        self.refuses(machine, "pacman -Sy dummy", says="invalid or corrupted database (PGP signature)")

    def test_refresh_with_that_of_an_unknown_key(self):
        machine = self.offered(Signature.UNKNOWN_KEY, refreshed=False)

        self.refuses(machine, "pacman -Sy dummy", says="could not be looked up remotely")

    def test_missing_on_the_machine(self):
        """What was fetched before is looked at again: the signature may have gone since."""
        self.refuses(self.offered(Signature.MISSING), "pacman -S dummy", says="repository: missing required signature")

    def test_bad_on_the_machine(self):
        self.refuses(self.offered(Signature.BAD), "pacman -S dummy", says="database 'repository' is not valid")

    def test_forged_update(self):
        """A forged database offers a newer version in vain."""
        machine = self.start_machine(
            installed=[DUMMY], repositories=Repository([DUMMY], database_signed=Signature.GOOD)
        )
        machine.publish("repository", Repository([DUMMY.upgraded("2.0-1")], database_signed=Signature.BAD))

        machine.refuses("pacman -Syu", says="invalid or corrupted database (PGP signature)")

        self.check(installed("dummy", "1.0-1"), unchanged_elsewhere())

    def test_all_is_signed(self):
        """`SigLevel = Required` means packages and databases."""
        repository = Repository([DUMMY], signed=Signature.GOOD, database_signed=Signature.GOOD)
        machine = self.start_machine(
            repositories=repository, repository_options={"repository": {"SigLevel": "Required"}}, refreshed=False
        )

        self.accepts(machine, "pacman -Sy dummy")
