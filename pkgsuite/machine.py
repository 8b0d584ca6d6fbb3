"""A machine: a sandbox with a package manager in it."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pkgsuite import beside, snapshot
from pkgsuite.beside import Beside
from pkgsuite.errors import BadArchive, BadValue, CommandTimeout, SuiteError, Unsupported
from pkgsuite.managers.base import Manager, Setup
from pkgsuite.model.command import CommandResult, Usage
from pkgsuite.model.file import File, check_path, with_parents
from pkgsuite.model.observation import Observation
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository, as_archives, as_repository
from pkgsuite.model.tree import Change, FileState, Tree
from pkgsuite.system import hiding, process, shell, terminal, tools
from pkgsuite.system.ground import inside
from pkgsuite.system.place import Place
from pkgsuite.system.sandbox import (
    OLD_S,
    SIZE_BYTES,
    Copy,
    Directory,
    Sandbox,
    Share,
    Step,
    SymbolicLink,
    Text,
)
from pkgsuite.system.terminal import Attended
from pkgsuite.telling import Teller
from pkgsuite.values import dataclass

if TYPE_CHECKING:
    from pkgsuite.system.cable import Cable

__all__ = ["Attended", "Machine", "Parts"]

__unittest = True

TIMEOUT = 60.0
DUMPING = {signal.SIGQUIT, signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGSEGV}
DUMPING |= {signal.SIGSYS}
"""Signals that leave a core dump; signal(7)."""
PLAIN = re.compile(r"[A-Za-z0-9_.,:;+=@%^~/<>|&()\[\]{} -]*")
"""What a shell's rules split where the spaces are."""
CORE = re.compile(r"core(?:\.*[0-9]+)?")
"""What the kernel calls a core dump; core(5)."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a machine is made of: its manager, what that starts with, files besides, and the size of the disk.

    Without *has_digests*, files are told apart by their size and times alone, which is faster.
    """

    manager: Manager
    setup: Setup
    files: tuple[File, ...] = ()
    disk_bytes: int = SIZE_BYTES
    has_digests: bool = True


class Machine:
    """A root with a package manager; made by `Scenario.start_machine`.

    *judge* checks rules and raises RuleBroken, *teller* hears of each command.
    """

    def __init__(
        self,
        name: str,
        parts: Parts,
        judge: Callable[[Machine, Sequence[str]], object],
        teller: Teller,
    ) -> None:
        self.name = name
        self.network: Cable | None = None
        self.manager = parts.manager
        self._judge = judge
        self._teller = teller
        self._archives = list(parts.setup.known_archives)
        self._workshop = parts.setup.workshop
        self._commands: list[CommandResult] = []
        self._before: Tree | None = None
        self._seen: Tree | None = None
        self._placed: set[str] = set()
        self._core_dumps: list[str] = []
        self._published = 0
        self._sources = parts.setup.sources
        self._has_digests = parts.has_digests
        self.sandbox = Sandbox(name, parts.disk_bytes)
        try:
            if self.sandbox.place.has_mounts:
                hiding.hide(self.manager.hidden)
            else:
                self.manager.check_host()
            program = shell.find_shell(needs_static=self.sandbox.place.needs_static_shell)
            give = Share if self.sandbox.place.has_mounts else Copy
            self.sandbox.apply(give(path, program) for path in self.manager.shells)
            self.sandbox.apply(tools.steps(self.manager.tools, self.sandbox.place))
            check_owners(self.sandbox.place, self._archives)
            self._place(self.manager.files(parts.setup, self.root), OLD_S)
            self._place(parts.files, OLD_S)
        except BaseException:
            self.sandbox.close()
            raise

    def __repr__(self) -> str:
        return f"<Machine {self.name} with {self.manager!r}>"

    @property
    def root(self) -> str:
        """The absolute path of the root."""
        return self.sandbox.root

    @property
    def commands(self) -> tuple[CommandResult, ...]:
        """The commands that have ended, in order."""
        return tuple(self._commands)

    def _place(self, files: Iterable[File], mtime_s: int | None = None) -> None:
        def steps() -> Iterator[Step]:
            for file in files:
                self._placed.add(file.path)
                yield step_for(file, mtime_s)

        self.sandbox.apply(steps())

    # What the manager does

    def run(self, command: str, *, timeout: float = TIMEOUT, stdin: str = "") -> CommandResult:
        """Run *command*, which must succeed: rule RETCODE=0. Raises CommandTimeout after *timeout* seconds."""
        result = self.execute(command, timeout=timeout, stdin=stdin)
        self._judge(self, ["RETCODE=0"])
        return result

    def refuses(self, command: str, says: str, *, timeout: float = TIMEOUT, stdin: str = "") -> CommandResult:
        """Run *command*, which must fail and print the words *says*: rules !RETCODE=0 and OUTPUT=…"""
        if not says:
            raise BadValue("says", says, "words that the manager prints, so that it fails for the right reason")
        result = self.execute(command, timeout=timeout, stdin=stdin)
        self._judge(self, ["!RETCODE=0", f"OUTPUT={quoted(says)}"])
        return result

    def execute(
        self,
        command: str,
        *,
        timeout: float = TIMEOUT,
        stdin: str = "",
        side_by_side: bool = False,
        attended: Attended | None = None,
        told: Beside | None = None,
    ) -> CommandResult:
        """Run *command* whatever comes of it; rules say what should. Raises CommandTimeout after *timeout* seconds.

        An *attended* command is left to the user at the terminal, without a deadline. Whoever is *told* of it can send
        it signals.
        """
        argv = self.manager.argv(split(command), self.root)
        if self._before is None:
            self._before = self._look()
        self._seen = None
        versions_before = self._versions()
        env, cwd = self._environment(), f"{self.root}/{self.manager.working_directory}"
        running = self._teller.launch(self.name, command, argv)
        if told is not None:
            told.follow(running)
        try:
            if attended is not None:
                ended = terminal.run(argv, env=env, cwd=cwd, attended=attended)
            else:
                ended = process.run(
                    argv,
                    env=env,
                    cwd=cwd,
                    timeout=timeout,
                    stdin=stdin.encode(),
                    side_by_side=side_by_side,
                    follower=running,
                    network=self.network,
                )
        except BaseException:
            self._teller.failed(running)
            raise
        result = CommandResult(
            command,
            tuple(argv),
            ended.returncode,
            ended.stdout,
            ended.stderr,
            ended.seconds,
            Usage(ended.user_s, ended.system_s, ended.peak_rss_bytes),
            ended.timed_out,
            ended.is_cut,
            len(self._commands) + 1,
            versions_before,
            self._versions(),
        )
        self._commands.append(result)
        self._core_dumps += self._new_core_dumps(result)
        if self.manager.transcript:
            self.sandbox.apply([Text(self.manager.transcript, result.stdout + result.stderr)])
        self._teller.ended(running, result)
        if result.timed_out:
            tail = "\n".join(result.lines()[-10:])
            raise CommandTimeout(
                f"{command!r} did not end within {timeout:g} s and was killed with all it had started; "
                f"give it more time (timeout=…) or see where it waits. It said last:\n{tail}"
            )
        return result

    def running(
        self, command: str, *, timeout: float = TIMEOUT, stdin: str = ""
    ) -> contextlib.AbstractContextManager[Beside]:
        """Run *command* beside a `with` block, whatever comes of it; behind the block it has ended.

        What the block gets can send it signals. Raises CommandTimeout behind the block.
        """

        def run(told: Beside) -> None:
            self.execute(command, timeout=timeout, stdin=stdin, side_by_side=True, told=told)

        return beside.running(run)

    def _versions(self) -> Mapping[str, str] | None:
        """The versions of the installed packages; None where the database cannot be read."""
        try:
            return self.manager.read_versions(self.root)
        except BadArchive:
            return None

    def _environment(self) -> dict[str, str]:
        return self.manager.environment(self.root) | dict(self.sandbox.place.environment)

    def _new_core_dumps(self, result: CommandResult) -> Iterator[str]:
        if -result.returncode in DUMPING:
            yield f"{result.command} ({result.status})"
        directory = self.manager.working_directory
        with contextlib.suppress(FileNotFoundError):
            paths = [f"{directory}/{name}" for name in os.listdir(f"{self.root}/{directory}") if CORE.fullmatch(name)]
            yield from sorted(set(paths) - self._placed)

    def refresh(self) -> CommandResult:
        """Fetch the databases of the repositories."""
        return self.run(self.manager.refresh())

    def install(self, *targets: str | Package | Archive) -> CommandResult:
        """Install packages: by name from a repository, others from an archive in the working directory."""
        names = [target for target in targets if isinstance(target, str)]
        archives = as_archives(target for target in targets if not isinstance(target, str))
        self.add_archives(*archives)
        commands = self.manager.install(names, [self.manager.archive_name(archive) for archive in archives])
        if not commands:
            raise BadValue("install", targets, "names of packages, Package or Archive values")
        return [self.run(command) for command in commands][-1]

    def upgrade(self) -> CommandResult:
        """Bring every package up to date with the databases."""
        return self.run(self.manager.upgrade())

    def remove(self, *names: str) -> CommandResult:
        """Remove packages."""
        return self.run(self.manager.remove(names))

    def download(self, *names: str) -> CommandResult:
        """Fetch packages into the cache and install nothing."""
        return self.run(self.manager.download(names))

    # What the scenario does

    def write(self, path: str, content: str | bytes = "", mode: int | None = None) -> None:
        """Write a file as the user of the machine would; rules do not count it as the manager's change."""
        self.place(File(path, content, mode=mode))

    def place(self, *files: File | str, mtime_s: int | None = None) -> None:
        """Put files, directories and links on the disk, `File` values or lines of the file mini-language.

        *mtime_s* is when regular files were last changed, in seconds since the epoch; None is now.
        """
        values = [file if isinstance(file, File) else File.parse(file) for file in files]
        earlier = self._look() if self._before is not None else None
        self._place(values, mtime_s)
        if earlier is not None:
            self._refresh_before(values, earlier)

    def _refresh_before(self, files: Sequence[File], earlier: Tree) -> None:
        """Let what placing *files* did count as there before; what the manager had done to directories does not."""
        assert self._before is not None
        now = self._look()
        touched = {entry.path for entry in with_parents(files)}
        real = {now.resolve(path, follow_last=False) or path for path in touched}
        real = {path for path in real if not is_same_directory(earlier.get(path), now.get(path))}
        states = {path: state for path, state in self._before.items() if path not in real}
        self._before = Tree(states | {path: now[path] for path in real if path in now})

    def read(self, path: str) -> bytes:
        """The bytes of a file, links followed inside the root; raises SuiteError where there is none."""
        check_path("path", path)
        found = self._look().resolve(path)
        if not found or not os.path.isfile(f"{self.root}/{found}"):
            raise SuiteError(f"there is no file {path} on {self.name}")
        return Path(self.root, found).read_bytes()

    def delete(self, path: str) -> None:
        """Delete a file or a link as the user of the machine would."""
        check_path("path", path)
        place = inside(self.root, path, follow_last=False)
        try:
            os.unlink(place)
        except OSError as error:
            raise SuiteError(f"{path} cannot be deleted on {self.name}: {error.strerror}") from error
        gone = {path, place.removeprefix(f"{self.root}/")}
        self._placed -= gone
        if self._before is not None:
            self._before = Tree({known: state for known, state in self._before.items() if known not in gone})

    def publish(self, name: str, repository: Repository | Iterable[Package | Archive]) -> None:
        """Replace what the repository *name* offers; machines see it when they refresh.

        The dates of what is published go up by a second each time, since managers compare whole seconds.
        """
        if name in self._sources:
            raise SuiteError(f"{name} lies on a mirror: publish it there, mirror.publish({name!r}, …)")
        offered = as_repository(repository)
        check_owners(self.sandbox.place, offered.archives)
        self._archives += offered.archives
        self._published += 1
        files = self.manager.repository(name, offered, self._workshop)
        self.place(*files, mtime_s=OLD_S + self._published)

    def add_archives(self, *packages: Package | Archive) -> None:
        """Put the archives of *packages* into the working directory."""
        archives = as_archives(packages)
        check_owners(self.sandbox.place, archives)
        self._archives += archives
        if archives:
            self.place(*self.manager.archives(archives, self._workshop))

    # What rules see

    def observe(self) -> Observation:
        """All that rules may look at, as it is now."""
        after = Tree(self._look)
        return Observation(
            commands=self.commands,
            before=self._before if self._before is not None else after,
            after=after,
            read=lambda path: Path(self.root, path).read_bytes(),
            read_packages=lambda: self.manager.read_packages(self.root),
            archives={
                (each.package.name, each.package.version): self.manager.cached_name(each) for each in self._archives
            },
            cache=self.manager.cache,
            bookkeeping=self.manager.bookkeeping,
            lock=self.manager.lock if self._is_locked() else "",
            placed=frozenset(self._placed),
            core_dumps=tuple(self._core_dumps),
        )

    def _is_locked(self) -> bool:
        return os.path.lexists(inside(self.root, self.manager.lock, follow_last=False))

    def _look(self) -> Tree:
        self._seen = snapshot.take(
            self.root, has_digests=self._has_digests, is_pretended=self.sandbox.place.is_pretended
        )
        return self._seen

    def changes(self) -> list[Change]:
        """What changed on the disk since before the first command."""
        return self._look().changes_since(self._before) if self._before is not None else []

    def changes_seen(self) -> list[Change]:
        """The same, by the last look since the last command where rules had one."""
        return (self._seen or self._look()).changes_since(self._before) if self._before is not None else []

    def close(self) -> None:
        """Take the sandbox away."""
        self.sandbox.close()


def is_same_directory(earlier: FileState | None, now: FileState | None) -> bool:
    """Whether there is a directory as it was, but for its times, which tell of what lies in it."""
    return earlier is not None and now is not None and now.kind == "dir" and not now.differs(earlier)


def check_owners(place: Place, archives: Iterable[Archive]) -> None:
    """Raise Unsupported where files of archives have owners that nobody can give them at *place*."""
    for archive in () if place.keeps_owners else archives:
        for file in archive.package.entries:
            if file.uid or file.gid:
                raise Unsupported(
                    f"no owner {file.uid}:{file.gid} of {file.path} where the manager is {place.rung}'s root; a range "
                    "of ids is needed (apt-get install uidmap)"
                )


def step_for(file: File, mtime_s: int | None) -> Step:
    """The step that makes *file*; *mtime_s* is for regular files."""
    if file.target is not None:
        return SymbolicLink(file.path, file.target, file.uid, file.gid)
    if file.is_directory:
        return Directory(file.path, file.mode, file.uid, file.gid)
    return Text(file.path, file.data, file.permissions, file.uid, file.gid, mtime_s)


def split(command: str) -> list[str]:
    """The words of a command, as a shell would split them; raises BadValue where it cannot be split."""
    if PLAIN.fullmatch(command):
        return command.split()
    try:
        return shlex.split(command)
    except ValueError as error:
        raise BadValue("command", command, f"words as in a shell ({error})") from error


def quoted(words: str) -> str:
    """A regular expression that finds *words*."""
    return "".join(char if char.isalnum() or char in " _'\":;,/%&=<>@!~`-" else f"\\{char}" for char in words)
