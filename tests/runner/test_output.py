"""What tests write: all bytes, the end at hand, the rest in a file."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite.runner import output
from pkgsuite.runner.output import KEPT_BYTES, Capture, Logs, Outlet


class CaptureTest(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name, "logs")
        self.capture = Capture(Logs(self.place))

    def test_a_silent_test_has_no_output(self) -> None:
        """Nor a file."""
        self.assertIsNone(self.capture.take("test"))
        self.assertFalse(self.place.exists())

    def test_every_byte_survives(self) -> None:
        """As text, those that are none escaped."""
        self.capture.add(bytes(range(256)))
        taken = self.capture.take("test")

        assert taken is not None
        self.assertEqual(taken.text.encode("utf-8")[:128], bytes(range(128)))
        self.assertTrue(taken.text.endswith("\\xfe\\xff"))
        self.assertEqual((taken.size_bytes, taken.log), (256, ""))

    def test_more_than_is_kept_is_in_a_file(self) -> None:
        """From the first byte on, and each test has its own."""
        for letter in (b"a", b"b"):
            with self.subTest(letter):
                for _ in range(3):
                    self.capture.add(letter * KEPT_BYTES)
                taken = self.capture.take("test")

                assert taken is not None
                self.assertEqual(taken.text, letter.decode() * KEPT_BYTES)
                self.assertEqual(Path(taken.log).read_bytes(), letter * 3 * KEPT_BYTES)
        self.assertEqual(len(list(self.place.iterdir())), 2)

    def test_the_file_is_bounded_and_says_so(self) -> None:
        """The size that is told is that of all."""
        with mock.patch.object(output, "MOST_LOG_BYTES", 2 * KEPT_BYTES):
            for _ in range(10):
                self.capture.add(b"x" * KEPT_BYTES)
        taken = self.capture.take("test")

        assert taken is not None
        self.assertEqual(taken.size_bytes, 10 * KEPT_BYTES)
        head, note = Path(taken.log).read_bytes().split(b"\n", 1)
        self.assertEqual(len(head), 2 * KEPT_BYTES)
        self.assertIn(b"the log ends here", note)

    def test_where_no_file_can_be_made_the_end_is_kept(self) -> None:
        """No directory, or one that cannot be made."""
        for logs in (Logs(None), Logs(Path("/proc/nowhere"))):
            with self.subTest(logs):
                capture = Capture(logs)
                capture.add(b"x" * KEPT_BYTES + b"the end")
                taken = capture.take("test")

                assert taken is not None
                self.assertEqual((taken.log, taken.text[-7:]), ("", "the end"))

    def test_echo(self) -> None:
        """Whoever looks on has each byte at once."""
        heard: list[bytes] = []
        capture = Capture(Logs(None), heard.append)

        capture.add(b"one")
        capture.add(b"two")

        self.assertEqual(heard, [b"one", b"two"])

    def test_a_flood_is_echoed_up_to_a_limit(self) -> None:
        """Then it says once where the rest is; the next test is echoed again."""
        heard: list[bytes] = []
        capture = Capture(Logs(self.place), heard.append)
        with mock.patch.object(output, "MOST_ECHOED_BYTES", 4 * KEPT_BYTES):
            for _ in range(9):
                capture.add(b"X" * (KEPT_BYTES - 1))
            taken = capture.take("test")
            capture.add(b"next")

        assert taken is not None
        told = b"".join(heard)
        self.assertEqual(told.count(b"X"), 4 * KEPT_BYTES)
        self.assertEqual(told.count(taken.log.encode()), 1)
        self.assertTrue(told.endswith(b"next"))


class OutletTest(unittest.TestCase):
    """What a worker writes while it does not wait between its tests."""

    def setUp(self) -> None:
        reading, self.writing = os.pipe()
        self.echoed: list[bytes] = []
        self.outlet = Outlet(reading, Capture(Logs(None), self.echoed.append))
        self.addCleanup(self.outlet.close)

    def write(self, data: bytes) -> None:
        """What the worker writes."""
        os.write(self.writing, data)

    def take(self) -> str:
        """What the next test wrote."""
        taken = self.outlet.take("test")
        return taken.text if taken else ""

    def test_each_test_has_its_own(self) -> None:
        """Though all of it was there before the first result was told, and one test was silent."""
        mark = self.outlet.mark
        self.write(b"one" + mark + mark + b"three" + mark + b"four")
        os.close(self.writing)

        self.assertFalse(self.outlet.read())
        self.assertEqual([self.take() for _ in range(4)], ["one", "", "three", "four"])
        self.assertTrue(self.outlet.read())
        self.assertEqual(b"".join(self.echoed), b"onethreefour")

    def test_a_mark_that_comes_in_pieces(self) -> None:
        """What only looks like one is output."""
        mark = self.outlet.mark
        for start in range(1, len(mark)):
            with self.subTest(start=start):
                self.write(b"one" + mark[:start])
                self.outlet.read(once=True)
                self.write(mark[start:] + b"two" + mark[:start])
                self.outlet.read(once=True)

                self.assertEqual(self.take(), "one")
                self.write(b"." + mark)
                self.assertEqual(self.take(), "two" + (mark[:start] + b".").decode())
        os.close(self.writing)

    def test_what_a_test_writes_behind_its_end(self) -> None:
        """A mark that comes behind the result hides nothing."""
        self.write(b"one")
        self.assertEqual(self.take(), "one")
        self.write(self.outlet.mark + b"two")
        self.assertEqual(self.take(), "two")
        os.close(self.writing)
