"""What a worker of a dask cluster does for a run elsewhere: it runs some tests in a process, and sends its events home.

This module travels as text: a worker has dask, and need not have pkgsuite where dask looks for modules. So it uses the
standard library alone, and dask's own worker that is around it.
"""

from __future__ import annotations

import importlib
import os
import select
import subprocess
import sys
import tempfile
import uuid
from typing import Any

__all__ = ["carry_out", "steer"]


def carry_out(errand: dict[str, Any]) -> None:
    """Run the tests of an *errand* and log what their runner writes, piece by piece, under its topic.

    The first piece is empty: it is at home before a test can end this worker, so that the loss is known there. The last
    one says how the runner ended. Pieces of an earlier attempt, on another worker, have another `attempt`.
    """
    most_said, patience_s = 4000, 0.5
    worker: Any = importlib.import_module("distributed").get_worker()
    key = worker.get_current_task()
    attempt = uuid.uuid4().hex
    running = worker.__dict__.setdefault("_pkgsuite_runners", {})

    def is_wanted() -> bool:
        task = getattr(getattr(worker, "state", None), "tasks", {}).get(key)
        return worker.status.name == "running" and task is not None and task.state not in ("cancelled", "resumed")

    def send(piece: dict[str, Any]) -> None:
        origin = {"batch": errand["batch"], "attempt": attempt, "worker": worker.address}
        worker.log_event(errand["topic"], {**origin, **piece})

    reading, writing = os.pipe()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as ids, tempfile.TemporaryFile() as said:
        ids.write("\n".join(errand["ids"]))
        ids.flush()
        words = [*errand["words"], "--only", ids.name, "--events-fd", str(writing)]
        try:
            runner: Any = subprocess.Popen(
                [sys.executable, "-m", "pkgsuite", "run", *words],
                cwd=errand["directory"],
                env={**os.environ, **errand["environment"]},
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                pass_fds=[writing],
            )
        except OSError as error:
            os.close(reading)
            send({"end": {"status": "nothing: it cannot be started", "said": str(error)}})
            return
        finally:
            os.close(writing)
        running[attempt] = errand["topic"], runner
        try:
            send({})
            while True:
                if select.select([reading], [], [], patience_s)[0]:
                    data = os.read(reading, 1 << 18)
                    if not data:
                        break
                    send({"text": data.decode("ascii", "replace")})
                elif not is_wanted():
                    runner.stdin.close()  # its runner ends everything then
        finally:
            os.close(reading)
            runner.stdin.close()
            status = runner.wait()
            del running[attempt]
        said.seek(max(0, said.tell() - most_said))
        send({"end": {"status": f"status {status}", "said": said.read().decode("utf-8", "replace")}})


def steer(topic: str, word: str, dask_worker: Any = None) -> None:
    """Tell the runners of a topic on this worker a word."""
    for each, runner in list(getattr(dask_worker, "_pkgsuite_runners", {}).values()):
        if each == topic:
            try:
                runner.stdin.write(word.encode() + b"\n")
                runner.stdin.flush()
            except (OSError, ValueError):
                pass
