"""Packages that were renamed: an upgrade of everything puts the successor in the place of what it replaces."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    Package,
    Scenario,
    contents,
    exists,
    installed,
    output,
    pacman,
    reason,
    unchanged_elsewhere,
)


class Replace(Scenario, on=pacman):
    """The successor takes the files, the configuration and the reason over, and only an upgrade of everything asks."""

    def setUp(self):
        super().setUp()
        self.old = Package("nvi", files=["usr/bin/vi", "etc/vi.conf", "usr/share/nvi"], reason=DEPENDENCY)
        self.new = Package("vim", files=["usr/bin/vi*", "etc/vi.conf*"], replaces=["nvi"], conflicts=["nvi"])

    def start(self, **more):
        """A machine with the old package and a repository with the new one."""
        return self.start_machine(installed=[self.old], repositories=[self.new], **more)

    def test_upgrade(self):
        self.start().upgrade()

        self.check(
            output(r":: Replace nvi with repository/vim\? "),
            ~installed("nvi"),
            installed("vim"),
            contents("usr/bin/vi", "usr/bin/vi*\n"),
            ~exists("usr/share/nvi"),
            unchanged_elsewhere("usr/bin/vi", "etc/vi.conf", "usr/share/nvi"),
        )

    def test_reason(self):
        self.start().upgrade()

        self.check(installed("vim"), reason("vim", DEPENDENCY))

    def test_user_says_no(self):
        self.start().run("pacman -Su --confirm", stdin="n\n")

        self.check(output("there is nothing to do"), installed("nvi"), ~installed("vim"), unchanged_elsewhere())

    def test_replaced_package_is_ignored(self):
        self.start().run("pacman -Su --ignore nvi")

        self.check(
            output(r"^warning: ignoring package replacement \(nvi-1\.0-1 => vim-1\.0-1\)$"),
            installed("nvi"),
            ~installed("vim"),
            unchanged_elsewhere(),
        )

    def test_two_successors(self):
        machine = self.start_machine(
            installed=[self.old],
            repositories=[
                Package("vi-core", files=["usr/bin/vi*"], replaces=["nvi"]),
                Package("vi-data", files=["usr/share/nvi*"], replaces=["nvi"]),
            ],
        )

        machine.upgrade()

        self.check(~installed("nvi"), installed("vi-core"), installed("vi-data"))

    def test_version_that_is_not_replaced(self):
        machine = self.start_machine(
            installed=[self.old, Package("other", files=["usr/bin/other"])],
            repositories=[
                Package("vim", replaces=["nvi<1"]),
                Package("other", "2.0-1", files=["usr/bin/other*"]),
            ],
        )

        machine.upgrade()

        self.check(
            installed("nvi"), ~installed("vim"), installed("other", "2.0-1"), unchanged_elsewhere("usr/bin/other")
        )

    def test_edited_configuration(self):
        old = Package("nvi", files=["etc/vi.conf"], backup=["etc/vi.conf"])
        new = Package("vim", files=["etc/vi.conf*"], backup=["etc/vi.conf"], replaces=["nvi"])
        machine = self.start_machine(installed=[old], repositories=[new])
        machine.write("etc/vi.conf", "mine\n")

        machine.upgrade()

        self.check(
            installed("vim"),
            contents("etc/vi.conf", "etc/vi.conf*\n"),
            contents("etc/vi.conf.pacsave", "mine\n"),
            unchanged_elsewhere("etc/vi.conf", "etc/vi.conf.pacsave"),
        )

    def test_others_need_the_replaced_one(self):
        machine = self.start_machine(
            installed=[self.old, Package("frontend", depends=["nvi"])], repositories=[self.new]
        )

        machine.refuses("pacman -Su", says="removing nvi breaks dependency 'nvi' required by frontend")

        self.check(installed("nvi"), ~installed("vim"), unchanged_elsewhere())

    def test_scriptlets(self):
        old = Package("nvi", "1.0-1", install={"post_remove": "echo nvi goes $1 >> /told"})
        new = Package(
            "vim",
            "9.0-1",
            replaces=["nvi"],
            install={"post_install": "echo vim comes $1 >> /told", "post_upgrade": "echo wrong >> /told"},
        )

        self.start_machine(installed=[old], repositories=[new]).upgrade()

        self.check(installed("vim", "9.0-1"), contents("told", "nvi goes 1.0-1\nvim comes 9.0-1\n"))
