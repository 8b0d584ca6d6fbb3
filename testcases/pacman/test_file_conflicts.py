"""Files that are there already: pacman overwrites nothing that it was not told to."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, exists, installed, lists_file, output, pacman, unchanged_elsewhere


class FileOfTheUser(Scenario, on=pacman):
    """A file that no package owns stops the transaction before anything changes, unless it may be overwritten."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy", "usr/share/dummy", "usr/lib/dummy"])
        self.machine = self.start_machine(repositories=[dummy])
        self.machine.write("usr/bin/dummy", "mine\n")
        self.machine.write("usr/share/dummy", "mine as well\n")

    def test_refused(self):
        self.machine.refuses("pacman -S dummy", says="failed to commit transaction (conflicting files)")

        self.check(
            output(r"^dummy: .*/usr/bin/dummy exists in filesystem$"),
            output(r"^dummy: .*/usr/share/dummy exists in filesystem$"),
            output(r"^Errors occurred, no packages were upgraded\.$"),
            ~installed("dummy"),
            unchanged_elsewhere(),
        )

    def test_one_of_two_may_be_overwritten(self):
        self.machine.refuses("pacman -S --overwrite 'usr/bin/*' dummy", says="usr/share/dummy exists in filesystem")

        self.check(~output("usr/bin/dummy exists"), ~installed("dummy"), unchanged_elsewhere())

    def test_both_may_be_overwritten(self):
        self.machine.run("pacman -S --overwrite 'usr/bin/*' --overwrite usr/share/dummy dummy")

        self.check(
            installed("dummy"),
            contents("usr/bin/dummy", "usr/bin/dummy\n"),
            contents("usr/share/dummy", "usr/share/dummy\n"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/dummy", "usr/lib/dummy"),
        )

    def test_all_but_one_may_be_overwritten(self):
        self.machine.refuses(
            "pacman -S --overwrite 'usr/*,!usr/share/dummy' dummy",
            says="usr/share/dummy exists in filesystem",
        )

        self.check(~output("usr/bin/dummy exists"), ~installed("dummy"), unchanged_elsewhere())


class FileOfAnotherPackage(Scenario, on=pacman):
    """A file belongs to one package; it changes hands only where both take part."""

    def setUp(self):
        super().setUp()
        self.owner = Package("owner", files=["usr/bin/tool", "usr/bin/owner"])
        self.thief = Package("thief", files=["usr/bin/tool*"])

    def test_installed_owner(self):
        machine = self.start_machine(installed=[self.owner], packages=[self.thief])

        machine.refuses(
            "pacman -U thief-1.0-1-any.pkg.tar.gz", says="usr/bin/tool exists in filesystem (owned by owner)"
        )

        self.check(~installed("thief"), unchanged_elsewhere())

    def test_two_targets(self):
        machine = self.start_machine(repositories=[self.owner, self.thief])

        machine.refuses("pacman -S owner thief", says="usr/bin/tool exists in both 'owner' and 'thief'")

        self.check(~installed("owner"), ~installed("thief"), unchanged_elsewhere())

    def test_owner_gives_it_away(self):
        machine = self.start_machine(
            installed=[self.owner], repositories=[self.thief, Package("owner", "2.0-1", files=["usr/bin/owner"])]
        )

        machine.run("pacman -Su thief")

        self.check(
            installed("owner", "2.0-1"),
            installed("thief"),
            contents("usr/bin/tool", "usr/bin/tool*\n"),
            lists_file("thief", "usr/bin/tool"),
            ~lists_file("owner", "usr/bin/tool"),
            unchanged_elsewhere("usr/bin/tool", "usr/bin/owner"),
        )

    def test_swap(self):
        machine = self.start_machine(
            installed=[Package("a", files=["usr/bin/1", "usr/bin/2"]), Package("b", files=["usr/bin/3"])],
            repositories=[
                Package("a", "2.0-1", files=["usr/bin/3*"]),
                Package("b", "2.0-1", files=["usr/bin/1*", "usr/bin/2*"]),
            ],
        )

        machine.upgrade()

        self.check(
            installed("a", "2.0-1"),
            installed("b", "2.0-1"),
            contents("usr/bin/1", "usr/bin/1*\n"),
            contents("usr/bin/2", "usr/bin/2*\n"),
            contents("usr/bin/3", "usr/bin/3*\n"),
        )

    def test_removed_owner_keeps_no_claim(self):
        machine = self.start_machine(
            installed=[self.owner, self.thief.upgraded("0.9-1", files=["usr/bin/tool", "usr/bin/thief"])]
        )

        machine.remove("thief")

        self.check(~installed("thief"), exists("usr/bin/owner"), unchanged_elsewhere("usr/bin/thief", "usr/bin/tool"))
