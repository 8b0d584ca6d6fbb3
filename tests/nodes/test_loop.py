"""The life of a node with threads."""

from __future__ import annotations

import socket
import subprocess
import sys
import unittest

from pkgsuite.nodes import addresses
from tests.checkout import TOP
from tests.loopback import NO_LOOPBACK, has_loopback

SIGNALLED = """
import signal, socket, sys, threading, time
from pkgsuite.nodes.loop import Loop

def serve(client):
    time.sleep(0.2)  # the first thread waits by then
    signal.pthread_kill(threading.get_ident(), int(sys.argv[2]))
    client.recv(1)

signal.signal(signal.SIGTERM, signal.default_int_handler)
signal.signal(signal.SIGINT, signal.default_int_handler)
listener = socket.socket(fileno=int(sys.argv[1]))
try:
    Loop({listener: serve}).run()
except KeyboardInterrupt:
    print("ended")
"""
"""A node whose signals reach the thread of a connection, while the first one waits."""


SWALLOWED = """
import os, signal, socket, sys
from pkgsuite.nodes.loop import Loop

class Last:
    def __del__(self):
        signal.raise_signal(int(sys.argv[2]))
        for _ in range(1000): pass

def accept(listener):
    listener.accept()
    Last()

signal.signal(signal.SIGTERM, signal.default_int_handler)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.unraisablehook = lambda told: print("swallowed", type(told.exc_value).__name__)
listener = socket.socket(fileno=int(sys.argv[1]))
loop = Loop({listener: print})
loop._accept = accept
try:
    loop.run()
except KeyboardInterrupt:
    print("ended")
"""
"""A node that a signal meets while it lets go of an object."""


@unittest.skipUnless(has_loopback(), NO_LOOPBACK)
class LoopTest(unittest.TestCase):
    def test_a_signal_that_reaches_another_thread_is_acted_upon(self) -> None:
        for number in ("2", "15"):
            with self.subTest(number):
                self.assertEqual("ended\n", self.told(SIGNALLED, number))

    def test_a_signal_that_is_swallowed_is_acted_upon(self) -> None:
        for number in ("2", "15"):
            with self.subTest(number):
                self.assertEqual("swallowed KeyboardInterrupt\nended\n", self.told(SWALLOWED, number))

    def told(self, program: str, number: str) -> str:
        """What the program of a node says that somebody connects to."""
        with addresses.listen("127.0.0.1", 0) as listener:
            child = subprocess.Popen(
                [sys.executable, "-c", program, str(listener.fileno()), number],
                cwd=TOP,
                pass_fds=[listener.fileno()],
                stdout=subprocess.PIPE,
                text=True,
            )
            self.addCleanup(child.communicate)
            self.addCleanup(child.kill)
            with socket.create_connection(listener.getsockname()):
                return child.communicate(timeout=60)[0]


if __name__ == "__main__":
    unittest.main()
