"""A scenario: a TestCase whose tests run real package managers on machines in a world, and check rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pkgsuite import mirroring, story
from pkgsuite.errors import RuleBroken
from pkgsuite.machine import TIMEOUT, Machine, Parts
from pkgsuite.managers.base import Manager, Setup
from pkgsuite.mirroring import Proxy
from pkgsuite.model.command import CommandResult
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository, as_archives, as_repositories
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.downloader import Downloader
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.queue import Job, run_jobs
from pkgsuite.stand_ins import StandIns
from pkgsuite.swarm import as_urls
from pkgsuite.system import sandbox
from pkgsuite.workshop import THE_WORKSHOP

__all__ = ["Scenario"]

__unittest = True

PROXY = "Acquire::http::Proxy"


class Scenario(StandIns):
    """A TestCase for package managers: `class Install(Scenario, on=pacman)`.

    Its class fixtures and tests run in a forked process that is root of a world of its own: no network but loopback,
    the host read-only, each machine on a tmpfs. Outcomes are told to the TestResult as if the tests had run here. *on*
    names a manager or several; several multiply the test methods.
    """

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._queue: list[Job] = []

    def start_machine(
        self,
        name: str = "",
        *,
        manager: Manager | None = None,
        installed: Iterable[Package | Archive] = (),
        repositories: Mapping[str, Repository | Sequence[Package | Archive]]
        | Repository
        | Sequence[Package | Archive] = (),
        packages: Iterable[Package | Archive] = (),
        files: Iterable[File | str] = (),
        hooks: Mapping[str, str] | None = None,
        options: Mapping[str, str | Sequence[str]] | None = None,
        repository_options: Mapping[str, Mapping[str, str | Sequence[str]]] | None = None,
        mirror: Mirror | Sequence[Mirror] = (),
        through: Proxy | None = None,
        as_proxy: bool = False,
        refreshed: bool = True,
        disk_bytes: int = sandbox.SIZE_BYTES,
        has_digests: bool = True,
    ) -> Machine:
        """A machine that ends with the test.

        *installed* packages are on its disk and in its database. *repositories* offer packages by name of the
        repository; a list, or a `Repository` that says how they are signed or compressed, stands for a single one
        called `repository`. *packages* are archives in the working directory. *files* are put there last, `File` values
        or lines of the mini-language, so they may edit what a package installed. *hooks* are texts by name, *options*
        and *repository_options* settings of the configuration, which may write `{root}` for the absolute path of the
        root. It asks *mirror*, or several in their order, for their repositories, or the node *through* that is between
        them: by paths, or with *as_proxy* by `Acquire::http::Proxy`. With *refreshed* the databases were fetched
        before. *disk_bytes* is the size of the disk. Without *has_digests* files are told apart by their size and times
        alone.
        """
        mirrors = [mirror] if isinstance(mirror, Mirror) else list(mirror)
        proxied = {PROXY: through.url} if through is not None and as_proxy else {}
        setup = Setup(
            installed=as_archives(installed),
            repositories=as_repositories(repositories) | mirroring.merged(mirrors),
            sources=mirroring.sources(mirrors, None if as_proxy else through),
            packages=as_archives(packages),
            options=as_values({**proxied, **(options or {})}),
            repository_options={name: as_values(given) for name, given in (repository_options or {}).items()},
            hooks=dict(hooks or {}),
            is_refreshed=refreshed,
            installed_s=sandbox.OLD_S,
            workshop=THE_WORKSHOP,
        )
        entries = tuple(file if isinstance(file, File) else File.parse(file) for file in files)
        machine = self._add_machine(name, Parts(manager or self.manager, setup, entries, disk_bytes, has_digests))
        if through is not None:
            self._through[machine.name] = through.name
        return machine

    def start_downloader(
        self,
        tracker: Node | str | Sequence[Node | str] = (),
        mirror: Mirror | Sequence[Mirror] = (),
        *,
        name: str = "",
        http: bool = True,
        as_proxy: bool = False,
        upload_bytes_per_s: int = 0,
        download_bytes_per_s: int = 0,
        most_uploads: int = 10,
        timeout_s: float = 10.0,
        give_up_s: float = 20.0,
        security: bool = False,
        address: str = "",
        port: int = 0,
        peer_ports: Sequence[int] = (0,),
        hosts: Sequence[str] = (),
    ) -> Downloader:
        """A downloader that ends with the test, with a machine that asks it for what *mirror* has: `machine_of`.

        It announces to *tracker*, or to all of several, which may be URLs. Without *http* no file of a package comes
        from the mirror; indexes do. Rates are bytes per second, 0 for no limit, and *most_uploads* is how many peers
        are given to at a time. Peers, trackers and mirrors may be silent for *timeout_s* seconds; without *http* peers
        have *give_up_s* seconds to give a file. With *security* an address has one connection for each torrent only.
        The machine asks by paths, or with *as_proxy* by `Acquire::http::Proxy`. Apt asks at *port*, peers at the first
        of *peer_ports* that is free; 0 is any. Without a mirror there is no machine.
        """
        node = self._downloader(
            name,
            address,
            port,
            peer_ports,
            hosts,
            trackers=as_urls(tracker),
            http=http,
            upload_bytes_per_s=upload_bytes_per_s,
            download_bytes_per_s=download_bytes_per_s,
            most_uploads=most_uploads,
            timeout_s=timeout_s,
            give_up_s=give_up_s,
            security=security,
        )
        if mirror:
            self.start_machine(node.name, mirror=mirror, through=node, as_proxy=as_proxy, refreshed=False)
        return node

    # Queued commands

    def queue(self, machine: Machine | Node, command: str) -> None:
        """Put *command* behind those that wait for `run_queue`; a node stands for the machine that asks it."""
        self._queue.append(Job(machine if isinstance(machine, Machine) else self.machine_of(machine), command))

    def run_queue(self, *, side_by_side: bool = False, timeout: float = TIMEOUT) -> list[CommandResult]:
        """Run the queued commands in order and print how long each took and how it ended; each must succeed.

        All of them run, whatever happens to one. *side_by_side* runs the machines at the same time, each with its own
        commands in order. Raises RuleBroken where commands failed.
        """
        jobs, self._queue = self._queue, []
        self.teller.queued((job.machine.name, job.command) for job in jobs)
        run_jobs(jobs, side_by_side=side_by_side, timeout=timeout)
        print("\n".join(map(str, jobs)))
        for job in jobs:
            if job.trouble is not None:
                raise job.trouble
        results = [job.result for job in jobs if job.result is not None]
        self._judge_queue([job for job in jobs if job.result and job.result.returncode != 0], len(jobs))
        return results

    def _judge_queue(self, broken: Sequence[Job], count: int) -> None:
        if not broken:
            return
        first = broken[0]
        lines = [f"{len(broken)} of {count} queued commands broke RETCODE=0", *(f"  ✗ {job}" for job in broken)]
        lines += story.tell(self.id(), first.machine.name, first.result, first.machine.changes(), self.again())
        raise RuleBroken("\n".join(lines))


def as_values(options: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Options with a tuple of values each."""
    return {key: (value,) if isinstance(value, str) else tuple(value) for key, value in options.items()}
