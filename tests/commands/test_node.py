"""A mirror serves alone, as its command line says."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from pkgsuite import cli
from tests.checkout import TOP
from tests.loopback import NO_LOOPBACK, has_loopback


class NodeTest(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = place.name
        Path(place.name, "file").write_text("content")

    def start(self, *words: str) -> tuple[subprocess.Popen[str], str]:
        """The running command, and its URL."""
        if not has_loopback():
            self.skipTest(NO_LOOPBACK)
        child = subprocess.Popen(
            [sys.executable, "-m", "pkgsuite", "node", "mirror", self.place, *words],
            cwd=TOP,
            env={**os.environ, "PYTHONPATH": str(TOP)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert child.stdout
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child, child.stdout.readline().strip()

    def test_it_serves_and_tells_of_each_request_until_ctrl_c(self) -> None:
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 130)):
            child, url = self.start()
            with urllib.request.urlopen(f"{url}file", timeout=10) as answer:
                self.assertEqual(b"content", answer.read())
            assert child.stdout
            self.assertRegex(child.stdout.readline(), "^GET file: 200, 7 of 7 bytes")
            child.send_signal(number)
            self.assertEqual((status, ""), (child.wait(10), child.stdout.read()))

    def test_faults_and_json(self) -> None:
        child, url = self.start("--json", "--fault", "Status(503)", "f*", "1", "--fault", "NoRange")

        with self.assertRaisesRegex(urllib.error.HTTPError, "503") as caught:
            urllib.request.urlopen(f"{url}file", timeout=10)
        caught.exception.close()
        with urllib.request.urlopen(f"{url}file", timeout=10) as answer:
            self.assertNotIn("Accept-Ranges", answer.headers)

        assert child.stdout
        told = [json.loads(child.stdout.readline()) for _ in range(2)]
        self.assertEqual([503, 200], [each["status"] for each in told])
        self.assertEqual("answers 503; ignores ranges", told[0]["fault"])

    def test_wrong_words_are_one_line(self) -> None:
        for words, line in (
            (["/nowhere"], "DIR='/nowhere': expected a directory"),
            ([self.place, "--address", "0.0.0.0"], "expected a loopback address"),
            ([self.place, "--port", "99999"], "expected a port"),
            ([self.place, "--fault", "Nothing"], "known are Bandwidth"),
            ([self.place, "--fault", "NoRange", "*", "x"], "FAULT \\[PATTERN \\[TIMES\\]\\]"),
        ):
            with self.subTest(words), contextlib.redirect_stderr(io.StringIO()) as told:
                self.assertEqual(2, cli.main(["node", "mirror", *words]))
            self.assertRegex(told.getvalue(), f"^pkgsuite: .*{line}.*\n$")

    def test_help_teaches_every_fault(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as told, self.assertRaises(SystemExit):
            cli.main(["node", "mirror", "--help"])

        self.assertIn("Truncated(1000)", told.getvalue())
        self.assertIn("WrongHash", told.getvalue())
