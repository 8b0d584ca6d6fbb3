"""Programs as nodes: how they start, what is said of those that do not, and command lines with places."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import unittest
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest import mock

from pkgsuite.errors import BadValue, ProgramMissing, SuiteError
from pkgsuite.nodes import external
from pkgsuite.nodes.caches import AptCacherNg
from pkgsuite.nodes.command import Command, words
from pkgsuite.nodes.external import External
from tests.loopback import setUpModule

__all__ = ["setUpModule"]

SERVER = """\
import os, socket, sys
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("pid", os.getpid(), "at", os.getcwd(), "of", os.getsid(0), flush=True)
while True:
    client, _ = server.accept()
    client.sendall(" ".join([open("words").read(), *sorted(os.environ)]).encode())
    client.close()
"""


class Sample(External):
    """A server in Python."""

    program = "python3"
    package = "python3"
    text = SERVER

    def find(self) -> str:
        return sys.executable

    def argv(self) -> Sequence[str]:
        return [self.program, "server.py", self.address, str(self.port)]

    def files(self) -> Mapping[str, str | bytes]:
        return {"server.py": self.text, "words": b"well", "empty/": ""}


class Failing(Sample):
    text = 'raise SystemExit("no licence")'


class ExternalTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = temporary.name
        self.node = Sample("sample", f"{self.place}/node")
        self.addCleanup(self.node.close)

    def test_it_answers_once_it_is_started(self) -> None:
        self.node.start()

        self.assertTrue(self.node.is_ready())
        self.assertTrue(self.node.is_alive)
        self.assertTrue(Path(self.place, "node", "empty").is_dir())

    def test_it_is_the_process_that_was_forked_in_its_directory_and_session(self) -> None:
        self.node.start()

        told = self.node.log.split()
        self.assertEqual(["pid", str(self.node.pid), "at", f"{self.place}/node", "of", str(self.node.pid)], told)

    def test_it_has_no_environment_of_ours(self) -> None:
        with mock.patch.dict(os.environ, {"SECRET": "planted"}):
            self.node.start()

        with external.socket.create_connection((self.node.address, self.node.port), 10) as client:
            told = client.recv(1000).decode().split()
        self.assertEqual({"well", "HOME", "LC_ALL", "PATH"}, set(told) - {"LC_CTYPE"})

    def test_one_that_ends_at_once_is_told_with_its_last_words_and_its_command(self) -> None:
        node = Failing("failing", f"{self.place}/failing")
        self.addCleanup(node.close)
        self.addCleanup(node.stop)

        with self.assertRaisesRegex(SuiteError, r"failing ended itself with status 1: .*server\.py.*\n.*no licence"):
            node.start()

    def test_it_can_be_started_again_where_it_was(self) -> None:
        self.node.start()
        place, before = (self.node.address, self.node.port), self.node.pid

        self.node.restart()

        self.assertEqual(place, (self.node.address, self.node.port))
        self.assertNotEqual(before, self.node.pid)
        self.assertTrue(self.node.is_ready())

    def test_it_takes_no_orders(self) -> None:
        self.node.start()

        with self.assertRaisesRegex(SuiteError, "sample is a program of its own and does not know 'put'"):
            self.node.ask({"do": "put"})
        self.assertEqual((), self.node.notes)

    def test_it_ends_when_it_is_stopped(self) -> None:
        self.node.start()

        self.assertEqual("SIGINT", self.node.stop())
        self.assertFalse(self.node.is_alive)

    def test_one_that_is_killed_by_others_is_an_error_at_its_end(self) -> None:
        node = Sample("other", f"{self.place}/other")
        node.start()
        os.kill(node.pid, signal.SIGKILL)
        os.waitid(os.P_PID, node.pid, os.WEXITED | os.WNOWAIT)

        with self.assertRaisesRegex(SuiteError, "other was ended by SIGKILL"):
            node.close()

    def test_what_is_not_installed_says_how_to_get_it(self) -> None:
        class Missing(Sample):
            program = "no-such-program"
            package = "some-package"
            find = External.find

        with self.assertRaisesRegex(ProgramMissing, "no no-such-program on PATH; apt-get install some-package"):
            Missing("missing", self.place)


class CommandTest(unittest.TestCase):
    def test_places_are_filled_after_the_words_are_split(self) -> None:
        self.assertEqual(["a", "--dir=/x y", "b c", "{}"], words("a --dir={dir} 'b c' {{}}", {"dir": "/x y"}))

    def test_what_is_no_command_line_is_refused(self) -> None:
        for text, expected in (
            ("", "a program and its arguments"),
            ("a 'b", "No closing quotation"),
            ("a {nowhere}", r"places are \{port\}"),
            ("a {", "words as in a shell"),
            ("a {}", "a program and its arguments"),
            ("a {port.real}", "a program and its arguments"),
        ):
            with self.subTest(text=text), self.assertRaisesRegex(BadValue, expected):
                words(text, {"port": 1})

    def test_a_program_by_its_command_line_runs(self) -> None:
        with tempfile.TemporaryDirectory() as place:
            Path(place, "server.py").write_text(SERVER)
            Path(place, "words").write_text("well")
            node = Command("any", place, command="python3 {dir}/server.py {address} {port}", url="http://{address}/")
            self.addCleanup(node.close)

            node.start()

            self.assertEqual(f"http://{node.address}/", node.url)
            self.assertTrue(node.is_ready())
            node.stop()


class LimitsTest(unittest.TestCase):
    def test_a_port_that_apt_cacher_ng_takes_for_another_is_refused(self) -> None:
        with (
            mock.patch.object(AptCacherNg, "find", lambda self: "/bin/true"),
            self.assertRaisesRegex(BadValue, "32767"),
        ):
            AptCacherNg("cache", "/nowhere", port=32768)

    def test_by_itself_it_has_a_port_that_it_can_read_and_no_other_run_has(self) -> None:
        """Two runs on one host may give a program the same address in the moment before it listens."""
        with mock.patch.object(AptCacherNg, "find", lambda self: "/bin/true"):
            nodes = [AptCacherNg(f"cache{number}", "/nowhere", address="127.0.0.78") for number in range(2)]
        for node in nodes:
            self.addCleanup(node.close)

        first, second = (node.port for node in nodes)

        self.assertNotEqual(first, second)
        self.assertLess(max(first, second), 1 << 15)
