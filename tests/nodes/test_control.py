"""How a node and the process that forked it talk."""

from __future__ import annotations

import socket
import threading
import unittest

from pkgsuite.errors import SuiteError
from pkgsuite.nodes.control import Caller, Receiver

MiB = 1 << 20


class ControlTest(unittest.TestCase):
    def setUp(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.addCleanup(self.ours.close)
        self.addCleanup(self.theirs.close)

    def answering(self, answer: dict[str, object]) -> list[object]:
        """What a node receives, which gives *answer* to everything; filled by a thread."""
        received: list[object] = []

        def live() -> None:
            receiver = Receiver(self.theirs)
            while (message := receiver.receive()) is not None:
                received.append(message)
                receiver.answer(answer)

        thread = threading.Thread(target=live)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.ours.shutdown, socket.SHUT_RDWR)
        return received

    def test_messages_and_bytes_arrive_as_they_were(self) -> None:
        received = self.answering({"done": 1})
        caller = Caller(self.ours)
        large = bytes(range(256)) * (3 * MiB // 256)

        for blobs in ((), (b"",), (b"\n{}\n", large, b"x")):
            self.assertEqual(caller.ask({"do": "put"}, blobs), {"done": 1})
            self.assertEqual(received[-1], ({"do": "put"}, list(blobs)))

    def test_a_no_is_raised(self) -> None:
        self.answering({"error": "no such deed"})

        with self.assertRaisesRegex(SuiteError, "no such deed"):
            Caller(self.ours).ask({"do": "nonsense"})

    def test_an_answer_may_come_in_pieces(self) -> None:
        def drip() -> None:
            self.theirs.recv(1 << 16)
            for byte in b'{"done": "a"}\n':
                self.theirs.sendall(bytes([byte]))

        thread = threading.Thread(target=drip)
        thread.start()

        self.assertEqual(Caller(self.ours).ask({"do": "drip"}), {"done": "a"})
        thread.join()

    def test_nobody_answers(self) -> None:
        """Not even half a line counts."""
        self.theirs.sendall(b'{"done"')
        self.theirs.shutdown(socket.SHUT_WR)

        with self.assertRaises(ConnectionResetError):
            Caller(self.ours).ask({"do": "flush"})

    def test_the_parent_hangs_up(self) -> None:
        self.ours.close()

        self.assertIsNone(Receiver(self.theirs).receive())


if __name__ == "__main__":
    unittest.main()
