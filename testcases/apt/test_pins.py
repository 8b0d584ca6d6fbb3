"""Several repositories: which version apt takes, by number, by release and by preference; apt_preferences(5)."""

from __future__ import annotations

from pkgsuite import File, Package, Repository, Scenario, apt, installed, output, transaction, unchanged_elsewhere

OLD, NEW = Package("dummy", "1.0-1", files=["usr/bin/dummy"]), Package("dummy", "2.0-1", files=["usr/bin/dummy*"])


def preference(package, pin, priority):
    """A file of preferences."""
    return File("etc/apt/preferences.d/own", f"Package: {package}\nPin: {pin}\nPin-Priority: {priority}\n")


class WhichRelease(Scenario, on=apt):
    """The highest version wins, unless a release or a preference is named."""

    def start(self, *preferences, installed=(), **options):
        """A machine with two releases."""
        return self.start_machine(
            repositories={"stable": [OLD], "testing": [NEW]}, files=preferences, installed=installed, options=options
        )

    def test_highest_version(self):
        self.start().install("dummy")

        self.check(transaction("+dummy=2.0-1"))

    def test_named_release(self):
        self.start().run("apt-get install dummy/stable")

        self.check(transaction("+dummy=1.0-1"))

    def test_target_release(self):
        self.start().run("apt-get -t stable install dummy")

        self.check(transaction("+dummy=1.0-1"))

    def test_default_release(self):
        self.start(**{"APT::Default-Release": "stable"}).install("dummy")

        self.check(transaction("+dummy=1.0-1"))

    def test_unknown_release(self):
        machine = self.start()

        machine.refuses(
            "apt-get install dummy/experimental", says="E: Release 'experimental' for 'dummy' was not found"
        )

        self.check(~installed("dummy"), unchanged_elsewhere())

    def test_release_preferred(self):
        self.start(preference("*", "release a=stable", 900)).install("dummy")

        self.check(transaction("+dummy=1.0-1"))

    def test_release_never(self):
        self.start(preference("*", "release n=testing", -1)).install("dummy")

        self.check(transaction("+dummy=1.0-1"))

    def test_preference_of_one_package(self):
        self.start(preference("dummy", "version 1.*", 600)).install("dummy")

        self.check(transaction("+dummy=1.0-1"))

    def test_preference_of_another_package(self):
        self.start(preference("other", "version 1.*", 600)).install("dummy")

        self.check(transaction("+dummy=2.0-1"))

    def test_upgrade_within_the_release(self):
        machine = self.start(preference("*", "release a=testing", 50), installed=[OLD])

        machine.upgrade()

        self.check(output("^0 upgraded, 0 newly installed"), transaction())

    def test_downgrade_by_a_pin_above_a_thousand(self):
        machine = self.start(preference("dummy", "release a=stable", 1001), installed=[NEW])

        machine.run("apt-get --allow-downgrades dist-upgrade")

        self.check(transaction("^dummy=1.0-1"))

    def test_no_downgrade_by_a_pin_below(self):
        machine = self.start(preference("dummy", "release a=stable", 999), installed=[NEW])

        machine.run("apt-get --allow-downgrades dist-upgrade")

        self.check(output("^0 upgraded, 0 newly installed"), transaction())


class ReleasesThatHoldBack(Scenario, on=apt):
    """A release may say of itself that nothing comes from it unasked."""

    def start(self, **suite):
        """A machine with the old package, and the new one in such a release."""
        return self.start_machine(
            installed=[OLD], repositories={"stable": [OLD], "experimental": Repository([NEW], suite=suite)}
        )

    def test_not_automatic(self):
        self.start(not_automatic=True).upgrade()

        self.check(output("^0 upgraded, 0 newly installed"), transaction())

    def test_not_automatic_but_asked_for(self):
        self.start(not_automatic=True).run("apt-get install -t experimental dummy")

        self.check(transaction("^dummy=2.0-1"))

    def test_backports(self):
        """`ButAutomaticUpgrades` follows what was once taken from there."""
        machine = self.start(not_automatic=True, but_automatic_upgrades=True)
        machine.run("apt-get install -t experimental dummy")
        newest = Repository(
            [NEW.upgraded("3.0-1")], suite={"not_automatic": True, "but_automatic_upgrades": True, "date": 1600000000}
        )
        machine.publish("experimental", newest)
        machine.refresh()

        machine.upgrade()

        self.check(transaction("^dummy=3.0-1"))

    def test_policy(self):
        self.start(not_automatic=True).run("apt-cache policy dummy")

        self.check(
            output(r"^  Installed: 1\.0-1$"),
            output(r"^  Candidate: 1\.0-1$"),
            output("^        500 copy:.* stable/main amd64 Packages$"),
            output("^          1 copy:.* experimental/main amd64 Packages$"),
            unchanged_elsewhere(),
        )
