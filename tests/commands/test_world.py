"""`pkgsuite world`: a command in a world, with its exit status and nothing of it left."""

from __future__ import annotations

from pkgsuite.errors import Unsupported
from pkgsuite.system import ladder
from tests.command_line import CommandLineTest


class WorldTest(CommandLineTest):
    """The command."""

    @classmethod
    def setUpClass(cls) -> None:
        climbed = ladder.climb()
        if climbed.world is None:
            raise Unsupported(climbed.explain())
        climbed.world.close()
        if not climbed.world.place.has_mounts:
            raise Unsupported("a world needs namespaces")

    def test_status(self) -> None:
        """The exit status is the command's, as a shell tells it."""
        for script, status in (("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137)):
            with self.subTest(script=script):
                self.assertEqual(self.call("world", "--", "sh", "-c", script).returncode, status)

    def test_inside(self) -> None:
        """It is root there, starts where it was called, and cannot write to the host."""
        done = self.call("world", "--", "sh", "-c", "id -u; pwd; touch ./file")

        self.assertEqual(done.stdout, f"0\n{self.place}\n")
        self.assertIn("Read-only", done.stderr)
        self.assertEqual(list(self.place.iterdir()), [])

    def test_writable(self) -> None:
        """One directory can be written to."""
        self.call("world", "--writable", ".", "--", "touch", "file")

        self.assertEqual([path.name for path in self.place.iterdir()], ["file"])

    def test_wrong(self) -> None:
        """A directory that is none, / and an unknown rung are wrong usage; a program that is none exits 127."""
        self.assert_refused(self.call("world", "--writable", "missing", "--", "true"), "expected a directory")
        self.assert_refused(self.call("world", "--writable", "/", "--", "true"), "not /")
        self.assert_refused(self.call("world", "--", "true", PKGSUITE_ISOLATION="bogus"), "PKGSUITE_ISOLATION")
        self.assert_refused(self.call("world", "--", "true", PKGSUITE_ISOLATION="none"), "no isolation")
        done = self.call("world", "--", "no-such-program")
        self.assertEqual((done.returncode, done.stdout), (127, ""))
        self.assertRegex(done.stderr, r"\Apkgsuite: no-such-program cannot be run: [^\n]+\n\Z")
