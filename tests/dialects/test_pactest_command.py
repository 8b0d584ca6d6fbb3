"""The command line of `pkgsuite pactest`, option by option."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests.checkout import TOP
from tests.dialects.pactest_runs import call, read, run

GOOD = 'self.description = "good"\nself.args = "-V"\nself.addrule("PACMAN_RETCODE=0")\n'
BAD = 'self.description = "bad"\nself.args = "-V"\nself.addrule("PACMAN_RETCODE=7")\n'
ASKS = """
p = pmpkg("a")
self.addpkg(p)
self.args = "-U " + p.filename()
self.addrule("PACMAN_RETCODE=0")
self.addrule("PKG_EXIST=a")
self.addrule("PACMAN_OUTPUT=Proceed with installation")
"""
SHELL = """
p = pmpkg("a")
p.install["post_install"] = "[ -x /opt/sh ] && [ -x /opt/ldconfig ] && echo yes > /there"
self.addpkg(p)
self.args = "-U " + p.filename()
self.addrule("FILE_EXIST=there")
self.addrule("FILE_MODE=opt/sh|755")
"""


class CommandTest(unittest.TestCase):
    def test_status_and_stream_of_a_success(self):
        done = run({"good": GOOD})

        self.assertEqual((0, []), (done.status, done.trouble))
        self.assertEqual("TAP version 13\n1..1\n", done.output[:20])
        self.assertIn("\n#    1..1\n#    ok 1 - PACMAN_RETCODE=0\nok 1 - good\n", done.output)

    def test_status_of_a_failure_but_under_meson_which_reads_the_stream(self):
        files = {"good": GOOD, "bad": BAD, "todo": "self.expectfailure = True\n" + BAD}

        plain, meson = run(files), run(files, environment={"RUNNING_UNDER_MESON": "1"})

        self.assertEqual([1, 0], [plain.status, meson.status])
        self.assertEqual([[], []], [plain.trouble, meson.trouble])
        self.assertIn("TODO", plain.lines["todo"].directive)
        self.assertEqual(("not ok", ""), (meson.lines["todo"].verdict, meson.lines["todo"].directive))

    def test_reasons_stand_under_broken_rules(self):
        done = run({"bad": BAD})

        self.assertIn(
            "#    not ok 1 - PACMAN_RETCODE=7\n#    #   expected  exit 7\n#    #   seen      exit 0", done.output
        )

    def test_wrong_usage_ends_with_2(self):
        here = str(Path(__file__).with_name("__init__.py"))
        for words in (
            ["--scriptlet-shell", "sh", here],
            ["--review", "--editor", "'", here],
            [],
            ["/nowhere/a.py"],
            ["--nonsense"],
            ["-j0", "x"],
            ["--timeout", "0", "x"],
            ["-d", "x", "y"],
        ):
            with self.subTest(words):
                done = call(*words)
                self.assertEqual(2, done.status)
                self.assertTrue(done.errors)

    def test_a_missing_file_or_pacman_bails_out_by_name(self):
        for words in (["/nowhere/a.py"], ["-p", "/nowhere/pacman", __file__], ["--bindir", "/nowhere", __file__]):
            with self.subTest(words):
                done = call(*words)
                self.assertRegex(done.output, r"^Bail out! .*/nowhere")
                self.assertEqual(2, done.status)

    def test_old_spelling_directories_and_patterns(self):
        with tempfile.TemporaryDirectory() as place:
            for name in ("b", "a", "c"):
                Path(place, f"{name}.py").write_text(GOOD)

            old = call("--test", f"{place}/a.py", f"{place}/c.py")
            whole = call(place)
            pattern = call("--test", f"{place}/[ab].py")

        self.assertEqual(
            [["a", "c"], ["a", "b", "c"], ["a", "b"]], [list(each.lines) for each in (old, whole, pattern)]
        )

    def test_pacman_is_chosen_by_path_or_directory(self):
        with tempfile.TemporaryDirectory() as place:
            for name, status in (("pacman", 7), ("other", 8)):
                path = Path(place, name)
                path.write_text(f"#!/bin/sh\nexit {status}\n")
                path.chmod(0o755)
            Path(place).chmod(0o755)

            by_directory = run({"bad": BAD}, "--bindir", "/nowhere", "--bindir", place)
            by_path = run({"bad": BAD}, "-p", f"{place}/other")

        self.assertEqual("ok", by_directory.lines["bad"].verdict, by_directory.output)
        self.assertIn("exit 8", by_path.output)

    def test_capabilities_can_be_missing(self):
        files = {name: f'self.require_capability("{name}")\n{GOOD}' for name in ("gpg", "curl", "nls")}

        done = run(files, "--without-gpg", "--without-curl", "--without-nls")

        for name in files:
            self.assertEqual(f"SKIP missing capability {name}", done.lines[name].directive)
        self.assertEqual((0, []), (done.status, done.trouble))

    def test_debug_and_verbose_show_the_command_and_its_output(self):
        files = {"query": 'self.args = "-Q x"'}

        quiet, loud, louder = (run(files, *words) for words in ([], ["-v", "-d", "1"], ["-vv", "-d1"]))

        self.assertNotIn("--debug", quiet.output)
        self.assertIn("--debug=1 -Q x", loud.output)
        self.assertIn("│ debug: ", louder.output)
        self.assertEqual([], loud.trouble + louder.trouble)

    def test_nolog_shows_the_messages(self):
        done = run({"good": GOOD}, "--nolog")

        self.assertIn("libalpm", done.output)
        self.assertEqual([], done.trouble)

    def test_shell_and_ldconfig_stand_where_they_are_wanted(self):
        done = run({"shell": SHELL}, "--scriptlet-shell", "/opt/sh", "--ldconfig", "/opt/ldconfig")
        wrong = run({"shell": SHELL}, "--scriptlet-shell", "sh")

        self.assertEqual("ok", done.lines["shell"].verdict, done.output)
        self.assertIn("absolute path inside the root", wrong.output)

    def test_options_of_the_environment_come_first(self):
        files = {"curl": f'self.require_capability("curl")\n{GOOD}'}

        done = run(files, "-v", environment={"PACTEST_OPTS": "--without-curl -v"})

        self.assertEqual("SKIP missing capability curl", done.lines["curl"].directive)

    def test_the_command_line_wins_over_the_environment(self):
        files = {"query": 'self.args = "-Q x"'}

        done = run(files, "-v", "-d0", "--timeout=60", environment={"PACTEST_OPTS": "-d 2 --timeout 1"})

        self.assertNotIn("--debug", done.output)
        self.assertIn("-Q x", done.output)

    def test_roots_are_kept_where_they_always_are(self):
        with tempfile.TemporaryDirectory() as place:
            for variables in ({"XDG_STATE_HOME": place}, {"HOME": place}):
                done = run({"good": GOOD}, "--keep-root", environment={"XDG_STATE_HOME": "", **variables})

                self.assertEqual((0, "ok"), (done.status, done.lines["good"].verdict), done.output)
                self.assertIn(f"pacman testing root saved: {place}/", done.output)

    def test_odd_entries_of_a_directory(self):
        with tempfile.TemporaryDirectory() as place:
            Path(place, "good.py").write_text(GOOD)
            Path(place, ".#good.py").symlink_to("me@here.123")
            Path(place, "directory.py").mkdir()
            self.assertEqual(["good"], list(call(place).lines))

            Path(place, "gone.py").symlink_to("nowhere")
            done = call(place)
            os.mkfifo(Path(place, "pipe"))
            pipe = call(f"{place}/pipe")

        self.assertEqual((2, 2), (done.status, pipe.status))
        self.assertRegex(done.output, r"^Bail out! .*/gone.py: the test file cannot be read")
        self.assertRegex(pipe.output, r"^Bail out! .*/pipe: expected a test file")

    def test_files_are_read_as_python_reads_them(self):
        words = 'self.description = "\u00fcber"\nself.args = "-V"\nself.addrule("PACMAN_RETCODE=0")\n'
        with tempfile.TemporaryDirectory() as place:
            Path(place).chmod(0o755)
            Path(place, "latin.py").write_bytes(b"# coding: latin-1\n" + words.encode("latin-1"))
            Path(place, "marked.py").write_bytes(b"\xef\xbb\xbf" + words.encode())

            done = call(place)

        self.assertIn("ok 1 - \u00fcber\n", done.output)
        self.assertIn("ok 2 - \u00fcber\n", done.output)

    def test_whoever_ends_itself_is_told_with_its_line(self):
        for error in ("KeyboardInterrupt", "SystemExit", "GeneratorExit"):
            done = run({"ends": f"\nraise {error}('x')\n"})

            self.assertIn('ends.py", line 2', done.output)
            self.assertIn(f"ended itself with {error}('x')", done.output)

    def test_roots_can_be_kept(self):
        with tempfile.TemporaryDirectory() as place:
            done = run({"good": GOOD}, "--keep-root", environment={"PKGSUITE_KEEP_DIR": place})

            self.assertIn(f"pacman testing root saved: {place}/", done.output)
            self.assertTrue(list(Path(place).glob("*test_good*.tar.gz")))

    def test_a_kept_root_can_be_entered(self):
        with tempfile.TemporaryDirectory() as place:
            environment = {"PKGSUITE_KEEP_DIR": place}
            run({"asks": ASKS}, "--keep-root", environment=environment)

            done = subprocess.run(
                [sys.executable, "-m", "pkgsuite", "shell", "test_asks", "--", "pacman", "-Q"],
                env={**os.environ, **environment},
                cwd=TOP,
                capture_output=True,
                text=True,
                timeout=120,
            )

        if "needs namespaces" in done.stderr:
            self.skipTest("a shell in a kept root needs namespaces; python3 -m pkgsuite doctor")
        self.assertEqual((0, "a 1.0-1\n"), (done.returncode, done.stdout), done.stderr)

    def test_the_user_answers(self):
        yes, no = (run({"asks": ASKS}, "--manual-confirm", stdin=f"{answer}\n") for answer in "yn")

        self.assertEqual("ok", yes.lines["asks"].verdict, yes.output + yes.errors)
        self.assertEqual("not ok", no.lines["asks"].rules["PKG_EXIST=a"])
        self.assertIn("Proceed", yes.errors)

    def test_review_opens_stream_files_and_logs(self):
        with tempfile.TemporaryDirectory() as place:
            editor = Path(place, "editor")
            editor.write_text(f'#!/bin/sh\nfor file; do cat "$file"; echo; done > {place}/seen\n')
            editor.chmod(0o755)

            run({"good": GOOD}, "--review", "--editor", str(editor))
            seen = Path(place, "seen").read_text()

        for words in ("ok 1 - good", "self.addrule", "libalpm"):
            self.assertIn(words, seen)

    @unittest.skipUnless(shutil.which("valgrind"), "no valgrind; apt-get install valgrind")
    def test_valgrind_adds_its_rule(self):
        by_option = run({"good": GOOD}, "--valgrind")
        by_environment = run({"good": GOOD}, "-v", environment={"PACTEST_VALGRIND": "1"})

        for done in (by_option, by_environment):
            self.assertIn("FILE_EMPTY=var/log/valgrind", done.lines["good"].rules, done.output)
            self.assertEqual("ok", done.lines["good"].rules["PACMAN_RETCODE=0"])

    @unittest.skipUnless(shutil.which("gdb"), "no gdb; apt-get install gdb")
    def test_gdb_gets_the_terminal(self):
        done = run({"good": GOOD}, "--gdb", stdin="run\nquit\n")

        self.assertIn("GNU gdb", done.errors)
        self.assertEqual([], done.trouble)

    def test_row_6_vacuous_names_tests_and_rules_that_prove_nothing(self):
        files = {
            "nothing": 'self.args = "-V"\nself.addrule("PACMAN_RETCODE=0")\nself.addrule("!FILE_EXIST=x")',
            "fails": 'self.args = "-Q x"\nself.addrule("PACMAN_RETCODE=1")',
            "proves": 'self.args = "-V"\nself.addrule("PACMAN_OUTPUT=libalpm")\nself.addrule("!FILE_EXIST=x")',
        }

        done = run(files, "--vacuous")

        self.assertIn("nothing: passes with a manager that does nothing\n    does nothing", done.output)
        self.assertRegex(done.output, r"does nothing and always fails +!FILE_EXIST=x")
        self.assertIn("fails: passes with a manager that always fails", done.output)
        self.assertIn("proves: proves something", done.output)
        self.assertIn("does nothing: 1 of 3 tests pass, 3 of 5 rules hold", done.output)
        self.assertEqual(0, done.status)

    def test_an_interrupt_ends_the_stream_and_leaves_nothing(self):
        hang = 'p = pmpkg("a")\np.install["post_install"] = "echo here > /here; while :; do :; done"\nself.addpkg(p)\n'
        hang += 'self.args = "-U " + p.filename()\n'
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), tempfile.TemporaryDirectory() as place:
                Path(place, "a.py").write_text(GOOD)
                Path(place, "b.py").write_text(hang)
                child = subprocess.Popen(
                    [sys.executable, "-m", "pkgsuite", "pactest", "-j1", f"{place}/a.py", f"{place}/b.py"],
                    cwd=TOP,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
                )
                assert child.stdout
                first = child.stdout.readline()
                os.kill(child.pid, number)
                rest, _ = child.communicate(timeout=20)
                output = (first + rest).decode()

                self.assertEqual(130, child.returncode)
                self.assertIn("Bail out! interrupted", output)
                self.assertEqual([], read(output)[1])
