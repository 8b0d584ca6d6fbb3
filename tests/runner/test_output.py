"""What tests write: all bytes, the end at hand, the rest in a file."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite.runner import output
from pkgsuite.runner.output import KEPT_BYTES, Capture, Logs


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
