"""Real programs that run beside the machines until their test ends, as nodes."""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

from pkgsuite.formats import torrent
from pkgsuite.formats.torrent import Torrent
from pkgsuite.hosting import Hosting
from pkgsuite.nodes.external import External
from pkgsuite.nodes.mirror import Mirror

__all__ = ["Programs"]

__unittest = True

Kind = TypeVar("Kind", bound=External)


class Programs(Hosting):
    """A test with machines and nodes, some of which are programs of others."""

    def start_program(self, kind: type[Kind], /, name: str = "", **options: Any) -> Kind:
        """A program as a node that ends with the test, such as `start_program(Squid)`; *options* are those of its kind.

        It has an address of its own and a free port, unless they are given. Prints which version it is. Skips the test
        where the program is not installed.
        """
        number = sum(1 for node in self._nodes if node.kind == kind.kind) + 1
        name = self._node_name(name or f"{kind.kind}{number if number > 1 else ''}")
        options["address"] = options.get("address") or self._own_address()
        node = kind(name, self._node_directory(name), **options)
        self._start(node)
        print(f"{name} is {node.version}")
        return node

    def torrent_of(self, mirror: Mirror, path: str) -> Torrent:
        """The torrent that downloaders make of a file, as the index of *mirror* describes it now."""
        data = mirror.content(path)
        sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        return torrent.of_file(path.rpartition("/")[2], len(data), sha1)
