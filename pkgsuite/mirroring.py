"""Mirrors of a manager's repositories: what they serve, and where machines find it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from pkgsuite.errors import BadValue
from pkgsuite.managers.base import Manager, Workshop
from pkgsuite.model.file import File
from pkgsuite.model.journal import NodeRecord
from pkgsuite.model.repository import Repository
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.mirror import Mirror, Render

__all__ = ["Proxy", "archive_names", "merged", "records", "render", "sources"]


def render(manager: Manager, workshop: Workshop) -> Render:
    """A function that makes the files of a repository as *manager* reads it, by the paths that it asks for."""

    def files(name: str, repository: Repository) -> Iterator[File]:
        for file in manager.repository(name, repository, workshop):
            yield replace(file, path=file.path.removeprefix(f"{manager.published}/"))

    return files


def merged(mirrors: Iterable[Mirror]) -> dict[str, Repository]:
    """The repositories of all *mirrors*; where several have one, it is that of the first."""
    found: dict[str, Repository] = {}
    for mirror in mirrors:
        if not isinstance(mirror, Mirror):
            raise BadValue("mirror", mirror, "a mirror from start_mirror, or a list of them")
        found = mirror.repositories | found
    return found


class Proxy(Protocol):
    """A node between machines and mirrors."""

    name: str

    @property
    def url(self) -> str:
        """Where it answers."""

    def url_of(self, mirror: Mirror) -> str:
        """Where it has what a mirror has."""


def sources(mirrors: Iterable[Mirror], through: Proxy | None = None) -> dict[str, tuple[str, ...]]:
    """Where each repository is found: the URLs of all mirrors that have it, in the order of *mirrors*.

    With *through* these are URLs of a proxy; raises BadValue where that cannot ask a mirror.
    """
    found: dict[str, tuple[str, ...]] = {}
    for mirror in mirrors:
        url = mirror.url if through is None else through.url_of(mirror)
        for name in mirror.repositories:
            found[name] = (*found.get(name, ()), url)
    return found


def archive_names(manager: Manager, nodes: Iterable[Node]) -> dict[tuple[str, str], str]:
    """The file names of all packages that mirrors ever published, by name and version."""
    return {
        (archive.package.name, archive.package.version): manager.cached_name(archive)
        for node in nodes
        if isinstance(node, Mirror)
        for archive in node.published
    }


def records(nodes: Iterable[Node]) -> Mapping[str, NodeRecord]:
    """What rules may know of *nodes*, by their names."""
    return {
        node.name: NodeRecord(
            node.is_alive,
            node.notes,
            node.offers if isinstance(node, Mirror) else None,
            node.kind,
            node.address,
            node.is_whole,
        )
        for node in nodes
    }
