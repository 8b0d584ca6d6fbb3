"""A file that does more than declare a test has a process and a world of its own: nothing of it comes to others."""

from __future__ import annotations

import tempfile
import time
import unittest
from pathlib import Path

from pkgsuite.dialects import pactest
from pkgsuite.dialects.pactest_script import Script
from tests.dialects.pactest_runs import run

FALSE = 'self.description = "false"\nself.args = "-Q nothing"\nself.addrule("PACMAN_RETCODE=0")\n'
TRUE = 'self.description = "true"\nself.args = "-V"\nself.addrule("PACMAN_RETCODE=0")\n'

ROGUES = {
    "mounts another pacman": "import subprocess\nsubprocess.run(['mount', '--bind', '/bin/true', '/usr/bin/pacman'])",
    "covers /usr": "import subprocess\nsubprocess.run(['mount', '-t', 'tmpfs', 'none', '/usr'])",
    "judges for us": "import pkgsuite.judging\npkgsuite.judging.Judging._judge = lambda *words: None",
    "makes packages for us": "pmpkg.as_package = lambda self: None",
    "lets nobody wait": "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)",
    "leaves no descriptors": "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))",
    "lets files be small": "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))",
    "kills all it can see": "import os\nos.kill(-1, 9)",
    "ends itself": "__import__('os')._exit(0)",
}


class ApartTest(unittest.TestCase):
    def test_what_one_file_does_comes_to_no_other(self):
        for name, text in ROGUES.items():
            for jobs in (1, 2):
                with self.subTest(name, jobs=jobs):
                    done = run(
                        {"a_true": TRUE, "b_rogue": f"{text}\n{TRUE}", "c_false": FALSE, "d_true": TRUE}, f"-j{jobs}"
                    )

                    verdicts = {file: done.lines[file].verdict for file in ("a_true", "c_false", "d_true")}
                    self.assertEqual({"a_true": "ok", "c_false": "not ok", "d_true": "ok"}, verdicts, done.output)
                    self.assertIn("exit 1", done.output)
                    self.assertEqual((1, []), (done.status, done.trouble))

    def test_so_it_is_with_unittest(self):
        rogue = f"{ROGUES['lets nobody wait']}\n{TRUE}"
        with tempfile.TemporaryDirectory() as place:
            Path(place).chmod(0o755)
            for name, text in {"a": TRUE, "b": rogue, "c": TRUE, "d": FALSE}.items():
                Path(place, f"{name}.py").write_text(text)
            result = unittest.TestResult()

            pactest.load_directory(place).run(result)

        told = {test.id().rpartition("test_")[2] for test, _ in [*result.errors, *result.failures]}
        self.assertEqual((4, {"b", "d"}), (result.testsRun, told | {"b"}))

    def test_a_file_that_never_ends_is_tried_once(self):
        start = time.monotonic()
        done = run({"a": TRUE, "b": "while True: pass", "c": TRUE}, "-j1", "--timeout=0.2")

        self.assertEqual(["ok", "not ok", "ok"], [done.lines[name].verdict for name in "abc"])
        self.assertIn("did not end within", done.output)
        self.assertLess(time.monotonic() - start, 19)

    def test_what_only_declares(self):
        for text, is_plain in {
            TRUE: True,
            "import os\nimport util\np = pmpkg('a')\nx = os.path.join(util.PM_ROOT, 'a')": True,
            "for name in 'ab': self.addpkg(pmpkg(name))": True,
            "import os, signal": False,
            "import os\nos.chdir('/')": False,
            "import os\nsystem = os": False,
            "os.path.os.kill(1, 9)": False,
            "util.PM_ROOT = '/'": False,
            "(x for x in '').gi_frame": False,
            "pmpkg.path = 1": False,
            "setattr(self, 'x', 1)": False,
            "''.__class__": False,
        }.items():
            with self.subTest(text):
                self.assertEqual(is_plain, Script("a.py", text.encode()).only_declares)
