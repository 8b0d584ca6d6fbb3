"""Installing and removing: what was asked for happens, and nothing else."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    EXPLICIT,
    File,
    Package,
    Scenario,
    apt,
    cached,
    contents,
    depends_on,
    description,
    directory,
    exists,
    installed,
    link,
    lists_file,
    mode,
    owner,
    pacman,
    provides,
    reason,
    transaction,
    unchanged_elsewhere,
)


class Install(Scenario, on=(apt, pacman)):
    """What is asked for is installed with what it needs."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy|0755"], depends=["library>=1.5"])
        self.library = Package("library", "2.0-1", files=["usr/lib/library"], depends=["base"])
        self.machine = self.start_machine(repositories=[self.dummy, self.library, Package("base"), Package("other")])

    def test_with_dependencies(self):
        self.machine.install("dummy")

        self.check(
            transaction("+base", "+dummy=1.0-1", "+library=2.0-1"),
            exists("usr/lib/library"),
            mode("usr/bin/dummy", 0o755),
            unchanged_elsewhere("usr/bin/dummy", "usr/lib/library"),
        )

    def test_reasons(self):
        """What was asked for is told from what others need."""
        self.machine.install("dummy")

        self.check(reason("dummy", EXPLICIT), reason("library", DEPENDENCY), reason("base", DEPENDENCY))

    def test_dependency_that_is_there(self):
        self.machine.install("library")
        self.machine.install("dummy")

        self.check(transaction("+dummy"), reason("library", EXPLICIT))

    def test_several(self):
        self.machine.install("library", "other")

        self.check(transaction("+base", "+library", "+other"))

    def test_archive(self):
        """What an archive depends on comes from the repositories."""
        self.machine.install(Package("tool", depends=["other"], files=["usr/bin/tool"]))

        self.check(transaction("+other", "+tool"), reason("tool", EXPLICIT), unchanged_elsewhere("usr/bin/tool"))

    def test_download(self):
        """To fetch is not to install."""
        self.machine.download("dummy")

        self.check(
            cached("dummy", "1.0-1"),
            cached("library", "2.0-1"),
            ~cached("other", "1.0-1"),
            transaction(),
            unchanged_elsewhere(),
        )


class UnknownPackages(Scenario, on=(apt, pacman)):
    """One name that nobody knows stops the whole command."""

    WORDS = {"apt": "Unable to locate package nothing", "pacman": "target not found: nothing"}

    def test_one_of_two(self):
        machine = self.start_machine(repositories=[Package("dummy", files=["usr/bin/dummy"])])
        (command,) = machine.manager.install(["dummy", "nothing"], [])

        machine.refuses(command, says=self.WORDS[machine.manager.name])

        self.check(transaction(), ~installed("dummy"), unchanged_elsewhere())

    def test_removal(self):
        machine = self.start_machine(installed=[Package("dummy", files=["usr/bin/dummy"])])
        command = machine.manager.remove(["dummy", "nothing"])

        machine.refuses(command, says=self.WORDS[machine.manager.name])

        self.check(transaction(), installed("dummy"), exists("usr/bin/dummy"), unchanged_elsewhere())


class WhatFilesBecome(Scenario, on=(apt, pacman)):
    """Files come out of an archive as they went into it."""

    def test_kinds_and_permissions(self):
        self.start_machine().install(
            Package(
                "dummy",
                files=[
                    *("usr/bin/su|4755", "etc/secret|0600", "usr/lib/d.so -> d.so.1", "usr/lib/d.so.1"),
                    File("srv/shared", mode=0o2775, is_directory=True),
                ],
            )
        )

        self.check(
            mode("usr/bin/su", 0o4755),
            mode("etc/secret", 0o600),
            mode("srv/shared", 0o2775),
            link("usr/lib/d.so"),
            contents("usr/lib/d.so", "usr/lib/d.so.1\n"),
        )

    def test_content_is_not_touched(self):
        """Not even where it looks like text."""
        text = "\r\n\ttabs, returns and no newline at the end \N{SNOWMAN}"

        self.start_machine().install(
            Package("dummy", files=[File("usr/share/text", text), File("usr/share/none", b"")])
        )

        self.check(contents("usr/share/text", text), "FILE_EMPTY=usr/share/none")

    def test_listed(self):
        self.start_machine().install(Package("dummy", files=["usr/bin/dummy", "usr/share/dummy/"]))

        self.check(lists_file("dummy", "usr/bin/dummy"), lists_file("dummy", "usr/bin/"), directory("usr/share/dummy"))

    def test_described(self):
        """What a package says of itself is known as long as it is installed."""
        told = Package("dummy", desc="A dummy of a package", depends=["library"], provides=["thing"])

        self.start_machine(installed=[Package("library")]).install(told)

        self.check(
            description("dummy", "A dummy of a package"), depends_on("dummy", "library"), provides("dummy", "thing")
        )


class Remove(Scenario, on=(apt, pacman)):
    """What is removed goes from disk and database, and what others put there stays."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(
            installed=[
                Package("dummy", files=["usr/bin/dummy", "usr/share/dummy/data", "usr/share/both/"]),
                Package("other", files=["usr/bin/other", "usr/share/both/"]),
            ]
        )

    def test_files_and_directories(self):
        self.machine.remove("dummy")

        self.check(
            transaction("-dummy"),
            ~exists("usr/bin/dummy"),
            ~directory("usr/share/dummy"),
            directory("usr/share/both"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/dummy/data"),
        )

    def test_file_of_the_user(self):
        """A directory with something of the user in it stays."""
        self.machine.write("usr/share/dummy/mine", "mine\n")

        self.machine.remove("dummy")

        self.check(transaction("-dummy"), contents("usr/share/dummy/mine", "mine\n"), ~exists("usr/share/dummy/data"))

    def test_file_that_is_gone_already(self):
        self.machine.delete("usr/bin/dummy")

        self.machine.remove("dummy")

        self.check(transaction("-dummy"), ~directory("usr/share/dummy"))

    def test_and_back(self):
        """A package that was removed can be installed again."""
        self.machine.remove("other")

        self.machine.install(Package("other", "2.0-1", files=["usr/bin/other*"]))

        self.check(transaction("+other=2.0-1"), contents("usr/bin/other", "usr/bin/other*\n"))


class WhoseFilesTheyAre(Scenario, on=(apt, pacman)):
    """A file comes with the owner that the package names; what is there keeps the one that it has."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(files=[File("srv/www", mode=0o750, is_directory=True, uid=33, gid=34)])

    def test_owner_of_the_package(self):
        page, link_to_it = File("srv/page", uid=33, gid=34), File("srv/index", target="page", uid=35, gid=36)

        self.machine.install(Package("web", files=[page, link_to_it, "srv/of-root"]))

        self.check(owner("srv/page", 33, 34), owner("srv/index", 35, 36), owner("srv/of-root", 0, 0))

    def test_directory_that_is_there(self):
        self.machine.install(Package("web", files=["srv/www/page"]))

        self.check(installed("web"), owner("srv/www", 33, 34), unchanged_elsewhere("srv/www/page"))
