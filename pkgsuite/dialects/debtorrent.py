"""DebTorrent's tests as scenarios: nodes and a queue of apt-gets as a table says, and rules for what must come of them.

Every apt-get must exit 0, every package that it installs must be on its machine byte by byte as on the mirror, and a
downloader whose HTTP is off must have had none of them from there. A test with a downloader that is not clean runs its
queue twice, with all downloaders started anew in between: what those have had is on their disks.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Mapping, Sequence
from typing import ClassVar

from pkgsuite import story
from pkgsuite.dialects.debtorrent_table import Downloader, Test, load
from pkgsuite.errors import RuleBroken
from pkgsuite.formats.apt_repository import Maker, publish
from pkgsuite.machine import Machine
from pkgsuite.managers.apt import apt
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from pkgsuite.model.suite import Suite
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.downloader import Downloader as DownloaderNode
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.scenario import Scenario
from pkgsuite.workshop import THE_WORKSHOP

__all__ = ["DebtorrentScenario", "scenarios"]

__unittest = True

SUITE = "unstable"
METHODS = ("newdebtorrent", "debtorrent", "http")
METHODS_DIRECTORY = "/usr/lib/apt/methods"
SOURCES = "etc/apt/sources.list"
ARCHIVES = "var/cache/apt/archives"
VERSION = "1.0-1"
LEAST_BYTES, MOST_BYTES = 5_000, 60_000
HTTP_PORT = 80
UPLOAD_LIMIT = 100
"""The rate of the original's downloaders, in kB a second."""

TIMEOUT_S = 300.0
GIVE_UP_S = 60.0
"""How long peers may take where HTTP is off."""

STARS = 26


class DebtorrentScenario(Scenario, on=apt):
    """One test of a table; made by `scenarios`."""

    table: ClassVar[Test]
    is_numbered: ClassVar[bool] = False
    file: ClassVar[str] = ""
    """Where the table stands, if not in pkgsuite."""

    # What there is

    def setUp(self) -> None:
        super().setUp()
        self.results: list[tuple[float, int]] = []
        self.told: list[str] = []
        self.addCleanup(self.tell_results)
        self.mirror = self.start_the_mirror()
        self.trackers = {number: self.start_a_tracker(number) for number in self.table.trackers}
        self.nodes = {number: self.start_a_downloader(number) for number in self.table.downloaders}
        self.machines = {number: self.start_a_machine(number) for number in self.table.downloaders}

    def start_the_mirror(self) -> Mirror:
        """A mirror with all names that downloaders ask for, and all packages that are installed."""
        wanted = self.table.downloaders.values()
        mirror = self.start_mirror(hosts=sorted({each.host for each in wanted}), port=HTTP_PORT)
        packages = [sample(name) for name in self.table.packages()]
        for directory in sorted({each.directory for each in wanted}):
            components = [each.suites.split() for each in wanted if each.directory == directory]
            first = {each[0] for each in components}
            offered = {name: packages if name in first else [] for each in components for name in each}
            suite = Suite(SUITE, offered, architectures=(apt.native,))
            files = publish([suite], Maker(THE_WORKSHOP.compress, lambda text: None))
            mirror.put({f"{directory}/{path}".lstrip("/"): content for path, content in files.items()})
        return mirror

    def start_a_tracker(self, number: int) -> Node:
        """Tracker *number*."""
        say(f"Starting Tracker {number}")
        port = int(self.table.trackers[number].get("port", tracker_port(number) if self.is_numbered else 0))
        tracker = self.start_tracker(name=f"tracker{number}", address=self.place, port=port)
        self.addCleanup(say, f"shutting down tracker {number}")
        return tracker

    def start_a_downloader(self, number: int) -> DownloaderNode:
        """Downloader *number*, with the options of the table and the defaults of the original."""
        say(f"Starting Downloader {number}")
        told = self.table.downloaders[number]
        has_ports = self.is_numbered or {"minport", "maxport"} & set(told.options)
        node = self.start_downloader(
            told.options.get("force_tracker", self.trackers[told.tracker]),
            name=f"downloader{number}",
            http=not told.number("disable_http_downloader", 0),
            upload_bytes_per_s=told.number("max_upload_rate", UPLOAD_LIMIT) * 1000,
            security=bool(told.number("security", 0)),
            give_up_s=GIVE_UP_S,
            address=self.place,
            port=told.number("apt_port", apt_port_of(number) if self.is_numbered else 0),
            peer_ports=peer_ports(told, number) if has_ports else (0,),
        )
        self.addCleanup(say, f"shutting down downloader {number}")
        return node

    @property
    def place(self) -> str:
        """The address of all nodes where they are numbered, as `localhost` is."""
        return "127.0.0.1" if self.is_numbered else ""

    def start_a_machine(self, number: int) -> Machine:
        """The machine whose apt asks downloader *number*."""
        told, node = self.table.downloaders[number], self.nodes[number]
        url = node.url.replace("127.0.0.1", "localhost").partition("//")[2]
        source = f"deb [trusted=yes] {method()}://{url}/{told.mirror}/ {SUITE} {told.suites}\n"
        options = {"Acquire::http::Timeout": str(int(TIMEOUT_S))}
        return self.start_machine(
            f"downloader{number}", through=node, files=[File(SOURCES, source)], options=options, refreshed=False
        )

    # What happens

    def runTest(self) -> None:
        """Run the queue, twice where a downloader keeps what it has, and check what came of it."""
        self.run_the_queue()
        self.check_machines()
        if self.table.is_run_twice:
            for number, node in self.nodes.items():
                say(f"Starting Downloader {number} again")
                node.restart()
                self.machines[number].run("apt-get clean")
            self.run_the_queue()
            self.check_machines()
            self.check_restarted()

    def run_the_queue(self) -> None:
        """Let the apt-gets run one after the other, whatever comes of one; raises RuleBroken where any failed."""
        broken = []
        for number, words in self.table.queue:
            command = f"apt-get -d {' '.join(words)}"
            self.told.append(f'{number}: "apt-get {" ".join(words)}"')
            print(f"{'*' * 15} apt-get ({number}) {' '.join(words)} {'*' * 16}", flush=True)
            started = time.monotonic()
            result = self.machines[number].execute(command, timeout=TIMEOUT_S)
            self.results.append((time.monotonic() - started, result.returncode))
            words_for = (
                "completed successfully" if result.returncode == 0 else f"finished with status {result.returncode}"
            )
            print(f"{'*' * 10} apt-get {words_for} in {result.seconds:.2f} sec. {'*' * 17}", flush=True)
            if result.returncode != 0:
                broken.append("\n".join([self.told[-1], *(f"  │ {line}" for line in result.lines()[-10:])]))
        if broken:
            count = f"{len(broken)} of {len(self.table.queue)} apt-gets"
            raise RuleBroken("\n".join([f"{count} broke RETCODE=0", *broken, f"  again    {self.again()}"]))

    def again(self) -> str:
        """One line for a shell that repeats the test."""
        table = ["--table", self.file] if self.file else []
        numbered = ["--numbered"] if self.is_numbered else []
        return story.again(["debtorrent", *table, *numbered, self.table.name])

    def tell_results(self) -> None:
        """Print the table of results."""
        print(f"{'*' * STARS} Test Results {'*' * 19}")
        waiting = [f'{number}: "apt-get {" ".join(words)}"' for number, words in self.table.queue]
        for at, line in enumerate(self.told if len(self.told) >= len(waiting) else waiting):
            done = at < len(self.results)
            print(line, f"took {self.results[at][0]:.2f} secs ({self.results[at][1]})" if done else "did not complete")

    # What must come of it

    def check_machines(self) -> None:
        """Every package is on its machine as it is on the mirror, and came from where it was to come from."""
        for number, machine in self.machines.items():
            packages = self.table.packages(number)
            for name in packages:
                self.check_archive(machine, name)
            told = self.table.downloaders[number]
            rules = ["RETCODE=0"] if machine.commands else []
            if told.number("disable_http_downloader", 0):
                rules += [f"!FETCHED_FROM_MIRROR={name}" for name in packages]
            if rules:
                self.check(machine, *rules)

    def check_archive(self, machine: Machine, name: str) -> None:
        """Raise RuleBroken where a machine has not the archive of a package as the mirror has it."""
        file = f"{name}_{VERSION}_all.deb"
        self.check(machine, f"FILE_EXIST={ARCHIVES}/{file}")
        paths = [path for path in self.mirror.paths if path.endswith(f"/{file}")]
        if machine.read(f"{ARCHIVES}/{file}") != self.mirror.content(paths[0]):
            raise RuleBroken(f"{file} on {machine.name} is not what the mirror has\n  again    {self.again()}")

    def check_restarted(self) -> None:
        """What a downloader had before it was started anew came from its disk."""
        for number, machine in self.machines.items():
            rules = [f"FETCHED_FROM_CACHE={name}" for name in self.table.packages(number)]
            if rules and not self.table.downloaders[number].clean:
                self.check(machine, *rules)


def scenarios(
    table: Mapping[str, Test] | object, *, numbered: bool = False, file: str = ""
) -> dict[str, type[DebtorrentScenario]]:
    """A scenario for each test of a table, by its name; raises BadValue for a table that is wrong.

    With *numbered*, nodes have the ports of the original and share one address. *file* is where the table was read.
    """
    is_read = isinstance(table, Mapping) and all(isinstance(each, Test) for each in table.values()) and bool(table)
    tests: Mapping[str, Test] = table if is_read else load(table)  # type: ignore[assignment]
    return {name: scenario(test, numbered, file) for name, test in tests.items()}


def scenario(test: Test, numbered: bool, file: str) -> type[DebtorrentScenario]:
    """The scenario of one test."""
    members = {
        "table": test,
        "is_numbered": numbered,
        "file": file,
        "__doc__": test.description,
        "__module__": __name__,
    }
    return type(f"Test{test.name}", (DebtorrentScenario,), members)


def sample(name: str) -> Package:
    """A package of that name, always the same, that cannot be compressed."""
    noise = random.Random(name)
    data = noise.randbytes(noise.randrange(LEAST_BYTES, MOST_BYTES))
    return Package(name, VERSION, files=[File(f"usr/share/{name}/data", data)])


def tracker_port(number: int) -> int:
    """The port of a tracker by its number."""
    return number * 1000 + 969


def apt_port_of(number: int) -> int:
    """The port of a downloader for apt, by its number."""
    return number * 1000 + 988


def peer_ports(told: Downloader, number: int) -> Sequence[int]:
    """The ports of a downloader for peers, by its options or its number."""
    first = told.number("minport", 10000 + number * 1000)
    return range(first, told.number("maxport", first + 999) + 1)


def method() -> str:
    """The first of DebTorrent's methods that apt has here, or http."""
    return next(each for each in METHODS if each == METHODS[-1] or os.path.exists(f"{METHODS_DIRECTORY}/{each}"))


def say(words: str) -> None:
    """A line that stands out."""
    print(f"{'*' * STARS} {words} {'*' * STARS}", flush=True)
