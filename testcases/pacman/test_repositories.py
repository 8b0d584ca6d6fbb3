"""Several repositories: which of them a package comes from, and what they tell."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, installed, output, pacman, returncode, unchanged_elsewhere


class WhichRepository(Scenario, on=pacman):
    """The repository that the configuration names first wins, whatever the others have, unless one is named."""

    def setUp(self):
        super().setUp()
        self.core = Package("dummy", "1.0-1", files=["usr/bin/dummy"], install={"post_install": "echo core > /told"})
        self.extra = self.core.upgraded("2.0-1", install={"post_install": "echo extra > /told"})
        self.repositories = {"core": [self.core], "extra": [self.extra, Package("only-extra", files=["usr/bin/only"])]}

    def test_first_wins(self):
        self.start_machine(repositories=self.repositories).install("dummy")

        self.check(
            installed("dummy", "1.0-1"), contents("usr/bin/dummy", "usr/bin/dummy\n"), contents("told", "core\n")
        )

    def test_named(self):
        self.start_machine(repositories=self.repositories).install("extra/dummy")

        self.check(
            installed("dummy", "2.0-1"), contents("usr/bin/dummy", "usr/bin/dummy*\n"), contents("told", "extra\n")
        )

    def test_named_in_vain(self):
        machine = self.start_machine(repositories=self.repositories)

        machine.refuses("pacman -S core/only-extra", says="error: target not found: only-extra")

        self.check(~installed("only-extra"), unchanged_elsewhere())

    def test_upgrade_asks_the_first_as_well(self):
        machine = self.start_machine(installed=[self.extra], repositories=self.repositories)

        machine.upgrade()

        self.check(
            output(r"^warning: dummy: local \(2\.0-1\) is newer than core \(1\.0-1\)$"),
            installed("dummy", "2.0-1"),
            unchanged_elsewhere(),
        )

    def test_dependency_of_another_repository(self):
        app = Package("app", files=["usr/bin/app"], depends=["only-extra"])

        self.start_machine(repositories={**self.repositories, "core": [app]}).install("app")

        self.check(installed("app"), installed("only-extra"), unchanged_elsewhere("usr/bin/app", "usr/bin/only"))

    def test_repository_for_searches_only(self):
        machine = self.start_machine(
            installed=[self.core],
            repositories={"extra": [self.extra]},
            repository_options={"extra": {"Usage": "Search"}},
        )

        machine.run("pacman -Ss dummy")
        machine.run("pacman -Su")

        self.check(
            output(r"^extra/dummy 2\.0-1 \[installed: 1\.0-1\]$").of(1),
            output("there is nothing to do"),
            installed("dummy", "1.0-1"),
            unchanged_elsewhere(),
        )

    def test_never_fetched(self):
        machine = self.start_machine(repositories=[self.core], refreshed=False)

        machine.refuses(
            "pacman -S dummy", says="warning: database file for 'repository' does not exist (use '-Sy' to download)"
        )

        self.check(output("^error: target not found: dummy$"), ~installed("dummy"), unchanged_elsewhere())


class WhatRepositoriesTell(Scenario, on=pacman):
    """What is offered can be searched, listed and looked at, and nothing changes."""

    def setUp(self):
        super().setUp()
        library = Package("library", "2.0-1", desc="Does things", groups=["base"])
        dummy = Package("dummy", "1.0-1", desc="A tool for testing", depends=["library>=2"], url="https://example.org")
        self.machine = self.start_machine(installed=[library], repositories={"core": [library], "extra": [dummy]})

    def test_search_in_descriptions(self):
        self.machine.run("pacman -Ss '^a TOOL'")

        self.check(output(r"^extra/dummy 1\.0-1$"), output("^    A tool for testing$"), ~output("library"))

    def test_search_in_vain(self):
        self.machine.run("pacman -Ss tool")

        self.machine.execute("pacman -Ss tool nothing")

        self.check(output("dummy").of(1), returncode(1), ~output("."), unchanged_elsewhere())

    def test_list(self):
        self.machine.run("pacman -Sl")

        self.check(output(r"^core library 2\.0-1 \[installed\]$"), output(r"^extra dummy 1\.0-1$"))

    def test_list_of_an_unknown_repository(self):
        self.machine.refuses("pacman -Sl extra testing", says='error: repository "testing" was not found.')

        self.check(output(r"^extra dummy 1\.0-1$"), ~output("library"))

    def test_information(self):
        self.machine.run("pacman -Si dummy")

        self.check(
            output("^Repository +: extra$"),
            output(r"^Version +: 1\.0-1$"),
            output("^Depends On +: library>=2$"),
            output("^URL +: https://example.org$"),
            unchanged_elsewhere(),
        )
