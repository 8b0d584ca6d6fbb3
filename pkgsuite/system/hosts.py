"""Host names of a world: its own /etc/hosts, which the processes of one test class see and nobody else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pkgsuite.errors import Unsupported
from pkgsuite.system import namespaces
from pkgsuite.system.place import here

__all__ = ["set_hosts"]

HOSTS = "/etc/hosts"
LOCALHOST = "127.0.0.1 localhost\n"


def set_hosts(addresses: Mapping[str, str]) -> None:
    """Let each name stand for its address, and no others but localhost; hosts(5).

    The file stays where it is while its content changes. Raises Unsupported where there are no mounts, or no such file.
    """
    place = here()
    if place is None or not place.has_mounts or not os.path.exists(HOSTS):
        raise Unsupported("host names need a world with mounts of its own and an /etc/hosts (pkgsuite doctor)")
    own = Path(place.sandboxes, ".hosts")
    is_new = not own.exists()
    own.write_text(LOCALHOST + "".join(f"{address} {name}\n" for name, address in addresses.items()))
    if is_new:
        namespaces.bind(str(own), HOSTS)
