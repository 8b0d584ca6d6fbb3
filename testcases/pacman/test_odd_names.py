"""Names that are seldom met: of roots, of files, of packages; and packages with very many files."""

from __future__ import annotations

from pkgsuite import (
    File,
    Package,
    Scenario,
    contents,
    directory,
    exists,
    installed,
    lists_file,
    pacman,
    unchanged_elsewhere,
)


class OddRoots(Scenario, on=pacman):
    """The root may be called anything."""

    def works_in(self, name):
        """Install, upgrade with a hook and scriptlets, and remove on a machine whose root has this name."""
        dummy = Package("dummy", files=["usr/bin/dummy"], install={"post_install": "echo told > /told"})
        machine = self.start_machine(name)

        machine.install(dummy)
        machine.install(dummy.upgraded("2.0-1"))

        self.check(
            installed("dummy", "2.0-1"),
            contents("usr/bin/dummy", "usr/bin/dummy*\n"),
            contents("told", "told\n"),
            unchanged_elsewhere("usr/bin/dummy", "told"),
        )

    def test_space(self):
        self.works_in("a machine")

    def test_quotes_and_dollars(self):
        self.works_in('it\'s $HOME; "*" & co')

    def test_letters_beyond_ascii(self):
        self.works_in("Rechner für Übung")


class OddFiles(Scenario, on=pacman):
    """Files may be called anything as well."""

    def installs_and_removes(self, *paths):
        """Install files of these names, ask for them, and remove them."""
        machine = self.start_machine()

        machine.install(Package("dummy", files=[File(path) for path in paths]))
        self.check([exists(path) for path in paths], [lists_file("dummy", path) for path in paths])
        machine.remove("dummy")

        self.check([~exists(path) for path in paths], unchanged_elsewhere())

    def test_spaces(self):
        self.installs_and_removes("srv/a file", "srv/ leading", "srv/trailing /x")

    def test_marks_of_the_shell(self):
        names = ["$HOME", "`id`", "a;b", "*", "[a]", "it's", '"quoted"', "\\back"]

        self.installs_and_removes(*(f"srv/{name}" for name in names))

    def test_letters_beyond_ascii(self):
        self.installs_and_removes("srv/Größe", "srv/日本語/ファイル")

    def test_long(self):
        self.installs_and_removes("srv/" + "x" * 200, "/".join(["srv"] + ["directory" * 5] * 20 + ["file"]))

    def test_hidden(self):
        self.installs_and_removes("srv/.hidden", "srv/...", "srv/.d/.file")

    def test_archive_that_is_not_there(self):
        machine = self.start_machine()

        machine.refuses("pacman -U 'no such; $FILE'", says="error: 'no such; $FILE': could not find or read package")

        self.check(unchanged_elsewhere())


class ManyFiles(Scenario, on=pacman):
    """A package of very many files is installed and removed whole."""

    def test_a_thousand(self):
        paths = [f"usr/share/many/{number % 50}/{number}" for number in range(1000)]
        machine = self.start_machine()

        machine.install(Package("many", files=paths))
        self.check([exists(path) for path in paths], unchanged_elsewhere("usr/share/many/"))
        machine.remove("many")

        self.check(~installed("many"), ~directory("usr"), unchanged_elsewhere())
