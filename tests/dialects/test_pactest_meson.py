"""A real Meson runs `pkgsuite pactest` once per file, as docs/pactest.md says, and reads its verdicts right."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests.checkout import TOP
from tests.dialects.test_pactest_command import BAD, GOOD

FILES = {
    "good": GOOD,
    "bad": BAD,
    "expected": BAD,
    "wrong": "self.addrule('PKG_EXITS=a')\n",
    "skipped": "self.require_capability('curl')\n" + GOOD,
    "found": GOOD.replace("RETCODE=0", "OUTPUT=pacman of the build"),
}
PACMAN = "#!/bin/sh\necho pacman of the build\n"

PROJECT = """
project('tests-of-pacman', meson_version: '>= 0.56')
python = find_program(get_option('python'))
foreach name : [{names}]
  file = join_paths(meson.current_source_dir(), name + '.py')
  args = ['-m', 'pkgsuite', 'pactest', file]
  if name == 'found'
    args += ['--bindir', meson.project_build_root()]
  endif
  if name == 'skipped'
    args += ['--without-curl']
  endif
  test(name, python, args: args, env: ['RUNNING_UNDER_MESON=1'], protocol: 'tap', should_fail: name == 'expected')
endforeach
"""


@unittest.skipUnless(shutil.which("meson") and shutil.which("ninja"), "no meson with ninja; apt-get install meson")
class MesonTest(unittest.TestCase):
    def test_every_verdict(self):
        with tempfile.TemporaryDirectory(prefix="pactest-meson-") as place:
            source, build = Path(place, "source"), Path(place, "build")
            source.mkdir()
            names = ", ".join(f"'{name}'" for name in FILES)
            (source / "meson.build").write_text(PROJECT.format(names=names))
            (source / "meson_options.txt").write_text("option('python', type: 'string')\n")
            for name, text in FILES.items():
                (source / f"{name}.py").write_text(text)
            self.meson(place, "setup", f"-Dpython={sys.executable}", str(build), str(source))
            (build / "pacman").write_text(PACMAN)
            (build / "pacman").chmod(0o755)

            status, output = self.meson(place, "test", "-C", str(build), status=None)
            logged = (build / "meson-logs" / "testlog.json").read_text().splitlines()

        told = {each["name"]: each["result"] for each in map(json.loads, logged)}
        self.assertEqual(
            told,
            {
                "good": "OK",
                "bad": "FAIL",
                "expected": "EXPECTEDFAIL",
                "wrong": "FAIL",
                "skipped": "SKIP",
                "found": "OK",
            },
            output,
        )
        self.assertNotEqual(status, 0)

    def meson(self, place: str, *words: str, status: int | None = 0) -> tuple[int, str]:
        """Call Meson and give its status, which must be *status* unless that is None, and what it said."""
        done = subprocess.run(
            ["meson", *words],
            env={**os.environ, "PYTHONPATH": str(TOP), "HOME": place},
            capture_output=True,
            text=True,
            timeout=300,
        )
        output = done.stdout + done.stderr
        if status is not None:
            self.assertEqual(done.returncode, status, output)
        return done.returncode, output
