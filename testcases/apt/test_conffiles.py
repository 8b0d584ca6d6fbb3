"""Configuration files: dpkg asks before it replaces what the user wrote, or is told beforehand."""

from __future__ import annotations

from pkgsuite import (
    Package,
    Scenario,
    apt,
    backs_up,
    contents,
    dpkg_dist,
    dpkg_old,
    exists,
    installed,
    output,
    state,
    unchanged_elsewhere,
)

CONF = "etc/dummy.conf"
SHIPPED, MINE, NEXT = f"{CONF}\n", "mine\n", f"{CONF}*\n"
"""The file as the installed package shipped it, as the user edited it, and as the new package ships it."""

OLD = Package("dummy", files=[CONF, "usr/bin/dummy"], backup=[CONF])
NEW = OLD.upgraded("2.0-1")
UPGRADE = "dpkg -i dummy_2.0-1_all.deb"


class UpgradeOfAConffile(Scenario):
    """A machine with the old package, and the archive of the new one."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(installed=[OLD], packages=[NEW, NEW.upgraded("2.0-2", keeping=[CONF])])

    def upgrade(self, *options, stdin=""):
        """Upgrade, with options of dpkg."""
        return self.machine.run(" ".join(["dpkg", *options, "-i dummy_2.0-1_all.deb"]), stdin=stdin)

    def is_mine(self):
        """The user's file is there, and the package's beside it."""
        self.check(
            installed("dummy", "2.0-1"),
            contents(CONF, MINE),
            contents(f"{CONF}.dpkg-dist", NEXT),
            ~dpkg_old(CONF),
            unchanged_elsewhere("usr/bin/dummy", f"{CONF}.dpkg-dist"),
        )

    def is_theirs(self):
        """The package's file is there, and the user's beside it."""
        self.check(
            installed("dummy", "2.0-1"),
            contents(CONF, NEXT),
            contents(f"{CONF}.dpkg-old", MINE),
            ~dpkg_dist(CONF),
            unchanged_elsewhere("usr/bin/dummy", CONF, f"{CONF}.dpkg-old"),
        )


class WithoutAnEdit(UpgradeOfAConffile, on=apt):
    """A file that nobody edited is upgraded without a question, whatever is forced."""

    def is_upgraded(self):
        """The package's file is there and nothing beside it."""
        self.check(contents(CONF, NEXT), ~dpkg_old(CONF), ~dpkg_dist(CONF), unchanged_elsewhere("usr/bin/dummy", CONF))

    def test_nothing_forced(self):
        self.upgrade()

        self.is_upgraded()

    def test_forced_to_keep_the_old(self):
        """`--force-confold` speaks of edited files only."""
        self.upgrade("--force-confold")

        self.is_upgraded()

    def test_by_apt(self):
        self.machine.install(NEW)

        self.is_upgraded()


class WithAnEdit(UpgradeOfAConffile, on=apt):
    """For a file that the user edited, and that the new package ships otherwise, the answer decides."""

    def setUp(self):
        super().setUp()
        self.machine.write(CONF, MINE)

    def test_asked_and_kept(self):
        self.upgrade(stdin="n\n")

        self.check(output("Modified .by you or by a script. since installation"))
        self.is_mine()

    def test_asked_and_replaced(self):
        self.upgrade(stdin="y\n")

        self.is_theirs()

    def test_asked_and_the_default_taken(self):
        """An empty line keeps what the user wrote."""
        self.upgrade(stdin="\n")

        self.is_mine()

    def test_asked_twice_after_nonsense(self):
        self.upgrade(stdin="what\ny\n")

        self.is_theirs()

    def test_differences_first(self):
        self.upgrade(stdin="d\nn\n")

        self.check(output("^-mine$"), output(r"^\+etc/dummy\.conf\*$"))
        self.is_mine()

    def test_nobody_answers(self):
        """Where the input ends the package stays unconfigured, with the new file waiting."""
        self.machine.refuses(UPGRADE, says="end of file on stdin at conffile prompt")

        self.check(state("dummy", "unpacked"), contents(CONF, MINE), contents(f"{CONF}.dpkg-new", NEXT))

    def test_answered_later(self):
        self.machine.execute(UPGRADE)

        self.machine.run("dpkg --configure -a", stdin="y\n")

        self.is_theirs()

    def test_old_forced(self):
        self.upgrade("--force-confold")

        self.check(~output("What would you like to do about it"))
        self.is_mine()

    def test_new_forced(self):
        self.upgrade("--force-confnew")

        self.is_theirs()

    def test_default_forced(self):
        """`--force-confdef` takes the default, which keeps the user's file."""
        self.upgrade("--force-confdef")

        self.is_mine()

    def test_default_before_new(self):
        """Where there is a default, `--force-confdef` wins over `--force-confnew`."""
        self.upgrade("--force-confdef", "--force-confnew")

        self.is_mine()

    def test_forced_by_the_configuration_of_apt(self):
        self.machine.add_archives(NEW)

        self.machine.run('apt-get -o DPkg::Options::="--force-confold" install ./dummy_2.0-1_all.deb')

        self.is_mine()

    def test_package_ships_what_it_shipped(self):
        """Nothing is asked where the package's file is the same as before."""
        same = OLD.upgraded("3.0-1", keeping=[CONF])

        self.machine.install(same)

        self.check(installed("dummy", "3.0-1"), contents(CONF, MINE), ~dpkg_dist(CONF))

    def test_user_already_wrote_what_is_shipped(self):
        self.machine.write(CONF, NEXT)

        self.upgrade()

        self.check(installed("dummy", "2.0-1"), contents(CONF, NEXT), ~dpkg_old(CONF), ~dpkg_dist(CONF))


class WithoutTheFile(UpgradeOfAConffile, on=apt):
    """A file that the user deleted stays away, unless missing ones are forced or the user says so."""

    def setUp(self):
        super().setUp()
        self.machine.delete(CONF)

    def test_asked_and_left_away(self):
        self.upgrade(stdin="n\n")

        self.check(
            output("Deleted .by you or by a script. since installation"),
            installed("dummy", "2.0-1"),
            ~exists(CONF),
            exists(f"{CONF}.dpkg-dist"),
        )

    def test_asked_and_brought_back(self):
        self.upgrade(stdin="y\n")

        self.check(installed("dummy", "2.0-1"), contents(CONF, NEXT))

    def test_missing_forced(self):
        self.upgrade("--force-confmiss")

        self.check(installed("dummy", "2.0-1"), contents(CONF, NEXT))

    def test_same_file_shipped(self):
        """Nobody is asked where the package ships what it shipped: gone is gone."""
        self.machine.install(OLD.upgraded("3.0-1", keeping=[CONF]))

        self.check(installed("dummy", "3.0-1"), ~exists(CONF), ~dpkg_dist(CONF))

    def test_same_file_and_missing_forced(self):
        self.machine.add_archives(OLD.upgraded("3.0-1", keeping=[CONF]))

        self.machine.run("dpkg --force-confmiss -i dummy_3.0-1_all.deb")

        self.check(installed("dummy", "3.0-1"), contents(CONF, SHIPPED))


class ListOfConffilesChanges(Scenario, on=apt):
    """A file may become configuration, or stop being it."""

    def test_dropped_after_an_edit(self):
        """The file of a package that no longer ships it stays, marked obsolete."""
        machine = self.start_machine(installed=[OLD])
        machine.write(CONF, MINE)

        machine.install(Package("dummy", "2.0-1", files=["usr/bin/dummy"]))

        self.check(installed("dummy", "2.0-1"), contents(CONF, MINE), backs_up("dummy", CONF))

    def test_user_had_the_file_before(self):
        """A configuration file that stands where a new package brings one is asked about."""
        machine = self.start_machine(packages=[OLD])
        machine.write(CONF, MINE)

        machine.run("dpkg -i dummy_1.0-1_all.deb", stdin="n\n")

        self.check(
            output("File on system created by you or by a script."),
            installed("dummy"),
            contents(CONF, MINE),
            contents(f"{CONF}.dpkg-dist", SHIPPED),
        )

    def test_any_other_file_is_replaced(self):
        machine = self.start_machine()
        machine.write(CONF, MINE)

        machine.install(Package("dummy", files=[CONF]))

        self.check(installed("dummy"), contents(CONF, SHIPPED), unchanged_elsewhere(CONF))
