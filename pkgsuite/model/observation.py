"""All that rules may look at: the commands of a test, the disk before and after, the package database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property

from pkgsuite.model.command import CommandResult
from pkgsuite.model.journal import NodeRecord
from pkgsuite.model.package import Package
from pkgsuite.model.tree import Tree
from pkgsuite.values import dataclass

__all__ = ["Observation"]


@dataclass(frozen=True)
class Observation:
    """One machine after the commands of a test.

    *read* gives the bytes of a regular file (links followed, raises OSError), *read_packages* the installed packages by
    name. *archives* are the file names of the packages that the scenario knows, by name and version; *cache* is the
    directory where the manager keeps archives, and *bookkeeping* the patterns of paths that the manager writes for
    itself. *lock* is the path of the manager's lock if there is one, *placed* what the scenario itself put on the disk.
    *core_dumps* are paths of core files and commands that a signal ended. *read_nodes* gives the nodes of the scenario
    by name, of which *through* is the one that the machine asks in place of mirrors, if there is one.
    """

    commands: tuple[CommandResult, ...] = ()
    before: Tree = field(default_factory=lambda: Tree({}))
    after: Tree = field(default_factory=lambda: Tree({}))
    read: Callable[[str], bytes] = field(default=lambda path: b"")
    read_packages: Callable[[], Mapping[str, Package]] = field(default=dict)
    archives: Mapping[tuple[str, str], str] = field(default_factory=dict)
    cache: str = ""
    bookkeeping: tuple[str, ...] = ()
    lock: str = ""
    placed: frozenset[str] = frozenset()
    core_dumps: tuple[str, ...] = ()
    read_nodes: Callable[[], Mapping[str, NodeRecord]] = field(default=dict)
    through: str = ""

    @cached_property
    def packages(self) -> Mapping[str, Package]:
        """The installed packages by name."""
        return self.read_packages()

    @cached_property
    def nodes(self) -> Mapping[str, NodeRecord]:
        """The nodes of the scenario by name."""
        return self.read_nodes()

    @property
    def last(self) -> CommandResult | None:
        """The command that rules about commands speak of."""
        return self.commands[-1] if self.commands else None

    def text(self, path: str) -> str | None:
        """The content of the regular file that *path* leads to, links followed; None where there is none."""
        found = self.after.resolve(path)
        if not found or self.after[found].kind != "file":
            return None
        return self.read(found).decode("utf-8", "backslashreplace")
