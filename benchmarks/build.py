"""Packages and repositories made in process, and by the programs that are there for it.

A small .deb is made by dpkg-deb with its defaults. Goal: at least 100 times as fast, each from what is ready: a
Package, or a directory as dpkg-deb wants it. What it takes to describe the package stands beside.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import repositories
from benchmarks._ratio import Ratio, Row, Unmeasured
from pkgsuite.formats import deb
from pkgsuite.model.package import Package

__all__ = ["measure"]

GOAL = 100.0
ROUNDS = 7
PACKAGES = 200
BUILDS = 10


def package() -> Package:
    """A package with a program, a configuration file, a manual and a script."""
    return Package(
        "dummy",
        "1.0-1",
        desc="A small package",
        files=["usr/bin/dummy|0755", "usr/share/doc/dummy/README", "etc/dummy.conf"],
        backup=["etc/dummy.conf"],
        depends=["libc6>=2.3"],
        install={"postinst": "exit 0"},
    )


def seconds(what: Callable[[], object], times: int) -> float:
    """How long one of several calls takes."""
    start = time.perf_counter()
    for _ in range(times):
        what()
    return (time.perf_counter() - start) / times


def measure() -> Iterator[Row]:
    """A .deb, then what pacman has for packages and repositories."""
    yield from small_deb()
    yield from repositories.measure()


def small_deb() -> Iterator[Row]:
    """Both sides in turn, the fastest round of each."""
    if shutil.which("dpkg-deb") is None:
        yield Unmeasured("a small .deb (dpkg-deb -b)", "no dpkg-deb here (apt-get install dpkg)")
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as place:
        ours, source, built = Path(place, "ours.deb"), Path(place, "source"), Path(place, "theirs.deb")
        ours.write_bytes(deb.archive(package()))
        subprocess.run(["dpkg-deb", "-R", ours, source], check=True)
        command = ["dpkg-deb", "--root-owner-group", "-b", source, built]
        ready = package()
        rounds = [
            (
                seconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True), BUILDS),
                seconds(lambda: deb.archive(ready), PACKAGES),
                seconds(package, PACKAGES),
            )
            for _ in range(ROUNDS)
        ]
    theirs, made, described = map(min, zip(*rounds, strict=True))
    yield Ratio("a small .deb (dpkg-deb -b)", made, theirs, 1 / GOAL)
    yield Ratio("describing the package (dpkg-deb -b)", described, theirs)
