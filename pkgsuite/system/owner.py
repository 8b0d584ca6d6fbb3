"""Which process has a TCP connection of this machine open; proc_net_tcp(5), proc_pid_fd(5)."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ancestors", "owner"]

Address = tuple[str, int]


def owner(local: Address, remote: Address) -> int:
    """The id of a process that has the IPv4 connection between these ends open at *local*; 0 where none is seen."""
    inode = inode_of(local, remote)
    if not inode:
        return 0
    wanted = f"socket:[{inode}]"
    for name in os.listdir("/proc"):
        if name.isdigit() and wanted in open_files(name):
            return int(name)
    return 0


def inode_of(local: Address, remote: Address) -> str:
    """The number of the socket at *local*; nothing where there is none."""
    ends = [written(local), written(remote)]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[1:3] == ends:
            return words[9]
    return ""


def written(address: Address) -> str:
    """An address as the kernel writes it."""
    host, port = address
    (number,) = struct.unpack("=I", socket.inet_aton(host))
    return f"{number:08X}:{port:04X}"


def open_files(pid: str) -> Iterator[str]:
    """What a process has open, as far as that may be seen."""
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                yield os.readlink(f"/proc/{pid}/fd/{name}")


def ancestors(pid: int) -> Iterator[int]:
    """A process, its parent, and so on."""
    while pid > 0:
        yield pid
        try:
            told = Path(f"/proc/{pid}/stat").read_bytes()
        except OSError:
            return
        pid = int(told.rpartition(b") ")[2].split()[1])
