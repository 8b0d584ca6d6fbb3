"""A small .deb made in process, and by dpkg-deb with its defaults from a directory that is ready.

Goal: at least 100 times as fast, each from what is ready: a Package, or a directory as dpkg-deb wants it. What it takes
to describe the package stands beside.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pkgsuite.formats import deb
from pkgsuite.model.package import Package

__all__ = ["main", "measure"]

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


def milliseconds(what: Callable[[], object], times: int) -> float:
    """How long one of several calls takes."""
    start = time.perf_counter()
    for _ in range(times):
        what()
    return (time.perf_counter() - start) * 1000 / times


def measure() -> dict[str, float]:
    """Both sides in turn, the fastest round of each."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as place:
        ours, source, built = Path(place, "ours.deb"), Path(place, "source"), Path(place, "theirs.deb")
        ours.write_bytes(deb.archive(package()))
        subprocess.run(["dpkg-deb", "-R", ours, source], check=True)
        command = ["dpkg-deb", "--root-owner-group", "-b", source, built]
        ready = package()
        rounds = [
            (
                milliseconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True), BUILDS),
                milliseconds(lambda: deb.archive(ready), PACKAGES),
                milliseconds(package, PACKAGES),
            )
            for _ in range(ROUNDS)
        ]
    theirs, made, described = map(min, zip(*rounds, strict=True))
    return {"theirs_ms": theirs, "ours_ms": made, "described_ms": described, "ratio": theirs / made}


def main(words: list[str]) -> int:
    """Measure and tell; 1 where the goal was missed."""
    if words:
        print("usage: python3 -m benchmarks build", file=sys.stderr)
        return 2
    seen = measure()
    print(f"dpkg-deb -b  {seen['theirs_ms']:8.3f} ms")
    print(f"in process   {seen['ours_ms']:8.3f} ms, and {seen['described_ms']:.3f} ms to describe the package")
    print(f"ratio {seen['ratio']:.0f}, goal {GOAL:.0f}")
    return 1 if seen["ratio"] < GOAL else 0
