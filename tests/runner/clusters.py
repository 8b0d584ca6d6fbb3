"""A cluster of dask on the loopback: a scheduler and workers, which are processes of their own."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from pkgsuite.system.wait import wait_until
from tests.loopback import NO_LOOPBACK, has_loopback

__all__ = ["DaskCluster", "needs_dask"]

READY_S = 120.0

NO_DASK = (
    "this Python has no package distributed; get it with: pip install distributed, or apt-get install "
    "python3-distributed for /usr/bin/python3"
)


def needs_dask(kind: type[unittest.TestCase]) -> type[unittest.TestCase]:
    """Skip a class where no scheduler can run, or nobody could reach it."""
    if not importlib.util.find_spec("distributed"):
        return unittest.skip(NO_DASK)(kind)
    return unittest.skipUnless(has_loopback(), NO_LOOPBACK)(kind)


class DaskCluster:
    """A scheduler; it and its workers end with *case*. What they write is in *place*."""

    def __init__(self, case: unittest.TestCase, place: Path) -> None:
        self._case = case
        self._place = place
        self._file = place / "scheduler.json"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host=127.0.0.1", "--port=0", f"--scheduler-file={self._file}")
        wait_until(self._is_ready, timeout=READY_S, what="the scheduler has written its address")
        self.address: str = json.loads(self._file.read_text())["address"]

    def _is_ready(self) -> bool:
        self._case.assertIsNone(self.scheduler.poll(), (self._place / "scheduler.log").read_text())
        return self._file.exists() and self._file.read_text().endswith("}")

    def _start(self, kind: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a part of it, which knows nothing of pkgsuite."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PKGSUITE"))}
        number = len(list(self._place.glob(f"{kind}*.log")))
        with (self._place / f"{kind}{number or ''}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *words],
                cwd=self._place,
                env={**clean, "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "30s"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._case.addCleanup(process.wait)
        self._case.addCleanup(process.send_signal, signal.SIGKILL)
        return process

    def add_workers(self, count: int) -> None:
        """Start some workers and wait for them."""
        for _ in range(count):
            number = len(self.workers) + 1
            words = ("--nthreads=1", "--no-nanny", "--memory-limit=0", f"--local-directory={self._place / str(number)}")
            self.workers.append(self._start("worker", self.address, "--host=127.0.0.1", *words))
        script = (
            "import sys, distributed as d; d.Client(sys.argv[1], timeout=60).wait_for_workers(int(sys.argv[2]), 60)"
        )
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script, self.address, str(count)],
            capture_output=True,
            check=True,
            timeout=READY_S,
        )
