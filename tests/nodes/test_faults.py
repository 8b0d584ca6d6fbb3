"""Each fault does what it says, for the paths and requests it is for, and nothing once it is healed."""

from __future__ import annotations

import ast
import re
import time
import unittest
from dataclasses import FrozenInstanceError, fields

from pkgsuite.errors import BadValue
from pkgsuite.nodes import faults
from pkgsuite.nodes.content import Flipped, InMemory, load
from pkgsuite.nodes.faults import (
    FAULTS,
    Bandwidth,
    CloseOnError,
    Date,
    Fault,
    FirstFail,
    Latency,
    NoKeepAlive,
    NoRange,
    Redirect,
    Refusing,
    Reset,
    Stall,
    Status,
    Swapped,
    Truncated,
    WrongContentRange,
    WrongHash,
    WrongSize,
    parse,
)
from tests.checkout import TOP, needs_checkout
from tests.loopback import setUpModule  # noqa: F401 - unittest calls it
from tests.nodes.running import FILES, WithMirror, ask, converse

DATA = FILES["core/a.deb"]
EXAMPLES: tuple[tuple[Fault, str], ...] = (
    (Bandwidth(1000), "sends 1000 bytes a second"),
    (CloseOnError(), "closes on errors"),
    (Date(-3), "shifts dates by -3 s"),
    (FirstFail(2, Status(503)), "answers 503, the first 2 times"),
    (Latency(0.5), "answers 0.5 s late"),
    (NoKeepAlive(), "closes each connection"),
    (NoRange(), "ignores ranges"),
    (Redirect("http://127.0.0.3/", 301), "redirects to http://127.0.0.3/ (301)"),
    (Refusing(), "refuses connections"),
    (Reset(7), "resets after 7 bytes"),
    (Stall(7), "falls silent after 7 bytes"),
    (Status(429, retry_after=3), "answers 429, try again after 3 s"),
    (Swapped(b"a'\xff"), "serves 3 other bytes"),
    (Truncated(after=100), "closes after 100 bytes"),
    (WrongContentRange(-1), "says of each part that it begins -1 bytes from where it does"),
    (WrongHash(), "turns the byte at -1 over"),
    (WrongSize(by=-5), "promises 5 bytes less than there are"),
)


class Values(unittest.TestCase):
    """Faults as values."""

    def test_examples_are_whole(self) -> None:
        """Every fault is here, and public."""
        self.assertEqual({type(fault).__name__ for fault, _ in EXAMPLES}, set(FAULTS))
        self.assertLessEqual(set(FAULTS), set(faults.__all__))

    def test_say_themselves(self) -> None:
        """In words, and as text that is read back; they are frozen."""
        for fault, words in EXAMPLES:
            with self.subTest(words):
                self.assertEqual(fault.describe(), words)
                self.assertEqual(parse(repr(fault)), fault)
                with self.assertRaises((FrozenInstanceError, AttributeError, TypeError)):
                    fault.after = 1  # type: ignore[attr-defined]

    def test_text(self) -> None:
        """A bare name will do where there is nothing to say."""
        self.assertEqual(parse(" NoRange "), NoRange())
        self.assertEqual(parse("FirstFail(1, Status(404))"), FirstFail(1, Status(404)))

    def test_nonsense(self) -> None:
        """What is no fault is refused, and runs nothing."""
        for text in (
            *(
                "",
                "Truncated",
                "Truncated(",
                "Truncated()",
                "Truncated(-1)",
                "Truncated('x')",
                "Truncated(after=1, x=2)",
            ),
            *(
                "Truncated(1, 2)",
                "Unknown()",
                "print(1)",
                "Status(200)",
                "Status(999)",
                "Redirect('a b')",
                "Redirect('')",
            ),
            *("Redirect('/', 200)", "Bandwidth(0)", "Latency(-1)", "Latency(True)", "FirstFail(0, Reset(1))"),
            *(
                "FirstFail(1, FirstFail(1, Reset(1)))",
                "FirstFail(1, Refusing())",
                "FirstFail(1, 2)",
                "1",
                "Reset(1 + 1)",
            ),
            *("__import__('os').system('true')", "Swapped(**{})", "(" * 500, "Latency(float('nan'))"),
        ):
            with self.subTest(text), self.assertRaises(BadValue):
                parse(text)

    def test_flipped(self) -> None:
        """Exactly one byte is wrong, in whatever part of the content it is."""
        for at, place in ((-1, 9), (0, 0), (4, 4), (-30, 0), (30, 9)):
            wrong = Flipped(InMemory(b"0123456789"), at)
            for start, stop in ((0, 10), (3, 5), (place, place + 1), (9, 10)):
                with self.subTest(at, start=start, stop=stop):
                    seen = load(wrong.pieces(start, stop))
                    differing = [start + i for i, byte in enumerate(seen) if byte != b"0123456789"[start + i]]

                    self.assertEqual(differing, [place] if start <= place < stop else [])


class AtWork(WithMirror):
    """Faults of a mirror that runs."""

    def test_latency(self) -> None:
        """The answer comes late, and another path at once."""
        self.mirror.fault(Latency(0.2), path="core/*")

        start = time.monotonic()
        self.get("empty")
        middle = time.monotonic()
        self.assertEqual(self.get("core/a.deb").status, 200)

        self.assertLess(middle - start, 0.2)
        self.assertGreaterEqual(time.monotonic() - middle, 0.2)

    def test_bandwidth(self) -> None:
        """The body takes its time."""
        self.mirror.fault(Bandwidth(5 * len(DATA)))
        start = time.monotonic()

        self.assertEqual(self.get("core/a.deb").body, DATA)

        self.assertGreaterEqual(time.monotonic() - start, 0.15)

    def test_truncated(self) -> None:
        """So many bytes come, then an orderly end."""
        for after in (0, 1, 100, len(DATA) - 1):
            self.mirror.fault(Truncated(after))
            answer = self.get("core/a.deb")
            self.mirror.heal()

            with self.subTest(after):
                self.assertEqual((answer.body, answer.trouble), (DATA[:after], "incomplete"))
                self.assertEqual(answer.headers["content-length"], str(len(DATA)))
                self.assertEqual(self.mirror.journal[-1].sent_bytes, after)
        self.assertEqual(self.mirror.served("core/a.deb"), 0)

    def test_truncated_where_there_is_less(self) -> None:
        """What is shorter comes whole."""
        self.mirror.fault(Truncated(5000))

        self.assertEqual(self.get("core/a.deb").body, DATA)
        self.assertEqual(self.mirror.served("core/a.deb"), 1)

    def test_reset(self) -> None:
        """So many bytes come, then the connection breaks; large ones are not lost on the way."""
        for path, after in (("core/a.deb", 0), ("core/a.deb", 100), ("core/b.deb", 150_000)):
            with self.subTest(after):
                self.mirror.fault(Reset(after))
                client = self.connect()
                client.request("GET", f"/{path}")
                response = client.getresponse()
                received = bytearray()
                with self.assertRaises(ConnectionResetError):
                    while more := response.read1(1000):
                        received += more
                client.close()
                self.mirror.heal()

                self.assertEqual(bytes(received), FILES[path][:after])

    def test_stall(self) -> None:
        """So many bytes come, then nothing, until it is healed; the answer is still open meanwhile."""
        self.mirror.fault(Stall(100))
        with self.raw() as client:
            client.sendall(b"GET /core/a.deb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            received = b""
            while not received.endswith(b"\r\n\r\n" + DATA[:100]):
                received += client.recv(1000)
            client.settimeout(0.1)
            with self.assertRaises(TimeoutError):
                client.recv(1)
            stalled = self.mirror.journal[-1]

            self.mirror.heal()

            client.settimeout(10)
            self.assertEqual(converse(client, b""), DATA[100:])
        self.assertEqual((stalled.is_open, stalled.sent_bytes), (True, 100))
        self.assertEqual(self.mirror.served("core/a.deb"), 1)

    def test_stalled_client_gives_up(self) -> None:
        """Its connection is noticed to be gone."""
        self.mirror.fault(Stall(100))
        with self.raw() as client:
            client.sendall(b"GET /core/a.deb HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(1000)
        deadline = time.monotonic() + 5
        while self.mirror.journal[-1].is_open and time.monotonic() < deadline:
            pass

        self.assertFalse(self.mirror.journal[-1].is_open)
        self.assertEqual(self.mirror.served("core/a.deb"), 0)

    def test_status(self) -> None:
        """Any error, with when to come back."""
        self.mirror.fault(Status(503, retry_after=7))

        answer = self.get("core/a.deb")

        self.assertEqual((answer.status, answer.headers["retry-after"]), (503, "7"))

    def test_first_fail(self) -> None:
        """The first requests for each path fail, by whatever fault."""
        self.mirror.fault(FirstFail(2, Status(500)))

        statuses = [self.get(path).status for path in ("core/a.deb", "core/b.deb") * 3]

        self.assertEqual(statuses, [500] * 4 + [200] * 2)

    def test_times(self) -> None:
        """A fault is for so many requests, of paths that match, and others do not count."""
        self.mirror.fault(Status(500), path="core/*", times=2)

        statuses = [self.get(path).status for path in ("empty", "core/a.deb", "empty", "core/b.deb", "core/a.deb")]

        self.assertEqual(statuses, [200, 500, 200, 500, 200])
        self.assertEqual([each.fault for each in self.mirror.journal if each.fault], ["answers 500"] * 2)

    def test_redirect(self) -> None:
        """To one place, or to the same path elsewhere."""
        for to, location in (("/other", "/other"), ("http://127.0.0.9/x/", "http://127.0.0.9/x/core/a%20b")):
            with self.subTest(to):
                self.mirror.fault(Redirect(to, 307))
                answer = self.get("core/a%20b")
                self.mirror.heal()

                self.assertEqual((answer.status, answer.headers["location"]), (307, location))

    def test_wrong_size(self) -> None:
        """More is promised than comes, or less, and the connection ends either way."""
        for by, trouble in ((3, "incomplete"), (-3, "")):
            with self.subTest(by):
                self.mirror.fault(WrongSize(by))
                answer = self.get("core/a.deb")
                self.mirror.heal()

                self.assertEqual(answer.headers["content-length"], str(len(DATA) + by))
                self.assertEqual((answer.body, answer.trouble), (DATA[: len(DATA) + by], trouble))
        self.assertEqual(self.mirror.served("core/a.deb"), 0)

    def test_wrong_content(self) -> None:
        """A byte of it, all of it; in parts too, and only what is wrong is."""
        self.mirror.fault(WrongHash(at=5))
        wrong = DATA[:5] + bytes([DATA[5] ^ 0xFF]) + DATA[6:]
        self.assertEqual(self.get("core/a.deb").body, wrong)
        self.assertEqual(self.get("core/a.deb", Range="bytes=4-6").body, wrong[4:7])
        self.assertEqual(self.get("empty").body, b"")

        self.mirror.fault(Swapped(b"other"))
        self.assertEqual(len(self.get("core/a.deb").body), 5)
        self.assertEqual(self.get("nothing").status, 404)

    def test_ranges(self) -> None:
        """None at all, or wrong ones."""
        self.mirror.fault(NoRange(), times=1)
        self.mirror.fault(WrongContentRange(5))

        answer = self.get("core/a.deb", Range="bytes=10-19")
        self.assertEqual((answer.status, answer.body), (200, DATA))
        self.assertNotIn("accept-ranges", answer.headers)
        answer = self.get("core/a.deb", Range="bytes=10-19")
        self.assertEqual((answer.status, answer.body), (206, DATA[10:20]))
        self.assertEqual(answer.headers["content-range"], "bytes 15-24/1024")

    def test_date(self) -> None:
        """In the future or the past; conditions go by it."""
        true = self.get("core/a.deb").headers["last-modified"]
        self.mirror.fault(Date(60))

        self.assertEqual(self.get("core/a.deb", If_Modified_Since=true).status, 200)
        self.mirror.heal()
        self.mirror.fault(Date(-60))
        self.assertEqual(self.get("core/a.deb", If_Modified_Since=true).status, 304)

    def test_connections(self) -> None:
        """Closed after each answer, or after errors."""
        client = self.connect()
        self.addCleanup(client.close)
        for fault, closing in ((NoKeepAlive(), [True, True]), (CloseOnError(), [False, True])):
            with self.subTest(fault):
                self.mirror.fault(fault)
                self.assertEqual([ask(client, path).will_close for path in ("empty", "nothing")], closing)
                self.mirror.heal()

    def test_refusing(self) -> None:
        """Nobody gets in from the moment on that it is said, connections break, and healing brings all back."""
        for _ in range(20):
            client = self.connect()
            ask(client, "empty")

            self.mirror.fault(Refusing())

            with self.assertRaises(ConnectionRefusedError):
                self.connect().connect()
            with self.assertRaises(OSError):
                ask(client, "empty")
                ask(client, "empty")
            client.close()
            self.mirror.heal()
            self.assertEqual(self.get("empty").status, 200)

    def test_several(self) -> None:
        """Faults work together."""
        self.mirror.fault(Swapped(b"0123456789"))
        self.mirror.fault(Truncated(4))
        self.mirror.fault(Date(1))

        answer = self.get("core/a.deb")

        self.assertEqual((answer.body, answer.headers["content-length"]), (b"0123", "10"))
        self.assertEqual(
            self.mirror.journal[0].fault, "serves 10 other bytes; closes after 4 bytes; shifts dates by +1 s"
        )

    def test_nonsense(self) -> None:
        """What cannot be is refused where it is said."""
        for fault, more in (
            (Refusing(), {"path": "core/*"}),
            (Refusing(), {"times": 1}),
            (NoRange(), {"times": 0}),
            (NoRange(), {"times": True}),
            ("NoRange", {}),
        ):
            with self.subTest(fault, **more), self.assertRaises(BadValue):
                self.mirror.fault(fault, **more)  # type: ignore[arg-type]
        self.assertEqual(self.get("core/a.deb").status, 200)


@needs_checkout
class Met(unittest.TestCase):
    """What apt and pacman do with a fault is the subject of scenarios, and how it is called stands in the manual."""

    def test_each_by_both_managers(self) -> None:
        for manager in ("apt", "pacman"):
            called = {
                node.func.id
                for folder in (manager, "common")
                for path in (TOP / "testcases" / folder).glob("test_*.py")
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }

            self.assertEqual(set(), FAULTS.keys() - called, manager)

    def test_each_in_the_manual(self) -> None:
        page = (TOP / "docs" / "mirrors.md").read_text(encoding="utf-8")
        for name, kind in FAULTS.items():
            shown = ", ".join(field.name for field in fields(kind))  # type: ignore[arg-type]

            self.assertRegex(page, re.escape(f"`{name}({shown})`"))
