"""Root that is only pretended: the environment of fakeroot(1) and fakechroot(1), with one daemon for many commands."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pkgsuite.errors import WorldError
from pkgsuite.later import later

if TYPE_CHECKING:
    import tempfile
else:
    tempfile = later("tempfile")

__all__ = ["Daemon", "environment", "forget", "prove"]

CLEAN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
KEY, MODE, PRELOAD = "FAKEROOTKEY", "FAKED_MODE", "LD_PRELOAD"
OF_NO_USE = {"PATH", "LC_ALL", "PWD", "SHLVL", "_", KEY}
TIMEOUT_S = 10
PROOF = 7


def environment() -> dict[str, str]:
    """What fakeroot and fakechroot add to the environment of a command; raises WorldError where one is missing."""
    for program in ("fakeroot", "fakechroot"):
        if not shutil.which(program, path=CLEAN["PATH"]):
            raise WorldError(f"{program} is not installed (apt-get install {program})")
    done = subprocess.run(
        ["fakeroot", "fakechroot", "env", "-0"], env=CLEAN, capture_output=True, timeout=TIMEOUT_S, check=False
    )
    if done.returncode != 0:
        raise WorldError(f"fakeroot fakechroot fails: {done.stderr.decode('utf-8', 'replace').strip()}")
    pairs = (entry.partition("=") for entry in done.stdout.decode("utf-8", "surrogateescape").split("\0") if entry)
    return {name: value for name, _, value in pairs if name not in OF_NO_USE}


class Daemon:
    """The faked(1) that remembers pretended owners; it must be stopped, or its message queues stay."""

    def __init__(self, added: dict[str, str]) -> None:
        program = "faked-tcp" if "tcp" in added.get(PRELOAD, "") else "faked-sysv"
        self._process = subprocess.Popen(
            [shutil.which(program, path=CLEAN["PATH"]) or "faked", "--foreground"],
            env=CLEAN,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout
        key = self._process.stdout.readline().decode().partition(":")[0]
        if not key.strip().isdigit():
            raise WorldError(f"{program} does not say its key")
        self.environment = {**added, KEY: key}

    def stop(self) -> None:
        """Let it clean up and end."""
        self._process.terminate()
        self._process.wait()


def forget(root: str, environment: Mapping[str, str]) -> None:
    """Delete a tree so that the daemon hears of it: it knows files by inode, and a disk gives those to others later."""
    if KEY in environment:
        subprocess.run(["rm", "-rf", root], env={**CLEAN, **environment}, stderr=subprocess.DEVNULL, check=False)


def prove(added: dict[str, str]) -> None:
    """Run a shell in a pretended chroot; raises WorldError where that does not work."""
    with tempfile.TemporaryDirectory(prefix="pkgsuite-") as root:
        Path(root, "bin").mkdir()
        shutil.copy(os.path.realpath("/bin/sh"), f"{root}/bin/sh")
        done = subprocess.run(
            ["chroot", root, "/bin/sh", "-c", f"test ! -e /usr && exit {PROOF}"],
            env={**CLEAN, **added},
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    if done.returncode != PROOF:
        raise WorldError(f"a pretended chroot does not work: {done.stderr.decode('utf-8', 'replace').strip()}")
