"""`./run` with a stand-in for each program that it asks: no network, no root, no real set-up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests.checkout import TOP, needs_checkout

PYTHON = f"""
[ "$1" = -c ] && exec "{sys.executable}" "$@"
echo "in $PWD: $*"
"""
"""A Python that serves, and only tells what it was asked to run."""

WILLING = """
[ "$1" = -c ] && exit 0
echo "in $PWD: $*"
"""
"""The same without a look at what it has."""

PYTHON_ALONE = f'exec "{sys.executable}" -I -S "$@"'
"""A Python without any package."""

OFFERS = "bash-static squid zstd"
"""What the stand-in of apt knows."""

DPKG_QUERY = """
shift 2
for name in $*; do grep -qx "$name" "$STATE/lacking" || echo "$name installed"; done
"""

APT_CACHE = f"""
echo "apt-cache" >>"$STATE/log"
shift 2
for name in $*; do case " {OFFERS} " in *" $name "*) echo "Package: $name" ;; esac; done
"""

APT_GET = """
while [ "${1#-}" != "$1" ]; do [ "$1" = -o ] && shift; shift; done
echo "apt-get $*" >>"$STATE/log"
if [ -e "$STATE/offline" ]; then echo "E: no route"; echo "E: giving up"; exit 100; fi
if [ "$1" = install ]; then for name in $*; do sed -i "/^$name$/d" "$STATE/lacking"; done; fi
"""


@needs_checkout
class RunScriptTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name)
        self.programs = self.place / "programs"
        self.programs.mkdir()
        self.top = self.place / "a checkout"
        self.top.mkdir()
        shutil.copy(TOP / "run", self.top)
        for name in ("run", "doctor"):
            self.command_of(name)
        self.python = self.program("a python", PYTHON)

    def program(self, name: str, script: str) -> Path:
        """A program on PATH."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def command_of(self, name: str) -> None:
        """A command of pkgsuite, by the name of its module."""
        path = self.top / "pkgsuite" / "commands" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def add(commands):\n    pass\n")

    def apt(self, lacking: str, uid: int = 0) -> None:
        """A Debian machine with the packages named in `run` but those that are *lacking*."""
        for name, script in (("dpkg-query", DPKG_QUERY), ("apt-cache", APT_CACHE), ("apt-get", APT_GET)):
            self.program(name, script)
        self.program("id", f"echo {uid}")
        (self.place / "lacking").write_text("".join(f"{name}\n" for name in lacking.split()))

    def log(self) -> list[str]:
        """What apt was asked, since the last time."""
        path = self.place / "log"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def replace_in_script(self, old: str, new: str) -> None:
        """Let the script of the checkout say something else."""
        path = self.top / "run"
        path.write_text(path.read_text().replace(old, new))

    def run_script(
        self, *words: str, script: Path | None = None, **variables: object
    ) -> subprocess.CompletedProcess[str]:
        """Run it with PATH, HOME and nothing else of ours, from another directory."""
        env = {
            "PATH": f"{self.programs}:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(self.place),
            "STATE": str(self.place),
            "PYTHON": str(self.python),
            "PKGSUITE_SETUP": "no",
            **{name: str(value) for name, value in variables.items()},
        }
        command = [str(script or self.top / "run"), *words]
        return subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, timeout=60, check=False)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        return self.run_script("doctor", PKGSUITE_SETUP="yes")

    # Words

    def test_help_names_every_word_it_takes(self):
        done = self.run_script("help")

        self.assertEqual((0, ""), (done.returncode, done.stderr))
        for word in (
            "test",
            "lint",
            "help",
            "soak",
            "bench",
            "generate",
            "doctor, run: ./run COMMAND --help",
            "PKGSUITE_SETUP",
            "PYTHON",
        ):
            self.assertIn(word, done.stdout)

    def test_an_unknown_word_exits_2_with_the_usage(self):
        done = self.run_script("tset")

        self.assertEqual((2, ""), (done.returncode, done.stdout))
        self.assertIn("./run test", done.stderr)
        self.assertEqual("run: tset is none of these words", done.stderr.splitlines()[-1])

    def test_a_part_of_commands_is_no_command(self):
        part = self.top / "pkgsuite" / "commands" / "choosing.py"
        part.write_text("def select():\n    pass\n")

        self.assertEqual(2, self.run_script("choosing").returncode)
        self.assertNotIn("choosing", self.run_script("help").stdout)

    def test_lint_takes_no_words(self):
        done = self.run_script("lint", "--fix")

        self.assertEqual((2, "", "run: lint takes no words, and was given: --fix\n"), (done.returncode, *told(done)))

    def test_words_and_options_pass_on(self):
        for words, expected in {
            (): "-m pkgsuite run",
            ("-k", "upgrade"): "-m pkgsuite run -k upgrade",
            ("run", "some test"): "-m pkgsuite run some test",
            ("doctor",): "-m pkgsuite doctor",
            ("test",): "-m tests",
            ("test", "-k", "name"): "-m tests -k name",
            ("doctor", "--json"): "-m pkgsuite doctor --json",
            ("bench", "overhead"): "-m benchmarks overhead",
            ("soak", "kills"): "-m tests.soak kills",
            ("generate", "--check"): "packaging/generate --check",
        }.items():
            with self.subTest(words):
                done = self.run_script(*words)

                self.assertEqual((0, ""), (done.returncode, done.stderr))
                self.assertEqual(f"in {self.top}: {expected}\n", done.stdout)

    def test_a_link_to_it_finds_the_checkout(self):
        (self.programs / "linked").symlink_to(self.top / "run")

        done = self.run_script("doctor", script=self.programs / "linked")

        self.assertEqual(f"in {self.top}: -m pkgsuite doctor\n", done.stdout)

    def test_lint_names_each_missing_tool_and_how_to_get_it(self):
        for name in ("dirname", "readlink"):
            (self.programs / name).symlink_to(shutil.which(name) or name)

        done = self.run_script("lint", PATH=self.programs)

        self.assertEqual(2, done.returncode)
        self.assertEqual(
            [f"run: {tool} is not on PATH; get it with:" for tool in ("ruff", "mypy", "codespell", "shellcheck")],
            [line[: line.index(":", 5) + 1] for line in done.stderr.splitlines()],
        )

    # Python

    def test_a_given_python_without_psutil_is_refused(self):
        done = self.run_script("test", PYTHON=self.program("python-alone", PYTHON_ALONE))

        self.assertEqual((2, "", 1), (done.returncode, done.stdout, done.stderr.count("\n")), done.stderr)
        self.assertIn("python-alone is no Python 3.10 or later with psutil", done.stderr)
        self.assertIn("-m pip install psutil", done.stderr)

    def test_the_python_of_the_checkout_comes_first(self):
        bin_directory = self.top / ".venv" / "bin"
        bin_directory.mkdir(parents=True)
        shutil.copy(self.program("one", PYTHON.replace("in $PWD", "own")), bin_directory / "python")
        self.program("python3", PYTHON)

        done = self.run_script("doctor", PYTHON="")

        self.assertEqual("own: -m pkgsuite doctor\n", done.stdout, done.stderr)

    def test_a_python_with_all_modules_comes_before_one_that_only_serves(self):
        self.program("python3", f'case "$3$2" in *wheel*) exit 1 ;; esac; {WILLING}'.replace("in $PWD", "bare"))
        full = self.program("full", WILLING.replace("in $PWD", "full"))
        self.replace_in_script("/usr/bin/python3", f'"{full}"')

        done = self.run_script("doctor", PYTHON="")

        self.assertEqual("full: -m pkgsuite doctor\n", done.stdout, done.stderr)

    # Setting up

    def test_nothing_is_asked_of_apt_where_nothing_is_missing(self):
        self.apt(lacking="")

        done = self.set_up()

        self.assertEqual((0, "", []), (done.returncode, done.stderr, self.log()))

    def test_root_gets_what_is_missing_with_one_update_and_one_install(self):
        self.apt(lacking="bash-static zstd")

        done = self.set_up()

        self.assertEqual(0, done.returncode)
        self.assertEqual(["apt-get update", "apt-cache", "apt-get install bash-static zstd"], simple(self.log()))
        self.assertEqual(2, done.stderr.count("\n"), done.stderr)

    def test_services_do_not_start_with_the_machine_where_they_come_from_here(self):
        self.apt(lacking="squid zstd")
        self.program("systemctl", 'echo "systemctl $*" >>"$STATE/log"')

        self.set_up()

        self.assertEqual(["systemctl --quiet disable squid"], [line for line in self.log() if "systemctl" in line])

    def test_what_apt_does_not_know_is_told_once_and_asked_once(self):
        self.apt(lacking="zstd uidmap")

        first = self.set_up()
        asked = self.log()
        second = self.set_up()

        self.assertIn("apt-get install zstd", simple(asked))
        self.assertIn("going on without uidmap (apt here does not know it)", first.stderr)
        self.assertEqual((0, "", []), (second.returncode, second.stderr, self.log()))

    def test_without_a_network_one_line_says_so_and_the_work_goes_on(self):
        self.apt(lacking="zstd")
        (self.place / "offline").touch()

        done = self.set_up()

        self.assertEqual(0, done.returncode)
        self.assertIn("-m pkgsuite doctor", done.stdout)
        self.assertEqual(1, done.stderr.count("no route"))
        self.assertIn("going on without zstd (apt-get update: no route)", done.stderr.splitlines()[-1])

    def test_others_than_root_are_told_the_command(self):
        self.apt(lacking="zstd uidmap", uid=1000)

        done = self.set_up()

        self.assertEqual((0, ["apt-cache"]), (done.returncode, self.log()))
        self.assertEqual("run: not installed; get it with: sudo apt-get install zstd", done.stderr.strip())

    def test_no_set_up_is_done_where_it_is_not_wanted(self):
        self.apt(lacking="zstd")

        done = self.run_script("doctor", PKGSUITE_SETUP="no")

        self.assertEqual((0, "", []), (done.returncode, done.stderr, self.log()))

    def tooltip(self, pip: str) -> subprocess.CompletedProcess[str]:
        """Set up as root with a system's Python that makes a .venv whose pip does that."""
        self.apt(lacking="")
        made = f'mkdir -p "{self.top}/.venv/bin"; cp "$0" "{self.top}/.venv/bin/python"'
        self.program("python3", "exit 1")
        system = self.program("system", f"case $2 in venv) {made} ;; pip) {pip} ;; *) {PYTHON} ;; esac")
        self.replace_in_script("/usr/bin/python3", f'"{system}"')
        return self.run_script("doctor", PYTHON="", PKGSUITE_SETUP="yes")

    def test_root_gets_the_tooltips_where_a_package_index_answers(self):
        done = self.tooltip('echo "$*" >"$STATE/log"')

        self.assertEqual(0, done.returncode, done.stderr)
        self.assertTrue(self.log()[0].endswith("tkinter-tooltip"))
        self.assertTrue((self.top / ".venv" / "bin" / "python").exists())

    def test_where_none_answers_the_work_goes_on_and_it_is_not_asked_again(self):
        first, second = self.tooltip("exit 1"), self.run_script("doctor", PYTHON="", PKGSUITE_SETUP="yes")

        self.assertEqual((0, 0), (first.returncode, second.returncode))
        self.assertIn("no package index answers", first.stderr)
        self.assertEqual("", second.stderr)
        self.assertFalse((self.top / ".venv").exists())


def simple(log: list[str]) -> list[str]:
    """Calls of apt without their options."""
    return [" ".join(word for word in line.split() if not word.startswith("-") and "::" not in word) for line in log]


def told(done: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    """What a process wrote."""
    return done.stdout, done.stderr
