"""The index of 20,000 .debs, by apt-ftparchive and by ours: cold, and with what was kept from the last time.

Goals: at least 2.5 times as fast cold, with a process for each processor, and 15 times with what was kept. The content
must be equal. CPU seconds stand beside, which a busy machine spoils less.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest import mock

from benchmarks._ratio import Ratio, Row, Unmeasured
from pkgsuite import indexer
from pkgsuite.formats import deb
from pkgsuite.formats.apt_index import FILE_SUMS
from pkgsuite.formats.deb822 import Paragraph, parse
from pkgsuite.model.package import Package

__all__ = ["measure"]

PACKAGES = 20_000
ROUNDS = 5
GOALS = {"cold": 2.5, "warm": 15.0}
SUMS = tuple(FILE_SUMS)


def fill(pool: Path) -> None:
    """Put the packages on disk."""
    pool.mkdir()
    for number in range(PACKAGES):
        package = Package(
            f"package-{number}",
            desc=f"Package number {number}",
            long_desc="A long text\nof two lines",
            section="misc",
            priority="optional",
            arch="amd64",
            depends=["libc6>=2.3", f"package-{number // 2}"],
            files=[f"usr/bin/package-{number}", f"usr/share/doc/package-{number}/copyright"],
        )
        (pool / deb.filename(package)).write_bytes(deb.archive(package))


def seconds(what: Callable[[], object]) -> tuple[float, float]:
    """How long a call takes, and how much CPU time it and its children use."""
    cpu, start = cpu_seconds(), time.perf_counter()
    what()
    return time.perf_counter() - start, cpu_seconds() - cpu


def cpu_seconds() -> float:
    """What this process and its children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def by_name(index: bytes) -> dict[str, Paragraph]:
    """The paragraphs of an index."""
    return {said["Filename"]: said for said in parse(index)}


def theirs(root: Path, *options: str) -> bytes:
    """What apt-ftparchive writes."""
    command = ["apt-ftparchive", *options, "packages", "pool"]
    return subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=True).stdout


def measure() -> Iterator[Row]:
    """Each way over apt-ftparchive, by the clock and in CPU time."""
    if shutil.which("apt-ftparchive") is None:
        yield Unmeasured(f"{PACKAGES:,} .debs (apt-ftparchive)", "no apt-ftparchive here (apt-get install apt-utils)")
        return
    seen = ways()
    peer, peer_cpu = seen.pop("apt-ftparchive")
    for name, (wall, cpu) in seen.items():
        most = 1 / GOALS[name] if name in GOALS else None
        yield Ratio(f"{PACKAGES:,} .debs, {name} (apt-ftparchive)", wall, peer, most)
        yield Ratio("  its CPU time", cpu, peer_cpu)


def ways() -> dict[str, tuple[float, float]]:
    """Wall and CPU seconds of each way, the best of several rounds in which all take their turn."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as place:
        root, kept = Path(place), Path(place, "kept")
        fill(root / "pool")
        ours = partial(indexer.index, root, "pool", sums=SUMS)
        with mock.patch.object(indexer, "SETTLED_NS", 0):
            if by_name(theirs(root)) != by_name(ours(kept=kept)):
                raise SystemExit("the indexes differ")
        database = f"--db={root}/theirs.db"
        theirs(root, database)
        each_way: dict[str, Callable[[], object]] = {
            "apt-ftparchive": partial(theirs, root),
            "apt-ftparchive --db": partial(theirs, root, database),
            "one process": ours,
            "cold": partial(ours, jobs=os.cpu_count() or 1),
            "warm": partial(ours, kept=kept),
        }
        rounds = [{name: seconds(way) for name, way in each_way.items()} for _ in range(ROUNDS)]
    return {name: (min(each[name][0] for each in rounds), min(each[name][1] for each in rounds)) for name in each_way}
