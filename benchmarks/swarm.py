"""What the nine tests of DebTorrent take, a gigabyte through a downloader, and many downloaders to start and end."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks._ratio import Ratio, Row, Unmeasured
from benchmarks.mirror import forks, in_memory, pss_kib
from pkgsuite.errors import Unsupported
from pkgsuite.nodes.base import Node, stop_all
from pkgsuite.nodes.caches import AptCacherNg
from pkgsuite.nodes.downloader import Downloader, Options
from pkgsuite.nodes.mirror import Mirror

__all__ = ["measure"]

TOP = Path(__file__).parent.parent
NINE = "testcases/swarm/test_nine.py"
SLEPT_S = 1494.0
"""What DebTorrent's own program slept for during its nine tests, in fixed sleeps."""

SHARE = 0.02
"""The goal: this much of that."""

BYTES = 1_000_000_000
ROUNDS = 3
FIRST = 0.34
"""The goal for a package that comes for the first time: a third of what apt-cacher-ng takes."""

ARCHIVE = "pool/main/b/big/big_1_all.deb"
INDEX = "dists/sid/main/binary-amd64/Packages"
RELEASE = "dists/sid/Release"

CROWDS = (10, 100, 500)
FORKS, GONE_S, PSS_KIB = 2.5, 2.0, 3.5 * 1024
"""The goals for the largest crowd: so many times as long as bare forks take, seconds, and memory for each node."""


def measure() -> Iterator[Row]:
    """The nine tests, a gigabyte beside apt-cacher-ng, and crowds of downloaders beside bare forks."""
    yield from nine()
    yield from gigabyte()
    for count in CROWDS:
        yield from crowd_rows(count)


def nine() -> Iterator[Row]:
    """The nine tests one after the other: beside the sleeps of the original, and beside what apt-get itself took."""
    with tempfile.TemporaryDirectory() as place:
        told = f"{place}/events"
        words = [sys.executable, "-m", "pkgsuite", "run", NINE, "--jobs", "1", "--report", f"jsonl={told}"]
        start = time.perf_counter()
        ended = subprocess.run(words, cwd=TOP, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        if ended.returncode:
            yield Unmeasured("all nine tests", f"they did not pass: {ended.stdout[-300:]}")
            return
        found = [json.loads(line) for line in Path(told).read_text().splitlines()]
    of_apt = sum(event["seconds"] for event in found if event["event"] == "command")
    yield Ratio("all nine tests (the original's sleeps)", seconds, SLEPT_S, SHARE)
    yield Ratio("all nine tests (apt-get's own time)", seconds, of_apt)


def gigabyte() -> Iterator[Row]:
    """The seconds for 1 GB from a mirror, and again from the disk, ours over those of apt-cacher-ng."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as place:
        Path(place).chmod(0o755)
        os.makedirs(f"{place}/mirror")
        offer(Path(place, "mirror"))
        mirror = Mirror(directory=f"{place}/mirror", port=8000)
        mirror.start()
        try:
            ours, theirs = (float("inf"), float("inf")), (float("inf"), float("inf"))
            for number in range(ROUNDS):
                ours = best(ours, twice(lambda name: downloader(name), mirror, f"{place}/ours{number}"))
                theirs = best(theirs, twice(lambda name: AptCacherNg("cache", name), mirror, f"{place}/theirs{number}"))
        except Unsupported as reason:
            yield Unmeasured("1 GB through a downloader (apt-cacher-ng)", str(reason))
            return
        finally:
            mirror.close()
    yield Ratio("1 GB from the mirror, through a downloader (a.-c.-ng)", ours[0], theirs[0], FIRST)
    yield Ratio("1 GB from the disk of a downloader (apt-cacher-ng)", ours[1], theirs[1], 1.25)


def offer(place: Path) -> None:
    """A repository with a package of a gigabyte."""
    sums = {"SHA1": hashlib.sha1(usedforsecurity=False), "SHA256": hashlib.sha256()}
    for path in (ARCHIVE, INDEX):
        Path(place, path).parent.mkdir(parents=True)
    with open(place / ARCHIVE, "wb") as file:
        for _ in range(BYTES // 1_000_000):
            data = os.urandom(1000) * 1000
            file.write(data)
            for each in sums.values():
                each.update(data)
    told = "".join(f"{name}: {each.hexdigest()}\n" for name, each in sums.items())
    index = f"Package: big\nVersion: 1\nFilename: {ARCHIVE}\nSize: {BYTES}\n{told}\n".encode()
    Path(place, INDEX).write_bytes(index)
    name = INDEX.removeprefix("dists/sid/")
    Path(place, RELEASE).write_text(f"SHA256:\n {hashlib.sha256(index).hexdigest()} {len(index)} {name}\n")


def downloader(place: str) -> Downloader:
    """A downloader without peers."""
    os.makedirs(place)
    return Downloader("downloader", Options(place))


def twice(make: Callable[[str], Downloader | AptCacherNg], mirror: Mirror, place: str) -> tuple[float, float]:
    """The seconds for the package from the mirror, and again."""
    node = make(place)
    with contextlib.closing(node):
        node.start()
        below = node.url_of(mirror).partition(f":{node.port}")[2]
        for path in (RELEASE, INDEX):
            fetch(node, f"{below}/{path}", 1)
        found = (fetch(node, f"{below}/{ARCHIVE}", BYTES), fetch(node, f"{below}/{ARCHIVE}", BYTES))
    subprocess.run(["rm", "-rf", place], check=True)
    return found


def best(before: tuple[float, float], now: tuple[float, float]) -> tuple[float, float]:
    """The shorter time of each kind."""
    return min(before[0], now[0]), min(before[1], now[1])


def fetch(node: Node, target: str, least: int) -> float:
    """The seconds that a file takes to come, which has so many bytes at least."""
    buffer, received = bytearray(1 << 20), 0
    start = time.perf_counter()
    with socket.create_connection((node.address, node.port)) as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: {node.address}\r\nConnection: close\r\n\r\n".encode())
        while count := client.recv_into(buffer):
            assert received or b" 200 " in buffer[:20], bytes(buffer[:200])
            received += count
    assert received > least, f"{received} bytes of {target}"
    return time.perf_counter() - start


def crowd_rows(count: int) -> Iterator[Ratio]:
    """What so many downloaders take to be ready and to be gone, and their memory; the largest crowd has goals."""
    ready, memory, gone = crowd(count)
    most = 1 if count == CROWDS[-1] else None
    yield Ratio(f"{count} downloaders are ready (bare forks)", ready, forks(count), most and FORKS)
    yield Ratio(f"{count} downloaders, memory of each (goal)", memory, PSS_KIB, most, "KiB")
    yield Ratio(f"{count} downloaders are gone (goal)", gone, GONE_S, most)


def crowd(count: int) -> tuple[float, float, float]:
    """Seconds until so many downloaders have answered, KiB of memory for each, seconds until they are gone."""
    nodes: list[Downloader] = []
    with tempfile.TemporaryDirectory(dir=in_memory()) as place:
        try:
            start = time.perf_counter()
            for number in range(count):
                os.makedirs(f"{place}/{number}")
                nodes.append(Downloader(f"downloader{number}", Options(f"{place}/{number}")))
                nodes[-1].start()
            for node in nodes:
                assert node.notes == ()
            ready = time.perf_counter() - start
            memory = sum(pss_kib(node.pid) for node in nodes) / count
            start = time.perf_counter()
            stop_all(nodes)
            gone = time.perf_counter() - start
        finally:
            for node in nodes:
                node.close()
    return ready, memory, gone
