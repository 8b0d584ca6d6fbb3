"""Nodes run alone, as their command lines say."""

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
from pathlib import Path

from pkgsuite import cli
from tests.checkout import TOP
from tests.loopback import NO_LOOPBACK, has_loopback, urlopen
from tests.nodes.swarms import BIG, repository


class NodeTest(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = place.name
        Path(place.name, "file").write_text("content")

    def start(self, *words: str) -> tuple[subprocess.Popen[str], str]:
        """A mirror that runs, and its URL."""
        return self.run_node("mirror", self.place, *words)

    def run_node(self, *words: str) -> tuple[subprocess.Popen[str], str]:
        """The running command, and the line that it begins with."""
        if not has_loopback():
            self.skipTest(NO_LOOPBACK)
        child = subprocess.Popen(
            [sys.executable, "-m", "pkgsuite", "node", *words],
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
            with urlopen(f"{url}file") as answer:
                self.assertEqual(b"content", answer.read())
            assert child.stdout
            self.assertRegex(child.stdout.readline(), "^GET file: 200, 7 of 7 bytes")
            child.send_signal(number)
            self.assertEqual((status, ""), (child.wait(60), child.stdout.read()))

    def test_faults_and_json(self) -> None:
        child, url = self.start("--json", "--fault", "Status(503)", "f*", "1", "--fault", "NoRange")

        with self.assertRaisesRegex(urllib.error.HTTPError, "503") as caught:
            urlopen(f"{url}file")
        caught.exception.close()
        assert child.stdout
        told = [json.loads(child.stdout.readline())]
        with urlopen(f"{url}file") as answer:
            self.assertNotIn("Accept-Ranges", answer.headers)

        told.append(json.loads(child.stdout.readline()))
        self.assertEqual([503, 200], [each["status"] for each in told])
        self.assertEqual("answers 503; ignores ranges", told[0]["fault"])

    def test_a_swarm_of_four_commands(self) -> None:
        files = repository()
        for path, data in files.items():
            Path(self.place, path).parent.mkdir(parents=True, exist_ok=True)
            Path(self.place, path).write_bytes(data)
        _, mirror = self.start()
        _, announce = self.run_node("tracker", "--interval", "2", "--json")
        options = ("--force_tracker", announce, "--json")
        _, first = self.run_node("downloader", *options)
        last, second = self.run_node(
            "downloader", *options, "--address", "127.0.0.88", "--disable_http_downloader", "1"
        )
        (archive,) = (path for path in files if BIG in path)

        for proxy in (first, second):
            for path in ("dists/sid/Release", "dists/sid/main/binary-amd64/Packages.xz", archive):
                with urlopen(f"{proxy}/{mirror.removeprefix('http://')}{path}") as answer:
                    self.assertEqual(files[path], answer.read())
        last.send_signal(signal.SIGINT)

        assert last.stdout
        self.assertRegex(last.stdout.readline(), r"^peers at 127\.0\.0\.88:\d+\n$")
        notes = [json.loads(line) for line in last.stdout]
        (fetched,) = (note for note in notes if note.get("package") == BIG and note["note"] == "Fetched")
        self.assertEqual((len(files[archive]), 0), (fetched["from_peers"], fetched["from_mirror"]))
        self.assertEqual(0, last.wait(30))
        said = [note["event"] for note in notes if note["note"] == "Announced"]
        self.assertEqual(["started", "completed", "stopped"], said)

    def test_wrong_words_are_one_line(self) -> None:
        for words, line in (
            (["/nowhere"], "DIR='/nowhere': expected a directory"),
            ([self.place, "--address", "0.0.0.0"], "expected a loopback address"),
            ([self.place, "--port", "99999"], "expected a port"),
            ([self.place, "--credentials", "user"], "expected USER:PASSWORD"),
            ([self.place, "--fault", "Nothing"], "known are Bandwidth"),
            ([self.place, "--fault", "NoRange", "*", "x"], "FAULT \\[PATTERN \\[TIMES\\]\\]"),
        ):
            with self.subTest(words), contextlib.redirect_stderr(io.StringIO()) as told:
                self.assertEqual(2, cli.main(["node", "mirror", *words]))
            self.assertRegex(told.getvalue(), f"^pkgsuite: .*{line}.*\n$")

    def test_wrong_words_of_other_nodes_are_one_line(self) -> None:
        for words, line in (
            (["tracker", "--interval", "0"], "--interval=0"),
            (["tracker", "--cache_dir", "/nowhere"], "expected a directory"),
            (["tracker", "--address", "0.0.0.0"], "expected a loopback address"),
            (["downloader", "--cache_dir", "/nowhere"], "expected a directory"),
            (["downloader", "--force_tracker", "udp://x"], "expected URLs such as http://"),
            (["downloader", "--max_upload_rate", "-1"], "bytes per second, or 0 for no limit"),
            (["downloader", "--max_upload_rate", "nan"], "--max_upload_rate=nan: expected kB/s"),
            (["downloader", "--max_download_rate", "inf"], "--max_download_rate=inf: expected kB/s"),
            (["downloader", "--timeout", "inf"], "expected more than 0"),
            (["downloader", "--maxport", "4000"], "--maxport=4000: expected a port from"),
            (["downloader", "--minport", "99999"], "expected a port"),
            (["downloader", "--minport", "5000", "--maxport", "4000"], "--maxport=4000: expected a port from"),
        ):
            with self.subTest(words), contextlib.redirect_stderr(io.StringIO()) as told:
                self.assertEqual(2, cli.main(["node", *words]))
            self.assertRegex(told.getvalue(), f"^pkgsuite: .*{line}.*\n$")

    def test_help_teaches_every_fault(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as told, self.assertRaises(SystemExit):
            cli.main(["node", "mirror", "--help"])

        self.assertIn("Truncated(1000)", told.getvalue())
        self.assertIn("WrongHash", told.getvalue())
