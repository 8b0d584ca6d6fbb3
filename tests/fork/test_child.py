"""The process that the tests of a class run in."""

from __future__ import annotations

import subprocess
import sys
import unittest

from pkgsuite.system import ladder
from tests.command_line import CommandLineTest

ASKS = """
    import unittest, urllib.request
    from pkgsuite import Package, Scenario, pacman

    class Case(Scenario, on=pacman):
        def test_a_node_is_where_it_is(self):
            mirror = self.start_mirror(Package("dummy"))
            with urllib.request.urlopen(f"{mirror.url}/repository/repository.db", timeout=60) as answer:
                self.assertTrue(answer.read())
"""


class ProxyTest(CommandLineTest):
    def test_no_proxy_of_the_host_is_asked_for_what_is_in_the_world(self) -> None:
        """Builds of packages name one where nobody listens, so that nothing comes from the network."""
        ladder.the_world()
        self.write("test_asks.py", ASKS)

        done = subprocess.run(
            [sys.executable, "-m", "unittest", "test_asks"],
            cwd=self.place,
            env=self.environment(http_proxy="http://127.0.0.1:9/", HTTP_PROXY="http://127.0.0.1:9/"),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

        self.assertEqual(0, done.returncode, done.stderr)


if __name__ == "__main__":
    unittest.main()
