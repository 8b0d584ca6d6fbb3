"""What 1 GB takes from a mirror beside nginx, in one run on loopback; and what many mirrors take to start and end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks._ratio import Ratio, Row, Unmeasured
from pkgsuite.nodes.base import stop_all
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.system.wait import wait_until

__all__ = ["measure"]

BYTES = 1_000_000_000
ROUNDS = 9
SHARE = 0.95
"""The goal: this much of nginx's speed."""

CROWDS = (10, 100, 500)
CROWD_ROUNDS = 3
READY_S, GONE_S, PSS_KIB = 2.0, 0.3, 2.5 * 1024
"""The goals for the largest crowd; the last is for each node."""

CONFIGURATION = """
daemon off; worker_processes 1; pid {place}/pid; error_log {place}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;
    client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
    server {{ listen 127.0.0.1:{port}; location / {{ root {root}; }} }}
}}
"""


def measure() -> Iterator[Row]:
    """1 GB beside nginx, and crowds of mirrors beside bare forks."""
    yield from gigabyte()
    for count in CROWDS:
        yield from crowd_rows(count)


def crowd_rows(count: int) -> Iterator[Ratio]:
    """What so many mirrors take to be ready and to be gone, and their memory; the largest crowd has goals.

    The best of several rounds, in which mirrors and bare forks take turns: others who use the machine only add time.
    """
    rounds = [(*crowd(count), forks(count)) for _ in range(CROWD_ROUNDS)]
    ready, memory, gone, bare = map(min, zip(*rounds, strict=True))
    most = 1 if count == CROWDS[-1] else None
    yield Ratio(f"{count} mirrors are ready (bare forks)", ready, bare)
    yield Ratio(f"{count} mirrors are ready (goal)", ready, READY_S, most)
    yield Ratio(f"{count} mirrors, memory of each (goal)", memory, PSS_KIB, most, "KiB")
    yield Ratio(f"{count} mirrors are gone (goal)", gone, GONE_S, most)


def gigabyte() -> Iterator[Row]:
    """The seconds for 1 GB from a file, ours over those of nginx."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        yield Unmeasured("1 GB through the mirror (nginx)", "no nginx here (apt-get install nginx-light)")
        return
    with tempfile.TemporaryDirectory(dir=in_memory()) as place:
        Path(place).chmod(0o755)
        with open(f"{place}/file", "wb") as file:
            for _ in range(BYTES // 1_000_000):
                file.write(os.urandom(1000) * 1000)
        mirror = Mirror(directory=place)
        try:
            with on_one_core(), nginx(program, place) as port:
                mirror.start()
                servers = {"ours": (mirror.address, mirror.port), "theirs": ("127.0.0.1", port)}
                best = dict.fromkeys(servers, float("inf"))
                for _ in range(ROUNDS):
                    for name, address in servers.items():
                        best[name] = min(best[name], fetch(address))
        finally:
            mirror.close()
    yield Ratio("1 GB through the mirror (nginx)", best["ours"], best["theirs"], 1 / SHARE)


@contextlib.contextmanager
def on_one_core() -> Iterator[None]:
    """Client and servers share a core: else the time depends, by a factor of two, on where the kernel puts them."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def in_memory() -> str | None:
    """A directory in memory, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@contextlib.contextmanager
def nginx(program: str, place: str) -> Iterator[int]:
    """The port of an nginx that serves *place*."""
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port: int = finder.getsockname()[1]
    Path(place, "nginx.conf").write_text(CONFIGURATION.format(place=place, root=place, port=port))
    child = subprocess.Popen([program, "-p", place, "-c", f"{place}/nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port), timeout=10, what="nginx answers")
        yield port
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait()


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def fetch(address: tuple[str, int]) -> float:
    """The seconds that the file takes to come."""
    buffer = bytearray(1 << 20)
    start = time.perf_counter()
    with socket.create_connection(address) as client:
        client.sendall(b"GET /file HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = 0
        while count := client.recv_into(buffer):
            received += count
    assert received > BYTES, f"{received} bytes from {address}"
    return time.perf_counter() - start


def forks(count: int) -> float:
    """The seconds that so many bare forks of this process take, which no node can be faster than."""
    start, children = time.perf_counter(), []
    for _ in range(count):
        if (pid := os.fork()) == 0:
            signal.pause()
        children.append(pid)
    seconds = time.perf_counter() - start
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return seconds


def crowd(count: int) -> tuple[float, float, float]:
    """Seconds until so many mirrors have answered, KiB of memory for each, seconds until they are gone."""
    mirrors: list[Mirror] = []
    try:
        start = time.perf_counter()
        for number in range(count):
            mirror = Mirror(f"mirror{number}", {"file": b"content"})
            mirrors.append(mirror)
            mirror.start()
        ready = time.perf_counter() - start
        for mirror in mirrors:
            mirror.heal()
        memory = sum(pss_kib(mirror.pid) for mirror in mirrors) / count
        start = time.perf_counter()
        stop_all(mirrors)
        gone = time.perf_counter() - start
    finally:
        for mirror in mirrors:
            mirror.close()
    return ready, memory, gone


def pss_kib(pid: int) -> int:
    """The memory of a process, shared pages by their share; proc_pid_smaps(5)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.partition("\nPss:")[2].split()[0])
