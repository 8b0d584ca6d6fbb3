"""Links of machines and nodes, which a scenario may cut, slow and delay, and what is done while a command runs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Protocol

from pkgsuite import events
from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.judging import Judging
from pkgsuite.machine import Machine, Parts
from pkgsuite.system import cable, pulse
from pkgsuite.system.cable import Cable
from pkgsuite.system.network import Network
from pkgsuite.system.relay import RelayedNetwork

__all__ = ["Link", "Linking"]

__unittest = True

NO_LINKS = "{0} has no link of its own: class {1}(Scenario, …, links=True), and leave out its address"


class Node(Protocol):
    """A node, as far as links know it."""

    name: str
    address: str


class Link:
    """The cable between one machine or node and all others; made by `Scenario.link`."""

    def __init__(self, name: str, network: Cable, tell: Callable[[str], object]) -> None:
        self.name = name
        self._network = network
        self._tell = tell
        self._cut_at = 0.0

    def __repr__(self) -> str:
        return f"<Link of {self.name}>"

    @property
    def address(self) -> str:
        """The address of whoever is at its end."""
        return self._network.address

    @property
    def cut_s(self) -> float:
        """For how many seconds it has been cut; 0 while it is not."""
        return time.monotonic() - self._cut_at if self._network.is_cut else 0.0

    def cut(self) -> None:
        """Lose whatever comes or goes, silently; connections stay, and find out by themselves."""
        self._network.cut()
        self._cut_at = time.monotonic()
        self._tell(f"link of {self.name}: cut")

    def join(self) -> None:
        """Join it again; what was asked of speed and delay holds as before."""
        self._network.join()
        self._tell(f"link of {self.name}: joined")

    def slow(self, bytes_per_s: int) -> None:
        """Let no more than so many bytes a second come, and as many go; 0 lifts the limit."""
        self._network.slow(bytes_per_s)
        self._tell(f"link of {self.name}: {f'{bytes_per_s} bytes/s' if bytes_per_s else 'as fast as it can'}")

    def delay(self, seconds: float) -> None:
        """Let whatever comes or goes take so much longer, each way; 0 ends that."""
        self._network.delay(seconds)
        self._tell(f"link of {self.name}: {seconds:g} s later each way")


class Linking(Judging):
    """A test whose machines and nodes have links: `class Cut(Scenario, on=apt, links=True)`.

    Each then has a network and an address of its own. Where networks cannot be had, a relay stands before each node.
    """

    has_links: ClassVar[bool] = False

    def __init_subclass__(cls, links: bool | None = None, **more: Any) -> None:
        super().__init_subclass__(**more)
        if links is not None:
            cls.has_links = links

    def link(self, end: Machine | Node) -> Link:
        """The link of a machine or a node, whatever program it is.

        It is whole again before nodes end with the test, so that none waits in vain for an answer to its good-bye.
        """
        if not self.has_links:
            raise SuiteError(NO_LINKS.format(end.name, type(self).__name__))
        found = end.network if isinstance(end, Machine) else cable.at(end.address)
        if found is None:
            raise SuiteError(NO_LINKS.format(end.name, type(self).__name__))
        self.addCleanup(found.restore)
        return Link(end.name, found, lambda text: self._emit(events.Note(text, self.id())))

    def _add_machine(self, name: str, parts: Parts) -> Machine:
        own = self._own_network()
        machine = super()._add_machine(name, parts)
        machine.network = own
        return machine

    def _own_address(self) -> str:
        """The address of a new network for a node; nothing where there are no links."""
        own = self._own_network()
        return own.address if own else ""

    def _own_network(self) -> Cable | None:
        """A network that ends with the test."""
        if not self.has_links:
            return None
        made = new_cable()
        self.addCleanup(made.close)
        return made

    @contextlib.contextmanager
    def when(self, condition: Callable[[], object], action: Callable[[], object]) -> Iterator[None]:
        """Do *action* as soon as *condition* is true while commands run in the block.

        It is asked a few times a second. Raises SuiteError where it was never true, since then the test showed nothing.
        """
        was_done = False

        def look() -> None:
            nonlocal was_done
            if not was_done and condition():
                was_done = True
                action()

        with pulse.every(0, look):
            yield
        if not was_done:
            raise SuiteError(
                "what the test waited for did not come true while commands ran: let them take longer, "
                "by a slower link or a larger package"
            )


def new_cable() -> Cable:
    """A network of its own, or where that cannot be a relay; raises Unsupported where neither can be."""
    with contextlib.suppress(Unsupported):
        return Network()
    return RelayedNetwork()
