"""Many at once: downloaders by the dozen, machines behind one of them; and what else apt can ask for."""

from __future__ import annotations

from pkgsuite import (
    Bandwidth,
    File,
    Package,
    Repository,
    Scenario,
    Signature,
    apt,
    cached,
    exists,
    fetched_from_cache,
    fetched_from_mirror,
    fetched_from_peers,
    node_alive,
    output,
    served,
)

from .packages import EIGHT, KB, NAMES, SAMPLE, Swarm

UPDATE = "apt-get update"


class Fifty(Swarm, on=apt):
    """As many downloaders as an institute has."""

    def test_fifty_downloaders(self):
        """The first asks the mirror; then all others, side by side, ask each other alone."""
        wanted = EIGHT[:2]
        commands = [UPDATE, f"apt-get -o Acquire::http::Timeout=120 -d install {' '.join(wanted)}"]
        first = self.start_downloader(self.tracker, self.mirror)
        others = [
            self.start_downloader(self.tracker, self.mirror, http=False, timeout_s=60, give_up_s=100) for _ in range(49)
        ]
        self.queue_all(first, *commands)
        self.run_queue()

        for downloader in others:
            self.queue_all(downloader, *commands)
        self.run_queue(side_by_side=True, timeout=600)

        for downloader in others:
            self.check_all_from_peers(downloader, wanted)
        self.check(first, *(served(self.path(name), 1) for name in wanted), *(node_alive(each.name) for each in others))
        self.check_given([first, *others], wanted)


class FourMachines(Swarm, on=apt):
    """One downloader for all machines in the house."""

    def test_side_by_side(self):
        """What four apts want at the same time is fetched once."""
        downloader = self.start_downloader(self.tracker, self.mirror)
        more = [
            self.start_machine(name, mirror=self.mirror, through=downloader, refreshed=False)
            for name in ("second", "third", "fourth")
        ]
        machines = [self.machine_of(downloader), *more]
        self.mirror.fault(Bandwidth(1000 * KB), "*.deb")
        for machine in machines:
            self.queue(machine, UPDATE)
            self.queue(machine, f"apt-get -d install {' '.join(NAMES)}")

        self.run_queue(side_by_side=True, timeout=300)

        for machine in machines:
            self.check(machine, *(cached(name, "1.0-1") for name in NAMES))
        self.check(
            machines[0],
            *(served(self.path(name), 1) for name in NAMES),
            *(fetched_from_mirror(name, 1) for name in NAMES),
            *(fetched_from_cache(name, 3) for name in NAMES),
        )


class AsAProxy(Swarm, on=apt):
    """`Acquire::http::Proxy` in place of paths."""

    def test_both_ways_are_one_swarm(self):
        """Who asks by paths and who asks as a proxy give each other."""
        first = self.start_downloader(self.tracker, self.mirror, as_proxy=True)
        second = self.start_downloader(self.tracker, self.mirror, http=False)
        third = self.start_downloader(self.tracker, self.mirror, http=False, as_proxy=True)
        for downloader in (first, second, third):
            self.queue_all(downloader, UPDATE, f"apt-get -d install {' '.join(EIGHT)}")

        self.run_queue()

        self.check_all_from_mirror(first, EIGHT)
        self.check(self.machine_of(first), output(f"^Get:1 {self.mirror.url}/repository "))
        for downloader in (second, third):
            self.check_all_from_peers(downloader, EIGHT)


class Forms(Scenario):
    """Repositories that are not plain ones, and a pair of downloaders."""

    def start(self, repository, **options):
        """Two machines whose downloaders are peers; the second has no mirror for packages."""
        self.mirror = self.start_mirror(repositories=repository)
        tracker = self.start_tracker()
        self.downloaders = [self.start_downloader(tracker, http=http) for http in (True, False)]
        return [
            self.start_machine(node.name, mirror=self.mirror, through=node, refreshed=False, **options)
            for node in self.downloaders
        ]


class ByHash(Forms, on=apt):
    """Indexes under names that change with their content."""

    def test_by_hash(self):
        """They are the files that the Release file names; packages come through the swarm as ever."""
        first, second = self.start(Repository(SAMPLE[:3], suite={"by_hash": True}))
        for machine in (first, second):
            machine.refresh()
            machine.download("aap-doc")

        asked = [each.path for node in self.downloaders for each in node.journal if "/by-hash/" in each.path]

        self.assertEqual(len(asked), 2)
        self.check(first, fetched_from_mirror("aap-doc", 1))
        self.check(second, fetched_from_peers("aap-doc", 1), fetched_from_mirror("*", 0))


class Signed(Forms, on=apt):
    """Repositories with a signature."""

    def test_signed(self):
        """It comes through as it is."""
        first, second = self.start(Repository(SAMPLE[:3], database_signed=Signature.GOOD))
        for machine in (first, second):
            machine.refresh()
            machine.install("aap-doc")

        self.check(second, fetched_from_peers("aap-doc", 1), fetched_from_mirror("*", 0))


class Sources(Forms, on=apt):
    """`deb-src` lines and `apt-get source`."""

    def test_apt_get_source(self):
        """Each file of a source is shared like any other."""
        source = Package("tool", "1.0-1", files=[File("README", "read me")])
        first, second = self.start(
            Repository([Package("tool", "1.0-1")], suite={"sources": {"main": [source]}}),
            repository_options={"repository": {"Types": "deb deb-src"}},
        )
        for machine in (first, second):
            machine.refresh()
            machine.run("apt-get source --download-only tool")

        names = ("tool_1.0-1.dsc", "tool_1.0.orig.tar.gz", "tool_1.0-1.debian.tar.gz")
        pool = "repository/pool/main/t/tool"
        self.check(
            second,
            *(exists(f"tmp/{name}") for name in names),
            *(fetched_from_peers(f"{pool}/{name}", 1) for name in names),
            *(served(f"{pool}/{name}", 1) for name in names),
            fetched_from_mirror("*", 0),
        )
