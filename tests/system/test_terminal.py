"""A command that is left to the user at the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest

from pkgsuite.errors import ProgramMissing
from pkgsuite.system import terminal
from pkgsuite.system.terminal import Attended
from tests.checkout import TOP

SCRIPT = """
import sys
from pkgsuite.system import terminal
ended = terminal.run(["sh", "-c", sys.argv[2]], env={"A": "b"}, cwd="/", attended=terminal.Attended[sys.argv[1]])
print([ended.returncode, ended.stdout.decode(), ended.stderr.decode(), ended.timed_out, ended.user_s >= 0])
"""


def run(attended: Attended, command: str, stdin: str = "") -> tuple[str, str]:
    """What a process that runs *command* so says on stdout, the result, and on stderr, the terminal."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, attended.name, command],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=TOP,
        timeout=60,
        check=True,
    )
    return done.stdout, done.stderr


class AnsweringTest(unittest.TestCase):
    """The user answers questions; what is said is shown and kept."""

    def test_answers_arrive_and_everything_is_shown_and_kept(self) -> None:
        result, shown = run(Attended.ANSWERING, "echo really?; read answer; echo $answer >&2; exit 3", "yes\n")

        self.assertEqual(result, "[3, 'really?\\n', 'yes\\n', False, True]\n")
        self.assertEqual(sorted(shown.split()), ["really?", "yes"])

    def test_a_question_without_a_newline_is_shown_before_the_answer(self) -> None:
        """Whoever waits for the question before answering is not kept waiting for ever."""
        child = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, "ANSWERING", "printf 'sure? '; read answer; echo $answer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=TOP,
        )
        with child:
            assert child.stdin and child.stdout and child.stderr
            asked = child.stderr.read(len("sure? "))
            child.stdin.write(b"indeed\n")
            child.stdin.close()
            result = child.stdout.read().decode()

        self.assertEqual(asked, b"sure? ")
        self.assertIn("sure? indeed", result)

    def test_what_ended_by_a_signal_is_told(self) -> None:
        result, _ = run(Attended.ANSWERING, "kill -9 $$")

        self.assertTrue(result.startswith("[-9,"), result)

    def test_the_environment_is_the_given_one(self) -> None:
        result, _ = run(Attended.ANSWERING, "echo $A$HOME; pwd")

        self.assertIn("'b\\n/\\n'", result)


class DrivingTest(unittest.TestCase):
    """The user has the whole terminal; nothing is kept of it."""

    def test_all_streams_are_the_users(self) -> None:
        result, shown = run(Attended.DRIVING, "read answer; echo out $answer; echo err >&2", "yes\n")

        self.assertEqual(result, "[0, '', '', False, True]\n")
        self.assertEqual(shown, "out yes\nerr\n")


class MissingTest(unittest.TestCase):
    def test_a_program_that_cannot_be_run_is_named(self) -> None:
        with tempfile.NamedTemporaryFile() as no_program:
            for path in ("/nowhere/gdb", no_program.name):
                with self.subTest(path), self.assertRaisesRegex(ProgramMissing, f"{path} cannot be run"):
                    terminal.run([path], env=dict(os.environ), cwd="/", attended=Attended.DRIVING)
