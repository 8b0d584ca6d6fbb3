"""Trackers and downloaders that run beside the machines until their test ends."""

from __future__ import annotations

from collections.abc import Sequence

from pkgsuite.errors import BadValue, SuiteError
from pkgsuite.hosting import Hosting
from pkgsuite.machine import Machine
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.downloader import Downloader, Options
from pkgsuite.nodes.tracker import INTERVAL_S, Tracker
from pkgsuite.rules import base

__all__ = ["Swarm", "as_urls"]

__unittest = True


class Swarm(Hosting):
    """A test with machines and nodes, of which some are peers."""

    def start_tracker(
        self,
        *,
        name: str = "",
        interval_s: float = INTERVAL_S,
        address: str = "",
        port: int = 0,
        hosts: Sequence[str] = (),
    ) -> Tracker:
        """A tracker that ends with the test; downloaders announce to it every *interval_s* seconds.

        It has an address of its own and a free port, unless they are given; *hosts* are names for it in this world.
        """
        name = self._node_name(name or self._numbered(Tracker))
        tracker = Tracker(
            name,
            interval_s=interval_s,
            directory=self._node_directory(name),
            address=address or self._own_address(),
            port=port,
            hosts=hosts,
        )
        self._start(tracker)
        return tracker

    def _downloader(
        self, name: str, address: str, port: int, peer_ports: Sequence[int], hosts: Sequence[str], **options: object
    ) -> Downloader:
        """A downloader that ends with the test; *options* are those of `Options`."""
        name = self._node_name(name or self._numbered(Downloader))
        directory = self._node_directory(name)
        chosen = Options(directory, **options)  # type: ignore[arg-type]
        node = Downloader(
            name, chosen, address=address or self._own_address(), port=port, peer_ports=peer_ports, hosts=hosts
        )
        self._start(node)
        return node

    def _numbered(self, kind: type[Node]) -> str:
        number = sum(1 for node in self._nodes if isinstance(node, kind)) + 1
        return kind.kind if number == 1 else f"{kind.kind}{number}"

    # Machines behind nodes

    def machine_of(self, node: Node) -> Machine:
        """The machine that asks *node* in place of mirrors, the first if there are several."""
        for machine in self._machines:
            if self._through.get(machine.name) == node.name:
                return machine
        raise SuiteError(f"no machine asks {node.name}: start_machine(mirror=…, through=…)")

    def check(self, *subjects: Machine | Node | base.Rule | str | Sequence[base.Rule | str]) -> None:
        """Check rules on a machine, named first where there are several; raises RuleBroken with all that are broken.

        A node stands for the machine that asks it. Rules are values or text:
        `self.check(installed("a"), "FILE_EXIST=usr/bin/a")`.
        """
        super().check(*(self.machine_of(each) if isinstance(each, Node) else each for each in subjects))


def as_urls(trackers: Node | str | Sequence[Node | str]) -> tuple[str, ...]:
    """The URLs of trackers, which are nodes or URLs; raises BadValue."""
    given = [trackers] if isinstance(trackers, (Node, str)) else list(trackers)
    for each in given:
        if not isinstance(each, (Node, str)):
            raise BadValue("tracker", each, "a tracker from start_tracker, a URL, or a list of them")
    return tuple(each if isinstance(each, str) else each.url for each in given)
