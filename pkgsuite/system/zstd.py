"""Zstandard by the program, for a Python that has no module for it; zstd(1)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pkgsuite.errors import ProgramMissing, SuiteError
from pkgsuite.system import process

__all__ = ["compress"]

TIMEOUT = 60.0


def compress(content: bytes) -> bytes:
    """*content* as one Zstandard frame, the fastest way; raises ProgramMissing, and SuiteError where it fails."""
    program = shutil.which("zstd")
    if not program:
        raise ProgramMissing(
            "no zst here: use Python 3.14, or `apt-get install zstd`, or `apt-get install python3-zstandard`"
        )
    with tempfile.TemporaryDirectory(prefix="pkgsuite-zstd-") as place:
        source, packed = Path(place, "content"), Path(place, "packed")
        source.write_bytes(content)
        argv = [program, "-q", "-1", "--no-progress", str(source), "-o", str(packed)]
        ended = process.run(argv, env={"LC_ALL": "C"}, timeout=TIMEOUT, side_by_side=True)
        if ended.returncode or not packed.exists():
            raise SuiteError(f"zstd exited with {ended.returncode}: {ended.stderr.decode(errors='backslashreplace')}")
        return packed.read_bytes()
