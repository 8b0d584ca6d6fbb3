"""`python3 -m tests.soak [NAME …]`: the long forms of tests that `./run test` runs in their short ones.

A test that can be long asks `amount` how long. Takes the options of unittest too, such as -v and -f.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

__all__ = ["IS_LONG", "SOAKS", "amount", "rounds"]

VARIABLE = "PKGSUITE_TEST_LONG"
IS_LONG = bool(os.environ.get(VARIABLE))
"""Whether the long forms run."""

TOLD_S = 30.0
"""How long a soak says nothing."""

SOAKS = {
    "losses": ("a thousand tests of which a hundred end otherwise than tests should", "tests.runner.test_losses"),
    "kills": ("hundreds of runs that are killed at any moment", "tests.test_killed"),
    "repeats": ("scenarios over and over in one process, in any order", "tests.test_repeats"),
    "gigabytes": ("gigabytes through a mirror", "tests.nodes.test_gigabytes"),
    "fuzz": (
        "damaged bytes for every reader, millions of them",
        "tests.formats.test_deb_fuzz tests.formats.test_alpm_fuzz tests.nodes.test_http tests.rules.test_text "
        "tests.formats.test_bencode tests.formats.test_torrent tests.formats.test_peer_wire "
        "tests.formats.test_announce",
    ),
    "swarm": ("the nine tests of DebTorrent 50 times: as root, as user, without a network", "tests.test_swarm"),
    "poor": ("all tests on machines that lack something", "tests.test_poor_machines"),
    "packages": ("packages for three distributions, built, installed and removed", "tests.packaging.test_packages"),
}
"""What there is: a sentence, and the modules of tests."""


def amount(short: int, long: int) -> int:
    """How many, in the form that runs."""
    return long if IS_LONG else short


def rounds(count: int) -> Iterator[int]:
    """The numbers from 1 to *count*; in the long forms stderr tells now and then how far they are."""
    begun = told = time.monotonic()
    for number in range(1, count + 1):
        if IS_LONG and time.monotonic() - told > TOLD_S:
            told = time.monotonic()
            print(f"round {number} of {count} after {told - begun:.0f} s", file=sys.stderr, flush=True)
        yield number


def main(words: list[str]) -> int:
    """Run the modules of the named soaks, all of them without a name; gives the exit status."""
    names = [word for word in words if not word.startswith("-")]
    unknown = [name for name in names if name not in SOAKS]
    if unknown:
        print(f"there is no soak {unknown[0]!r}; expected some of {', '.join(SOAKS)}", file=sys.stderr)
        return 2
    if "-h" in words or "--help" in words:
        print("usage: python3 -m tests.soak [NAME …] [OPTIONS of unittest]\n")
        print("Runs the long form of tests that `./run test` runs in their short one; all of them without a name.\n")
        print(*(f"  {name:<10} {about}" for name, (about, _) in SOAKS.items()), sep="\n")
        return 0
    modules = [module for name in names or SOAKS for module in SOAKS[name][1].split()]
    options = [word for word in words if word.startswith("-")]
    environment = {**os.environ, VARIABLE: "1"}
    return subprocess.run([sys.executable, "-m", "tests", *options, *modules], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
