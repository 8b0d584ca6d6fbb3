"""A scenario: a TestCase whose tests run real package managers on machines in a world, and check rules."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from pkgsuite import cache, events, keep, mirroring, story
from pkgsuite.errors import BadValue, RuleBroken, SuiteError, Unsupported
from pkgsuite.fork import gate, outcomes
from pkgsuite.machine import TIMEOUT, Machine, Parts
from pkgsuite.managers.base import Manager, Setup
from pkgsuite.model.command import CommandResult
from pkgsuite.model.file import File
from pkgsuite.model.observation import Observation
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository, as_archives, as_repository
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.queue import Job, run_jobs
from pkgsuite.rules import always, base, report, text
from pkgsuite.system import family, sandbox
from pkgsuite.system.hosts import set_hosts
from pkgsuite.system.place import is_inside
from pkgsuite.variants import ScenarioType, as_managers, multiply
from pkgsuite.workshop import THE_WORKSHOP

__all__ = ["Scenario"]

__unittest = True

MOST_LINES = 200
"""How many lines of a command's output its event carries."""


class Scenario(unittest.TestCase, metaclass=ScenarioType):
    """A TestCase for package managers: `class Install(Scenario, on=pacman)`.

    Its class fixtures and tests run in a forked process that is root of a world of its own: no network but loopback,
    the host read-only, each machine on a tmpfs. Outcomes are told to the TestResult as if the tests had run here. *on*
    names a manager or several; several multiply the test methods.
    """

    managers: ClassVar[tuple[Manager, ...]] = ()
    variants: ClassVar[dict[str, dict[str, Manager]]] = {}

    def __init_subclass__(cls, on: Manager | Iterable[Manager] | None = None, **more: Any) -> None:
        super().__init_subclass__(**more)
        if on is not None:
            cls.managers = as_managers(on)
        cls.variants = {}
        if len(cls.managers) > 1:
            cls.variants = multiply(cls, cls.managers)
        for name, on_the_host in (("setUpClass", gate.set_up_class), ("tearDownClass", gate.tear_down_class)):
            guard(cls, name, on_the_host)

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._number = gate.number_of(self)
        self._machines: list[Machine] = []
        self._nodes: list[Node] = []
        self._queue: list[Job] = []
        self._told: set[tuple[str, str]] = set()
        self._troubles = 0
        self._result: unittest.TestResult | None = None

    @property
    def manager(self) -> Manager:
        """The manager that this test is for; raises SuiteError where the class names none."""
        for variants in self.variants.values():
            if self._testMethodName in variants:
                return variants[self._testMethodName]
        if len(self.managers) != 1:
            raise SuiteError(
                f"{type(self).__name__} names no manager: class {type(self).__name__}(Scenario, on=pacman)"
            )
        return self.managers[0]

    # Running

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test in its world and tell *result*."""
        if result is None:
            return self._run_alone()
        if self._testMethodName in self.variants:
            for name in self.variants[self._testMethodName]:
                type(self)(name).run(result)
            return result
        if is_inside() or outcomes.skip_reason(self) is not None:
            return self._run_here(result)
        keep.prepare()
        cache.prepare()
        missing = self._missing()
        if missing is None:
            gate.run_test(self, self._number, result)
        else:
            result.startTest(self)
            result.addSkip(self, missing)
            result.stopTest(self)
        return result

    def _run_alone(self) -> unittest.TestResult:
        result = self.defaultTestResult()
        result.startTestRun()
        try:
            self.run(result)
        finally:
            result.stopTestRun()
        return result

    def _run_here(self, result: unittest.TestResult) -> unittest.TestResult | None:
        self._result = result
        self._troubles = troubles(self, result)
        strays = family.descendants()
        try:
            return super().run(result)
        finally:
            self._result = None
            family.end(family.descendants() - strays)

    def debug(self) -> None:
        """Run the test without collecting outcomes; only where the whole process is in a world."""
        if not is_inside():
            raise SuiteError(f"debug() needs the whole process in a world: python3 -m pkgsuite world -- … {self.id()}")
        super().debug()

    def _missing(self) -> str | None:
        """Why the manager cannot be had, or None."""
        if not self.managers:
            return None
        try:
            self.manager.find()
        except Unsupported as reason:
            return str(reason)
        return None

    # Machines

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
        root. It asks *mirror*, or several in their order, for their repositories. With *refreshed* the databases were
        fetched before. *disk_bytes* is the size of the disk. Without *has_digests* files are told apart by their size
        and times alone.
        """
        mirrors = [mirror] if isinstance(mirror, Mirror) else list(mirror)
        setup = Setup(
            installed=as_archives(installed),
            repositories=as_repositories(repositories) | mirroring.merged(mirrors),
            sources=mirroring.sources(mirrors),
            packages=as_archives(packages),
            options=as_values(options or {}),
            repository_options={name: as_values(given) for name, given in (repository_options or {}).items()},
            hooks=dict(hooks or {}),
            is_refreshed=refreshed,
            installed_s=sandbox.OLD_S,
            workshop=THE_WORKSHOP,
        )
        entries = tuple(file if isinstance(file, File) else File.parse(file) for file in files)
        parts = Parts(manager or self.manager, setup, entries, disk_bytes, has_digests)
        machine = Machine(name or self._free_name(), parts, self.check, self._heard)
        self._machines.append(machine)
        self.addCleanup(self._finish, machine)
        return machine

    def _free_name(self) -> str:
        number = len(self._machines) + 1
        return "machine" if number == 1 else f"machine{number}"

    # Nodes

    def start_mirror(
        self,
        *packages: Package | Archive,
        name: str = "",
        manager: Manager | None = None,
        repositories: Mapping[str, Repository | Sequence[Package | Archive]]
        | Repository
        | Sequence[Package | Archive] = (),
        address: str = "",
        port: int = 0,
        hosts: Sequence[str] = (),
        credentials: str = "",
        encrypted: bool = False,
    ) -> Mirror:
        """A mirror that ends with the test; `start_machine(mirror=…)` lets a machine use it.

        It offers *packages* in a repository called `repository`, or *repositories* as `start_machine` takes them. It
        has an address of its own and a free port, unless they are given; *hosts* are names for it in this world.
        *credentials* are `user:password`, which machines are told. With *encrypted* it speaks TLS, by an authority that
        no machine trusts: `mirror.authority`.
        """
        number = sum(1 for node in self._nodes if isinstance(node, Mirror)) + 1
        offered = as_repositories(repositories) | as_repositories(packages)
        render = mirroring.render(manager or self.manager, THE_WORKSHOP)
        mirror = Mirror(
            self._node_name(name or f"mirror{number if number > 1 else ''}"),
            address=address,
            port=port,
            hosts=hosts,
            credentials=credentials,
            encrypted=encrypted,
            render=render,
        )
        for each in offered:
            mirror.publish(each, offered[each], mirror.date_s)
        self._start(mirror)
        return mirror

    def _node_name(self, name: str) -> str:
        if not is_inside():
            raise SuiteError(f"{name} runs only in a world: start nodes in setUp or in a test method of a Scenario")
        if name in (node.name for node in self._nodes):
            raise SuiteError(f"there is already a node called {name}; give each a name of its own")
        return name

    def _start(self, node: Node) -> None:
        """Let *node* run until the test ends."""
        self._nodes.append(node)
        self.addCleanup(self._finish_node, node)
        self._name_hosts(node)
        node.start()
        self._emit(events.Node(self.id(), node.name, node.kind, node.url, "started"))

    def _name_hosts(self, changed: Node) -> None:
        """Let the names of all nodes lead to them, if the one that came or went has names."""
        if changed.hosts:
            set_hosts({name: node.address for node in self._nodes for name in node.hosts})

    def _finish_node(self, node: Node) -> None:
        """End a node; raises SuiteError where it has ended by itself."""
        self._nodes.remove(node)
        try:
            self._name_hosts(node)
            node.close()
        finally:
            self._emit(events.Node(self.id(), node.name, node.kind, node.url, "ended", node.log_tail))

    def _finish(self, machine: Machine) -> None:
        """The last look at a machine: what must never happen, then its end."""
        try:
            if machine.commands:
                self._look_again(machine)
        finally:
            try:
                self._keep(machine)
            finally:
                self._machines.remove(machine)
                machine.close()

    def _look_again(self, machine: Machine) -> None:
        """Judge what must never happen once more, since the test may have done anything after its last check."""
        self._judge(machine, [])

    def _keep(self, machine: Machine) -> None:
        if keep.wants(troubles(self, self._result) > self._troubles):
            commands = tuple((each.command, each.status) for each in machine.commands)
            manager = machine.manager
            facts = keep.Facts(self.id(), machine.name, manager.name, machine.root, manager.working_directory, commands)
            path = keep.keep(facts, machine.sandbox.pack)
            self._emit(events.Kept(self.id(), machine.name, str(path)))

    # Queued commands

    def queue(self, machine: Machine, command: str) -> None:
        """Put *command* behind those that wait for `run_queue`."""
        self._queue.append(Job(machine, command))

    def run_queue(self, *, side_by_side: bool = False, timeout: float = TIMEOUT) -> list[CommandResult]:
        """Run the queued commands in order and print how long each took and how it ended; each must succeed.

        All of them run, whatever happens to one. *side_by_side* runs the machines at the same time, each with its own
        commands in order. Raises RuleBroken where commands failed.
        """
        jobs, self._queue = self._queue, []
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

    # Rules

    def check(self, *subjects: Machine | base.Rule | str | Sequence[base.Rule | str]) -> None:
        """Check rules on a machine, named first where there are several; raises RuleBroken with all that are broken.

        Rules are values or text: `self.check(installed("a"), "FILE_EXIST=usr/bin/a")`.
        """
        machines = [subject for subject in subjects if isinstance(subject, Machine)]
        rules: list[base.Rule | str] = []
        for subject in subjects:
            if isinstance(subject, (base.Rule, str)):
                rules.append(subject)
            elif isinstance(subject, (list, tuple)):
                rules += subject
            elif not isinstance(subject, Machine):
                raise BadValue("check", subject, "a machine, rules as values or text, or lists of rules")
        if len(machines) > 1 or (not machines and len(self._machines) != 1):
            raise SuiteError("expected one machine: self.check(machine, rule, …)")
        if not rules:
            raise BadValue("check", subjects, "at least one rule")
        self._judge(machines[0] if machines else self._machines[0], [as_rule(rule) for rule in rules])

    def _judge(self, machine: Machine, rules: Sequence[base.Rule | str]) -> None:
        """Judge *rules*, and what must never happen; raises RuleBroken with all that are broken."""
        seen = self._observe(machine)
        verdicts = [as_rule(rule).check(seen) for rule in rules]
        for verdict in always.verdicts(seen):
            if not verdict.held and (machine.name, verdict.rule) not in self._told:
                self._told.add((machine.name, verdict.rule))
                verdicts.append(verdict)
        for verdict in verdicts:
            self._emit(events.Rule(self.id(), machine.name, verdict.rule, verdict.held, verdict.expected, verdict.seen))
        if not all(verdict.held for verdict in verdicts):
            told = story.tell(self.id(), machine.name, seen.last, machine.changes(), self.again())
            raise RuleBroken("\n".join([report.block(verdicts), *told]))

    def _observe(self, machine: Machine) -> Observation:
        """All that rules may look at: the machine, and the nodes."""
        seen, nodes = machine.observe(), tuple(self._nodes)
        if not nodes:
            return seen
        archives = mirroring.archive_names(machine.manager, nodes)
        return replace(seen, archives={**archives, **seen.archives}, read_nodes=lambda: mirroring.records(nodes))

    def again(self) -> str:
        """One line for a shell that repeats the test."""
        return story.again(["run", self.id()])

    # Events

    def _emit(self, event: events.Event) -> None:
        listen = getattr(self._result, "event", None)
        if listen is not None:
            listen(event)

    def _heard(self, machine: Machine, result: CommandResult) -> None:
        usage = result.usage
        self._emit(
            events.Command(
                self.id(),
                machine.name,
                result.command,
                result.argv,
                result.status,
                result.returncode,
                result.seconds,
                usage.user_s,
                usage.system_s,
                usage.peak_rss_bytes,
                "\n".join(result.lines()[-MOST_LINES:]),
            )
        )


def troubles(test: unittest.TestCase, result: unittest.TestResult | None) -> int:
    """How many errors and failures are known by now: to *result*, and before Python 3.11 to the test itself."""
    waiting = getattr(getattr(test, "_outcome", None), "errors", ())
    told = len(getattr(result, "errors", ())) + len(getattr(result, "failures", ()))
    return told + sum(1 for _, error in waiting if error is not None)


def guard(kind: type[Scenario], name: str, on_the_host: Callable[[type[Scenario]], None]) -> None:
    """Let the class fixture *name* of *kind* run in the world only; on the host *on_the_host* stands in its place."""
    own = kind.__dict__.get(name)

    def fixture(cls: type[Scenario]) -> None:
        if not is_inside():
            keep.prepare()
            cache.prepare()
            on_the_host(cls)
        elif own is not None:
            own.__get__(None, cls)()
        else:
            getattr(super(kind, cls), name)()

    fixture.__name__ = name
    setattr(kind, name, classmethod(fixture))


def as_rule(rule: base.Rule | str) -> base.Rule:
    """The rule that a text stands for; raises BadRule."""
    return text.parse(rule) if isinstance(rule, str) else rule


def as_repositories(
    given: Mapping[str, Repository | Sequence[Package | Archive]] | Repository | Sequence[Package | Archive],
) -> dict[str, Repository]:
    """Repositories by their names; a single one is called `repository`."""
    if not isinstance(given, Mapping):
        given = {"repository": given} if given else {}
    return {name: as_repository(offered) for name, offered in given.items()}


def as_values(options: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Options with a tuple of values each."""
    return {key: (value,) if isinstance(value, str) else tuple(value) for key, value in options.items()}
