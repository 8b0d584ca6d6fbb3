"""Signatures of a repository's packages: by gpg each time, and from the cache.

Goal: 200 packages in at most 30 ms once they were signed before, without gpg.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from unittest import mock

from benchmarks._ratio import Ratio, Row, Unmeasured
from pkgsuite import cache, signing
from pkgsuite.formats import alpm
from pkgsuite.model.package import Package
from pkgsuite.model.signature import Signature

__all__ = ["measure"]

PACKAGES = 200
ROUNDS = 5
GOAL_S = 0.03


def seconds(what: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def measure() -> Iterator[Row]:
    """The signatures from the cache, over the goal and over gpg."""
    if shutil.which("gpg") is None:
        yield Unmeasured(f"{PACKAGES} signatures again (goal)", "no gpg here (apt-get install gpg gpg-agent)")
        return
    packages = [Package(f"package{number}", files=[f"usr/bin/{number}"]) for number in range(PACKAGES)]
    wanted = [(alpm.archive(package), Signature.GOOD) for package in packages]

    def from_the_disk() -> None:
        cache.forget()
        signing.sign(wanted)

    with tempfile.TemporaryDirectory() as place, mock.patch.dict(os.environ, XDG_CACHE_HOME=place):
        by_gpg = seconds(lambda: signing.sign(wanted))
        with mock.patch.dict(os.environ, PATH="/nowhere"):
            from_cache = min(seconds(from_the_disk) for _ in range(ROUNDS))
    yield Ratio(f"{PACKAGES} signatures again (goal)", from_cache, GOAL_S, 1)
    yield Ratio(f"{PACKAGES} signatures again (gpg)", from_cache, by_gpg)
