"""Nodes that run beside the machines until their test ends: what starts, watches and ends them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pkgsuite import mirroring
from pkgsuite.errors import SuiteError
from pkgsuite.linking import Linking
from pkgsuite.machine import Machine
from pkgsuite.managers.base import Manager
from pkgsuite.model.observation import Observation
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository, as_repositories
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.system import trees
from pkgsuite.system.hosts import set_hosts
from pkgsuite.system.place import here, is_inside
from pkgsuite.workshop import THE_WORKSHOP

__all__ = ["Hosting"]

__unittest = True

NODES = ".nodes"
"""Where nodes keep their files, beside the roots of the machines."""


class Hosting(Linking):
    """A test with machines and nodes."""

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._nodes: list[Node] = []
        self._through: dict[str, str] = {}

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
        tunnel_to: Mirror | None = None,
    ) -> Mirror:
        """A mirror that ends with the test; `start_machine(mirror=…)` lets a machine use it.

        It offers *packages* in a repository called `repository`, or *repositories* as `start_machine` takes them. It
        has an address of its own and a free port, unless they are given; *hosts* are names for it in this world.
        *credentials* are `user:password`, which machines are told. With *encrypted* it speaks TLS, by an authority that
        no machine trusts: `mirror.authority`. As a proxy that is asked for a tunnel it leads to *tunnel_to*.
        """
        number = sum(1 for node in self._nodes if isinstance(node, Mirror)) + 1
        offered = as_repositories(repositories) | as_repositories(packages)
        render = mirroring.render(manager or self.manager, THE_WORKSHOP)
        mirror = Mirror(
            self._node_name(name or f"mirror{number if number > 1 else ''}"),
            address=address or self._own_address(),
            port=port,
            hosts=hosts,
            credentials=credentials,
            encrypted=encrypted,
            tunnel_to=tunnel_to,
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

    def _node_directory(self, name: str) -> str:
        """A new directory for the files of a node, which goes with the test."""
        place = here()
        assert place is not None
        directory = f"{place.sandboxes}/{NODES}/{name}"
        os.makedirs(directory)
        self.addCleanup(trees.remove, directory)
        return directory

    def _start(self, node: Node) -> None:
        """Let *node* run until the test ends."""
        self._nodes.append(node)
        self.addCleanup(self._finish_node, node)
        self._name_hosts(node)
        node.start()
        self.teller.node_started(node)

    def _name_hosts(self, changed: Node) -> None:
        """Let the names of all nodes lead to them, if the one that came or went has names."""
        if changed.hosts:
            set_hosts({name: node.address for node in self._nodes for name in node.hosts})

    def _finish_node(self, node: Node) -> None:
        """End a node; raises SuiteError where it has ended by itself."""
        self._nodes.remove(node)
        try:
            self.teller.node_ends(node)
            if self.teller.is_heard:
                self.teller.node_noted(node, node.notes)
            self._name_hosts(node)
            node.close()
        finally:
            self.teller.node_ended(node)

    def _observe(self, machine: Machine) -> Observation:
        """All that rules may look at: the machine, and the nodes."""
        seen, nodes = super()._observe(machine), tuple(self._nodes)
        if not nodes:
            return seen
        archives = mirroring.archive_names(machine.manager, nodes)
        return replace(
            seen,
            archives={**archives, **seen.archives},
            read_nodes=lambda: mirroring.records(nodes),
            through=self._through.get(machine.name, ""),
        )
