"""Packages that stand in for others."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    EXPLICIT,
    Package,
    Scenario,
    installed,
    output,
    pacman,
    provides,
    reason,
    unchanged_elsewhere,
)


class WhoProvides(Scenario, on=pacman):
    """A dependency is met by whoever provides it; nobody is brought in where one is there already."""

    def setUp(self):
        super().setUp()
        self.exim = Package("exim", files=["usr/bin/exim"], provides=["mta=4.0"])
        self.postfix = Package("postfix", files=["usr/bin/postfix"], provides=["mta=3.0"])
        self.mutt = Package("mutt", files=["usr/bin/mutt"], depends=["mta"])

    def test_first_of_the_repository(self):
        self.start_machine(repositories=[self.mutt, self.exim, self.postfix]).install("mutt")

        self.check(
            output(r"^:: There are 2 providers available for mta:$"),
            installed("mutt"),
            installed("exim", "1.0-1"),
            ~installed("postfix"),
            reason("exim", DEPENDENCY),
            unchanged_elsewhere("usr/bin/mutt", "usr/bin/exim"),
        )

    def test_user_chooses(self):
        machine = self.start_machine(repositories=[self.mutt, self.exim, self.postfix])

        machine.run("pacman -S --confirm mutt", stdin="2\ny\n")

        self.check(installed("mutt"), installed("postfix"), ~installed("exim"))

    def test_one_is_installed(self):
        machine = self.start_machine(installed=[self.postfix], repositories=[self.mutt, self.exim])

        machine.install("mutt")

        self.check(installed("mutt"), ~installed("exim"), unchanged_elsewhere("usr/bin/mutt"))

    def test_one_is_asked_for(self):
        machine = self.start_machine(repositories=[self.mutt, self.exim, self.postfix])

        machine.install("mutt", "postfix")

        self.check(installed("mutt"), ~installed("exim"), reason("postfix", EXPLICIT))

    def test_name_itself_comes_before_who_provides_it(self):
        machine = self.start_machine(repositories=[self.exim, self.mutt, Package("mta", files=["usr/bin/mta"])])

        machine.install("mutt")

        self.check(installed("mta"), ~installed("exim"), unchanged_elsewhere("usr/bin/mutt", "usr/bin/mta"))

    def test_by_the_provided_name(self):
        self.start_machine(repositories=[self.postfix]).install("mta")

        self.check(installed("postfix"), provides("postfix", "mta=3.0"), reason("postfix", EXPLICIT))


class ProvidedVersions(Scenario, on=pacman):
    """A provision has a version or none, and only one with the right version meets a dependency that names one."""

    def setUp(self):
        super().setUp()
        self.mutt = Package("mutt", depends=["mta>=4"])

    def test_right_version(self):
        self.start_machine(
            repositories=[self.mutt, Package("old", provides=["mta=3"]), Package("new", provides=["mta=4.1"])]
        ).install("mutt")

        self.check(installed("mutt"), installed("new"), ~installed("old"))

    def test_no_version(self):
        machine = self.start_machine(repositories=[self.mutt, Package("some", "9.0-1", provides=["mta"])])

        machine.refuses("pacman -S mutt", says="unable to satisfy dependency 'mta>=4' required by mutt")

        self.check(~installed("some"), unchanged_elsewhere())

    def test_provider_may_not_leave(self):
        provider = Package("some", provides=["mta=4.1"], files=["usr/bin/some"])

        self.start_machine(installed=[self.mutt, provider]).refuses(
            "pacman -R some", says="removing some breaks dependency 'mta>=4' required by mutt"
        )

        self.check(installed("some"), unchanged_elsewhere())
