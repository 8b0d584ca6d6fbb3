"""What a mirror serves may be larger than its memory: every byte comes, and it needs no more for it."""

from __future__ import annotations

import socket
import tempfile
import unittest
from pathlib import Path

import psutil

from pkgsuite.nodes.faults import Bandwidth
from pkgsuite.nodes.mirror import Mirror
from tests.loopback import setUpModule  # noqa: F401 - unittest calls it
from tests.soak import amount

FILE_BYTES = amount(64 << 20, 2 << 30)
TIMES = amount(2, 10)

MOST_GROWTH_BYTES = 16 << 20
"""How much memory a mirror may take for it."""

DEADLINE_S = 600


class GigabytesTest(unittest.TestCase):
    """A file of nothing but zeros, which takes no room on the disk."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name)
        with (self.place / "file").open("wb") as file:
            file.truncate(FILE_BYTES)
        self.mirror = Mirror(directory=self.place)
        self.addCleanup(self.mirror.close)
        self.mirror.start()

    def fetch(self) -> int:
        """The bytes of the body that came."""
        buffer = bytearray(1 << 20)
        with socket.create_connection((self.mirror.address, self.mirror.port), timeout=DEADLINE_S) as client:
            client.sendall(b"GET /file HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            count = len(head.partition(b"\r\n\r\n")[2])
            while received := client.recv_into(buffer):
                count += received
        return count

    def assert_all_of_it_comes(self) -> None:
        """Again and again, in bounded memory, and the journal says so."""
        process = psutil.Process(self.mirror.pid)
        before = process.memory_info().rss
        for _ in range(TIMES):
            self.assertEqual(FILE_BYTES, self.fetch())

        self.assertLess(process.memory_info().rss - before, MOST_GROWTH_BYTES)
        self.assertEqual([FILE_BYTES] * TIMES, [each.sent_bytes for each in self.mirror.journal])

    def test_as_it_is(self) -> None:
        """The kernel copies."""
        self.assert_all_of_it_comes()

    def test_slowed(self) -> None:
        """The mirror itself deals it out, as it does for every fault of a body."""
        self.mirror.fault(Bandwidth(1 << 40))

        self.assert_all_of_it_comes()
