"""Run a command for the user at the terminal: a debugger, or a manager that asks."""

from __future__ import annotations

import enum
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

from pkgsuite.errors import ProgramMissing
from pkgsuite.system.process import CHUNK_BYTES, Ended

__all__ = ["Attended", "run"]


class Attended(enum.Enum):
    """What the user does: answer questions, their text passed on to stderr and kept; or take the whole terminal."""

    ANSWERING = enum.auto()
    DRIVING = enum.auto()


def run(argv: Sequence[str], *, env: Mapping[str, str], cwd: str, attended: Attended) -> Ended:
    """Run *argv* with this process's input and no deadline; raises ProgramMissing."""
    is_kept = attended is Attended.ANSWERING
    pipe = subprocess.PIPE if is_kept else 2
    start = time.monotonic()
    try:
        child = subprocess.Popen(argv, env=dict(env), cwd=cwd, stdout=pipe, stderr=pipe)
    except OSError as error:
        raise ProgramMissing(f"{argv[0]} cannot be run: {error.strerror}; install it or correct the path") from error
    kept: list[bytearray] = []
    threads = []
    for stream in (child.stdout, child.stderr):
        kept.append(bytearray())
        if stream is not None:
            threads.append(threading.Thread(target=pass_on, args=(stream, kept[-1]), daemon=True))
            threads[-1].start()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    for thread in threads:
        thread.join()
    return Ended(
        returncode=child.returncode,
        stdout=bytes(kept[0]),
        stderr=bytes(kept[1]),
        seconds=time.monotonic() - start,
        user_s=usage.ru_utime,
        system_s=usage.ru_stime,
        peak_rss_bytes=usage.ru_maxrss * 1024,
        timed_out=False,
        is_cut=False,
    )


def pass_on(stream: IO[bytes], kept: bytearray) -> None:
    """Show what comes on stderr, and keep it."""
    with stream:
        while data := os.read(stream.fileno(), CHUNK_BYTES):
            os.write(2, data)
            kept += data
