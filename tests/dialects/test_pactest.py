"""Test files in the dialect, run for real: each name, each rule, and what today's runner gets wrong."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

from pkgsuite.dialects import pactest
from pkgsuite.errors import SuiteError
from tests.dialects.pactest_runs import Line, Run, run

PASSING = {
    "names": """
self.description = "every list and text of a package reaches pacman"
p = pmpkg("full", "2:1.5-3")
p.desc, p.url, p.license, p.arch = "a full one", "http://example.invalid", ["MIT"], "any"
p.groups, p.provides, p.depends, p.conflicts = ["base"], ["virtual=1"], ["other"], ["enemy"]
p.optdepends, p.replaces, p.backup = ["extra: for fun"], ["older"], ["etc/full.conf"]
p.files = ["etc/full.conf", "usr/bin/full|0755", "usr/lib/link -> ../bin/full", "usr/share/full/"]
p.builddate, p.installdate, p.packager, p.size = 1000000000, "1000000001", "me <me@example.invalid>", 4096
p.install["post_install"] = "echo hello > /greeting"
self.addpkg(p)
self.addpkg2db("local", pmpkg("other"))
self.args = "-U %s" % p.filename()
for rule in '''PACMAN_RETCODE=0
PKG_EXIST=full
PKG_VERSION=full|2:1.5-3
PKG_DESC=full|a full one
PKG_REASON=full|0
PKG_GROUPS=full|base
PKG_PROVIDES=full|virtual=1
PKG_DEPENDS=full|other
PKG_OPTDEPENDS=full|extra
PKG_FILES=full|usr/share/full/
PKG_BACKUP=full|etc/full.conf
FILE_EXIST=usr/bin/full
FILE_MODE=usr/bin/full|755
FILE_TYPE=usr/lib/link|link
FILE_TYPE=usr/share/full|dir
FILE_TYPE=etc/full.conf|file
LINK_EXIST=usr/lib/link
DIR_EXIST=usr/share/full
FILE_CONTENTS=greeting|hello
FILE_CONTENTS=etc/full.conf|etc/full.conf
PACMAN_OUTPUT=installing full
!PKG_EXIST=absent
!FILE_PACNEW=etc/full.conf'''.split("\\n"):
    self.addrule(rule + "\\n" if "CONTENTS" in rule else rule)
assert p.filename() == "full-2:1.5-3.pkg.tar.gz", p.filename()
assert p.fullname() == "full-2:1.5-3" and p.filelist()[0] == "etc/full.conf"
assert p.makepkg_bytes()[:2] == b"\\x1f\\x8b"
""",
    "sync": """
import os, sys
import util
self.description = "repositories, options and the package cache"
p = pmpkg("a", "2.0-1")
p.files = ["usr/bin/a"]
q = self.addpkg2db("sync", p)
assert q is p and self.findpkg("a", "2.0-1") is p and self.findpkg("a", "1.0-1") is None
self.addpkg2db("local", pmpkg("a"))
assert self.findpkg("a", "1.0-1") is None and self.findpkg("a", "1.0-1", allow_local=True)
self.addpkg2db("aNever", pmpkg("b"))
self.addpkg2db("local", pmpkg("c"))
self.addpkg2db("sync", pmpkg("c", "2.0-1"))
self.option["IgnorePkg"] = ["x", "c"]
self.db["aNever"].option["Usage"] = ["Search"]
assert self.db["aNever"].getverify() == "Never" and self.db["local"].is_local
assert util.PM_DBPATH == "var/lib/pacman" and util.PM_EXT_PKG == ".pkg.tar.gz" and os.path.join("a", "b")
self.args = "-Su --debug"
self.addrule("PACMAN_RETCODE=0")
self.addrule("PKG_VERSION=a|2.0-1")
self.addrule("CACHE_EXISTS=a|2.0-1")
self.addrule("CACHE_FEXISTS=b-1.0-1.pkg.tar.gz")
self.addrule("!CACHE_EXISTS=a|1.0-1")
self.addrule("PACMAN_OUTPUT=warning: c: ignoring package upgrade")
self.addrule("FILE_EXIST=var/log/pactest.log")
""",
    "filesystem": """
self.description = "files, hooks and scripts that stand before"
self.filesystem = ["etc/mine|0600", "var/empty/", "lib -> usr/lib"]
self.add_hook("count", '''[Trigger]
Operation = Install
Type = Package
Target = *
[Action]
When = PostTransaction
Exec = /bin/counter''')
self.add_script("counter", "echo counted > /counted")
p = pmpkg("a")
p.files = ["usr/lib/a"]
self.addpkg(p)
self.args = "-U " + p.filename()
self.addrule("PACMAN_RETCODE=0")
self.addrule("FILE_EXIST=counted")
self.addrule("FILE_MODE=etc/mine|600")
self.addrule("FILE_CONTENTS=etc/mine|etc/mine|0600\\n")
self.addrule("!FILE_MODIFIED=etc/mine")
self.addrule("FILE_MODE=bin/counter|755")
self.addrule("DIR_EXIST=var/empty")
self.addrule("FILE_EXIST=lib/a")
""",
    "local": """
self.description = "archives of what is installed, an older database, a package in the working directory"
old = pmpkg("a")
old.files, old.backup, old.reason = ["etc/a*"], ["etc/a"], 1
self.addpkg2db("local", old)
self.createlocalpkgs = True
new = pmpkg("a", "1.0-2")
new.files, new.backup = ["etc/a**"], ["etc/a"]
self.localpkgs.append(new)
self.args = "-U " + new.filename()
self.addrule("PACMAN_RETCODE=0")
self.addrule("PKG_VERSION=a|1.0-2")
self.addrule("PKG_REASON=a|1")
self.addrule("FILE_PACNEW=etc/a")
self.addrule("CACHE_EXISTS=a|1.0-1")
self.addrule("FILE_CONTENTS=etc/a|etc/a*\\n")
self.addrule("FILE_CONTENTS=etc/a.pacnew|etc/a**\\n")
self.addrule("FILE_EMPTY=etc/ld.so.conf")
self.addrule("FILE_EXIST=etc/ld.so.cache")
""",
    "modes": """
self.description = "a backup sum is that of the entry as written, whatever mode the file has"
old = pmpkg("a")
old.files, old.backup = ["etc/a|666"], ["etc/a*"]
self.addpkg2db("local", old)
self.args = "-R a"
self.addrule("FILE_PACSAVE=etc/a")
""",
    "uncached": """
self.description = "without a cache, archives are fetched"
self.cachepkgs = False
self.addpkg2db("sync", pmpkg("a"))
self.args = "-S a"
self.addrule("PKG_EXIST=a")
self.addrule("CACHE_EXISTS=a|1.0-1")
self.addrule("FILE_EXIST=var/pub/sync/a-1.0-1.pkg.tar.gz")
""",
    "server": """
self.description = "a server of its own"
self.require_capability("curl")
p = pmpkg("a")
self.addpkg2db("sync", p)
url = self.add_simple_http_server({"/" + p.filename(): p.makepkg_bytes()})
self.db["sync"].option["Server"] = [url]
self.db["sync"].syncdir = False
self.cachepkgs = False
self.args = "-S a"
self.addrule("PACMAN_RETCODE=0")
self.addrule("PKG_EXIST=a")
self.addrule("FILE_EXIST=var/log/httpd.log")
""",
    "fallback": """
self.description = "the fallback, a redirection and headers"
url = self.add_simple_http_server({
    "/moved.pkg": {"code": 303, "headers": {"Location": "/there.pkg"}},
    "": "text for all others",
})
self.option["SigLevel"] = ["Never"]
self.args = "-Uw %s/moved.pkg %s/other.pkg" % (url, url)
self.addrule("!PACMAN_RETCODE=0")
self.addrule("CACHE_FCONTENTS=other.pkg|text for all others")
""",
    "surplus": """
self.description = "what stands behind a name alone does not count"
self.addpkg2db("local", pmpkg("a"))
self.args = "-Q a"
self.addrule("PKG_EXIST=a|9.9-9")
self.addrule("PACMAN_OUTPUT=^a |never")
""",
    "equals": """
self.description = "a second = belongs to the value"
p = pmpkg("a")
p.provides = ["b=1"]
self.addpkg2db("local", p)
self.args = "-Q a"
self.addrule("PKG_PROVIDES=a|b=1")
""",
    "newline": """
self.description = "a newline in a field is legal input"
p = pmpkg("a")
p.desc = "one\\ntwo"
self.addpkg2db("local", p)
self.addpkg2db("sync", pmpkg("b"))
self.args = "-S b"
self.addrule("PKG_EXIST=b")
""",
    "command": """
self.description = "pacman's words can be changed, and name the root"
self.addpkg2db("local", pmpkg("a"))
self.cmd.remove("--noconfirm")
self.args = "-Q --config " + self.configfile()
self.addrule("PACMAN_RETCODE=0")
assert self.rootdir().endswith("/") and self.dbdir() and self.cachedir() and self.hookdir()
""",
    "lockplaced": """
self.description = "a lock that the test placed is no stale lock"
self.filesystem = ["var/lib/pacman/db.lck"]
self.addpkg2db("sync", pmpkg("a"))
self.args = "-S a"
self.addrule("PACMAN_RETCODE=1")
""",
    "dbver": """
self.description = "an older database has no version"
self.addpkg2db("local", pmpkg("a"))
self.dbver = 8
self.args = "-Q a"
self.addrule("!FILE_EXIST=var/lib/pacman/local/ALPM_DB_VERSION")
""",
    "unresolved": """
self.description = f"{'computed'} description # todo"
self.args = "-V"
self.addrule("PACMAN_RETCODE=0")
""",
}

SPECIAL = {
    "todo": 'self.description = "fails"\nself.expectfailure = True\n'
    'self.args = "-Q a"\nself.addrule("PACMAN_RETCODE=0")',
    "unexpected": 'self.expectfailure = True\nself.args = "-V"\nself.addrule("PACMAN_RETCODE=0")',
    "skipped": 'self.description = "no nls"\nself.require_capability("nls")',
    "skipall": 'self.skipall = "not today"',
    "old": 'self.description = "3.x"\np = pmpkg("a")\np.files = ["usr/man/man1/a.1"]\nself.addpkg(p)\n'
    'self.args = "-A %s" % p.filename()\nself.addrule("PACMAN_RETCODE=0")\nself.addrule("PKG_EXIST=a")',
}

WRONG = {
    "unknown": ('self.args = "-V"\nself.addrule("PKG_EXISTS=a")', "PKG_EXIST,"),
    "bogus": ('self.args = "-V"\nself.addrule("FILE_TYPE=x|bogus")', "dir, file or link"),
    "typo": ('self.args = "-V"\nself.addrule("CACHE_TYPO=x")', "CACHE_FEXISTS"),
    "expected": ('self.expectfailure = True\nself.addrule("CACHE_TYPO=x")', "CACHE_TYPO"),
    "syntax": ("self.args = (", "SyntaxError"),
    "raises": ('\n\nraise RuntimeError("deliberate")', "line 3"),
    "exits": ("import sys\nsys.exit(3)", "sys.exit(3)"),
    "dies": ("os._exit(0)", "must not end the process"),
    "twice": ('p = pmpkg("a")\np.files = ["etc/a", "etc/a/b"]\nself.addpkg(p)', "a-1.0-1: files"),
    "absolute": ('p = pmpkg("a")\np.files = ["/etc/a"]\nself.addpkg(p)', "without the leading"),
    "capability": ('self.require_capability("flying")', "gpg, curl, nls"),
    "nopackage": ('self.addpkg("a")', "a pmpkg"),
    "quotes": ('self.args = "-Q \'a"', "words as in a shell"),
}


class RunTest(unittest.TestCase):
    """Many files in one call."""

    done: Run

    @classmethod
    def setUpClass(cls) -> None:
        files = PASSING | SPECIAL | {name: text for name, (text, _) in WRONG.items()}
        cls.done = run(files, "--without-nls", environment={"PACTEST_SECRET": "x"})

    def line(self, name: str) -> Line:
        return self.done.lines[name]

    def test_stream_is_valid_and_the_status_tells_of_failures(self):
        self.assertEqual([], self.done.trouble)
        self.assertEqual(1, self.done.status)

    def test_every_name_and_rule(self):
        for name in PASSING:
            with self.subTest(name):
                line = self.line(name)
                self.assertEqual(("ok", ""), (line.verdict, line.directive), self.done.output)
                self.assertEqual({"ok"}, set(line.rules.values()))

    def test_descriptions_are_those_of_the_run_and_hold_no_directive(self):
        self.assertEqual("computed description #_ todo", self.line("unresolved").description)
        self.assertEqual("raises", self.line("raises").description)

    def test_expected_failures_are_todo_and_an_unexpected_pass_says_so(self):
        self.assertEqual(("not ok", "TODO expected to fail"), (self.line("todo").verdict, self.line("todo").directive))
        self.assertEqual("TODO expected to fail, and passed", self.line("unexpected").directive)

    def test_skips_have_reasons(self):
        self.assertEqual("SKIP missing capability nls", self.line("skipped").directive)
        self.assertEqual(("ok", "SKIP not today"), (self.line("skipall").verdict, self.line("skipall").directive))

    def test_old_files_load_run_and_fail_honestly(self):
        self.assertEqual({"PACMAN_RETCODE=0": "not ok", "PKG_EXIST=a": "not ok"}, self.line("old").rules)

    def test_what_is_wrong_is_an_error_that_names_it(self):
        for name, (_, words) in WRONG.items():
            with self.subTest(name):
                following = self.done.output.partition(f"# Running '{name}'")[2].partition("# Running '")[0]
                self.assertIn("not ok", following)
                self.assertIn(words, following)
                self.assertEqual("", self.line(name).directive)

    def test_errors_show_the_line_of_the_file(self):
        following = self.done.output.partition("# Running 'unknown'")[2].partition("# Running '")[0]

        self.assertRegex(following, r'unknown\.py", line 2')
        self.assertNotIn("pactest_script.py", following)


BROKEN = {
    "unknown": WRONG["unknown"][0],
    "bogus": WRONG["bogus"][0],
    "typo": WRONG["typo"][0],
    "equals": PASSING["equals"],
    "shell": """
p = pmpkg("a")
p.install["post_install"] = "for each in 1 2; do echo $each; done > /counted"
self.addpkg(p)
self.args = "-U " + p.filename()
self.addrule("FILE_CONTENTS=counted|1\\n2\\n")
""",
    "streams": """
self.args = "-Q a"
self.addrule("STDERR=package .a. was not found")
self.addrule("PACMAN_OUTPUT=package .a. was not found")
self.addrule("!STDERR=no such words")
""",
    "elsewhere": """
p = pmpkg("a")
p.install["post_install"] = "echo > /unnamed"
self.addpkg(p)
self.args = "-U " + p.filename()
self.addrule("PKG_EXIST=a")
self.addrule("UNCHANGED_ELSEWHERE=")
""",
    "missing": 'self.args = "-V"\nself.addrule("PKG_VERSION=a|1")\nself.addrule("!PKG_VERSION=a|1")',
    "stale": """
p = pmpkg("a")
p.install["post_install"] = "kill -USR1 $PPID; sleep 0.1"
self.addpkg(p)
self.args = "-U " + p.filename()
self.addrule("PKG_EXIST=a")
""",
    "core": """
p = pmpkg("a")
p.install["post_install"] = "kill -SEGV $PPID; sleep 0.1"
self.addpkg(p)
self.args = "-U " + p.filename()
self.addrule("!PACMAN_RETCODE=0")
""",
    "absolute": """
self.filesystem = ["a -> /etc/mine", "etc/mine"]
self.args = "-V"
self.addrule("FILE_EXIST=a")
self.addrule("!FILE_EXIST=passwd")
""",
    "hang": """
p = pmpkg("a")
p.install["post_install"] = "while :; do :; done"
self.addpkg(p)
self.args = "-U " + p.filename()
self.addrule("PKG_EXIST=a")
""",
    "after": 'self.args = "-V"\nself.addrule("PACMAN_RETCODE=0")',
}


class WhereTheirRunnerIsWrongTest(unittest.TestCase):
    """Each row of that section of docs/pactest.md; row 6 is tested with the command, row 7 with the server."""

    done: Run

    @classmethod
    def setUpClass(cls) -> None:
        cls.done = run(BROKEN, "--timeout", "8")

    def test_stream_stays_valid(self):
        self.assertEqual([], self.done.trouble)
        self.assertEqual(1, self.done.status)

    def told(self, name: str) -> str:
        """What the stream says of one file."""
        return self.done.output.partition(f"# Running '{name}'")[2].partition("# Running '")[0]

    def test_row_1_an_unknown_rule_is_an_error_that_names_it_and_the_known_ones(self):
        self.assertEqual("not ok", self.done.lines["unknown"].verdict)
        for words in ("PKG_EXISTS", "PKG_EXIST,", "FILE_EXIST,"):
            self.assertIn(words, self.told("unknown"))

    def test_row_2_a_malformed_rule_is_an_error(self):
        for name, words in (("bogus", "dir, file or link"), ("typo", "CACHE_TYPO")):
            self.assertEqual("not ok", self.done.lines[name].verdict)
            self.assertIn(words, self.told(name))

    def test_row_2_a_second_equals_sign_is_part_of_the_value(self):
        self.assertEqual({"PKG_PROVIDES=a|b=1": "ok"}, self.done.lines["equals"].rules)

    def test_row_2_a_claim_about_what_is_not_there_is_broken_and_so_is_its_negation(self):
        self.assertEqual({"not ok"}, set(self.done.lines["missing"].rules.values()))
        self.assertIn("expected", self.done.lines["missing"].told)
        self.assertIn("a is not installed", self.done.lines["missing"].told)

    def test_row_3_scripts_find_a_shell_that_needs_no_library(self):
        self.assertEqual("ok", self.done.lines["shell"].verdict, self.told("shell"))

    def test_row_4_a_stale_lock_fails_the_test(self):
        self.assertEqual("not ok", self.done.lines["stale"].rules["NO_STALE_LOCK"])

    def test_row_4_a_core_dump_fails_the_test(self):
        self.assertEqual("not ok", self.done.lines["core"].rules["NO_CORE_DUMP"])

    def test_links_are_followed_inside_the_root(self):
        self.assertEqual("ok", self.done.lines["absolute"].verdict)

    def test_row_5_a_manager_that_hangs_is_ended_and_others_run(self):
        self.assertEqual("not ok", self.done.lines["hang"].verdict)
        self.assertIn("did not end within 8 s", self.done.output)
        self.assertEqual("ok", self.done.lines["after"].verdict)

    def test_row_5_streams_can_be_told_apart(self):
        self.assertEqual({"ok"}, set(self.done.lines["streams"].rules.values()), self.told("streams"))

    def test_row_5_what_changed_unnamed_is_seen(self):
        self.assertEqual("not ok", self.done.lines["elsewhere"].rules["UNCHANGED_ELSEWHERE="])
        self.assertIn("created unnamed", self.told("elsewhere"))


HOSTILE = """
import os, socket
self.description = "tries to get out"
tried = []
for path in ("/etc/pactest-was-here", "/usr/pactest-was-here", os.path.join(os.path.dirname(__file__), "here"), "%s"):
    try:
        with open(path, "w") as file:
            file.write("x")
    except OSError:
        pass
    else:
        tried.append(path)
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError:
    pass
else:
    tried.append("network")
if "PACTEST_SECRET" in os.environ:
    tried.append("environment")
os.chdir("/")
os.environ["LD_PRELOAD"] = "/nowhere.so"
print("not ok 7 - planted")
os.write(1, b"not ok 8 - planted\\n")
self.filesystem = tried and ["tried/" + str(len(tried))] or []
self.args = "-V"
self.addrule("!DIR_EXIST=tried")
"""


class HostileTest(unittest.TestCase):
    """Files that try to touch the machine."""

    def test_nothing_outside_is_touched(self):
        with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
            target = Path(place, "victim")
            files = {"hostile": HOSTILE % target, "next": BROKEN["after"]}

            done = run(files, environment={"PACTEST_SECRET": "x"}, jobs=1)

            self.assertFalse(target.exists())
        self.assertFalse(os.path.exists("/etc/pactest-was-here") or os.path.exists("/usr/pactest-was-here"))
        self.assertEqual([], done.trouble)
        self.assertEqual(["ok", "ok"], [line.verdict for line in done.lines.values()], done.output)

    def test_who_kills_and_closes_all_harms_no_other(self):
        files = {
            "kills": "import os\nos.kill(-1, 9)",
            "closes": "import os\nos.closerange(3, 1000)",
            "leaves": "import os, time\nif os.fork() == 0:\n    time.sleep(1000)\nself.args = '-V'",
            "next": BROKEN["after"],
        }

        done = run(files, jobs=1)

        self.assertEqual([], done.trouble)
        self.assertEqual(["not ok", "not ok", "ok", "ok"], [done.lines[name].verdict for name in files], done.output)
        self.assertIn("its worker ended", done.output)


class LoadDirectoryTest(unittest.TestCase):
    """The dialect as plain unittest."""

    def test_a_directory_is_a_suite_with_every_outcome(self):
        with tempfile.TemporaryDirectory() as place:
            for name in ("todo", "unexpected", "skipall"):
                Path(place, f"{name}.py").write_text(SPECIAL[name])
            Path(place, "good.py").write_text(PASSING["names"])
            Path(place, "wrong.py").write_text(WRONG["raises"][0] + "\nself.x = 1")
            Path(place, "helper.py").write_text("nothing = 1\n")
            result = unittest.TestResult()

            suite = pactest.load_directory(place)
            descriptions = [test.shortDescription() for test in suite]
            suite.run(result)

        self.assertEqual(5, result.testsRun)
        self.assertIn("every list and text of a package reaches pacman", descriptions)
        self.assertEqual([1, 1], [len(result.expectedFailures), len(result.unexpectedSuccesses)])
        self.assertEqual([1, 1], [len(result.skipped), len(result.errors)])
        self.assertIn("deliberate", result.errors[0][1])

    def test_two_files_of_one_name_are_two_tests(self):
        with tempfile.TemporaryDirectory() as place:
            paths = [Path(place, above, "a.py") for above in ("x", "y")]
            for path in paths:
                path.parent.mkdir()
                path.write_text("self.args = '-Q'\n")

            names = [test.id().rpartition(".")[2] for test in pactest.load_files(paths)]

        self.assertEqual(["test_a", "test_a_2"], names)

    def test_an_empty_directory_is_an_error(self):
        with tempfile.TemporaryDirectory() as place, self.assertRaisesRegex(SuiteError, "no test files"):
            pactest.load_directory(place)
