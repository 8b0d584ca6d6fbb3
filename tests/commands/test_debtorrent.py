"""`pkgsuite debtorrent`: called as the original was, with an exit status of its own."""

from __future__ import annotations

from pkgsuite.system.ladder import the_world
from tests.command_line import CommandLineTest

TABLE = """
tests = {'well': ('It works.', {1: []}, {1: (1, [])}, [(1, ['update']), (1, ['install', 'fop-doc'])]),
         'ill': ('It does not.', {1: []}, {1: (1, [])}, [(1, ['no-such-verb'])])}
print 'not run'
"""


class DebtorrentCommandTest(CommandLineTest):
    def setUp(self) -> None:
        super().setUp()
        self.write("table.py", TABLE)

    def needs_host_names(self) -> None:
        """Skip where mirrors can have no names, since every test of a table needs them."""
        if not the_world().place.has_mounts:
            self.skipTest("host names need a world with mounts of its own (pkgsuite doctor)")

    def test_a_test_that_holds_gives_0(self) -> None:
        self.needs_host_names()
        done = self.call("debtorrent", "--table", "table.py", "well")

        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn('1: "apt-get install fop-doc" took', done.stdout)
        self.assertTrue(done.stdout.endswith("test well: all rules held\n"), done.stdout)
        self.assertNotIn("not run", done.stdout)

    def test_one_that_does_not_among_all_gives_1_and_says_why(self) -> None:
        self.needs_host_names()
        done = self.call("debtorrent", "--table", "table.py", "all")

        self.assertEqual(1, done.returncode, done.stderr)
        self.assertIn("test well: all rules held\n", done.stdout)
        self.assertRegex(
            done.stdout, r"(?s)test ill: .*1 of 1 apt-gets broke RETCODE=0.*Invalid operation no-such-verb"
        )

    def test_one_that_cannot_be_run_is_no_success(self) -> None:
        done = self.call("debtorrent", "6", PKGSUITE_ISOLATION="none")

        self.assertEqual(1, done.returncode)
        self.assertIn("test 6: skipped: no isolation on this machine", done.stdout)

    def test_help_lists_all_tests_with_their_descriptions(self) -> None:
        done = self.call("debtorrent", "help")

        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn("(all|TEST|help)", done.stdout)
        for number in range(1, 10):
            self.assertRegex(done.stdout, rf"(?m)^  {number}     [A-Z].*\.$")

    def test_without_a_test_or_with_an_unknown_one_the_usage_is_printed(self) -> None:
        for words, said in (((), "usage: "), (("10",), "Unknown test to run: 10\n\nusage: ")):
            with self.subTest(words=words):
                done = self.call("debtorrent", *words)

                self.assertEqual((2, ""), (done.returncode, done.stdout))
                self.assertTrue(done.stderr.startswith(said), done.stderr)

    def test_a_table_that_is_wrong_is_one_line(self) -> None:
        self.write("wrong.py", "tests = {'a': ('', {}, {1: (1, [])}, [])}")

        self.assert_refused(self.call("debtorrent", "--table", "wrong.py", "all"), "tests['a'][2][1][0]=1", "tracker")
        self.assert_refused(self.call("debtorrent", "--table", "none.py", "all"), "none.py cannot be read")
