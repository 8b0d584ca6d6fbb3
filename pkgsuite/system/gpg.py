"""GnuPG in a home of its own, of which nothing stays: gpg(1), gpg-agent(1)."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from pkgsuite.errors import ProgramMissing, SuiteError
from pkgsuite.system import family, process

__all__ = ["KEYRING", "Home", "find"]

REMEDY = "apt-get install gpg gpg-agent"
TIMEOUT = 30.0

HOMES = ("/tmp", "/var/tmp")
"""Where homes lie: the path of the agent's socket may take 108 bytes, so TMPDIR comes last; unix(7)."""

KEYRING = ("pubring.gpg", "trustdb.gpg")
"""The files of a home that hold keys and whom to trust; secrets lie elsewhere."""

QUIET = ("--batch", "--quiet", "--no-tty", "--no-options", "--no-autostart", "--disable-dirmngr")
"""Ask nothing, read nothing of the user's, and start nothing that would outlive the command."""


class Home:
    """A private home of gpg with secret *keys*, and the agent that holds them; to be used with `with`.

    The agent is given a shell to wait for. That one waits for this process, so that both end with it, however it ends.
    Raises ProgramMissing where there is no gpg, SuiteError where it fails.
    """

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._keys = b"".join(keys)
        self._gpg, self._agent = find("gpg"), find("gpg-agent")

    def __enter__(self) -> Home:
        self._path = new_directory()
        with contextlib.ExitStack() as undo:
            undo.callback(shutil.rmtree, self._path, ignore_errors=True)
            # Whoever finds an empty pubring.gpg keeps to that format, which every gpg and gpgv reads.
            (self._path / "pubring.gpg").touch()
            (self._path / "gpg-agent.conf").write_text("disable-scdaemon\n")
            undo.callback(self._stop, self._start())
            self.run("--import", stdin=self._keys)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._undo.close()

    def _start(self) -> subprocess.Popen[bytes]:
        """The agent, once its socket is there."""
        words = [self._agent, f"--homedir={self._path}", "--daemon", "--no-detach", "--quiet"]
        shell = subprocess.Popen(
            [*words, "/bin/sh", "-c", "echo; read -r line"],
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert shell.stdout
        with shell.stdout:
            if not shell.stdout.readline():
                self._stop(shell)
                raise SuiteError(f"{self._agent} did not start; see what `gpg-agent --daemon` says")
        return shell

    def _stop(self, shell: subprocess.Popen[bytes]) -> None:
        """End the agent with its shell."""
        family.end(family.of_leader(shell.pid), spare=shell.pid)
        assert shell.stdin
        with contextlib.suppress(BrokenPipeError):
            shell.stdin.close()
        shell.wait()
        self._remove_sockets()

    def _remove_sockets(self) -> None:
        """Take away what gpg keeps for a home in /run/user, where there is such a directory."""
        with contextlib.suppress(ProgramMissing):
            argv = [find("gpgconf"), f"--homedir={self._path}", "--remove-socketdir"]
            process.run(argv, env=self._environment(), timeout=TIMEOUT, side_by_side=True)

    def _environment(self) -> dict[str, str]:
        return {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath), "HOME": str(self._path)}

    def run(self, *words: str, stdin: bytes = b"") -> bytes:
        """What a gpg command prints; raises SuiteError with its words where it fails."""
        argv = [self._gpg, f"--homedir={self._path}", *QUIET, *words]
        ended = process.run(argv, env=self._environment(), timeout=TIMEOUT, stdin=stdin, side_by_side=True)
        if ended.returncode or ended.timed_out:
            said = ended.stderr.decode(errors="backslashreplace").strip()
            raise SuiteError(f"gpg {' '.join(words)} exited with {ended.returncode}: {said}")
        return ended.stdout

    def sign(self, data: bytes, user: str, *, at: str, options: Sequence[str] = ()) -> bytes:
        """A detached signature of *data* by the key of *user*, made at a time in ISO form, such as 20200102T000000."""
        words = ["--faked-system-time", f"{at}!", "--trust-model=always", "--no-auto-check-trustdb", *options]
        return self.run(*words, "--local-user", user, "--output=-", "--detach-sign", stdin=data)

    def trust(self, levels: dict[str, int]) -> None:
        """Trust the owners of keys by fingerprint at levels as in `gpg --export-ownertrust`: 4 a little, 6 all."""
        lines = "".join(f"{fingerprint}:{level}:\n" for fingerprint, level in levels.items())
        self.run("--import-ownertrust", stdin=lines.encode())
        self.run("--check-trustdb")

    def keyring(self) -> dict[str, bytes]:
        """The files that make another home trust the same keys, by name."""
        return {name: (self._path / name).read_bytes() for name in KEYRING}


def find(program: str) -> str:
    """The absolute path of *program*; raises ProgramMissing with the remedy."""
    found = shutil.which(program)
    if not found:
        raise ProgramMissing(f"no {program} on PATH, which signatures need; {REMEDY}")
    return found


def new_directory() -> Path:
    """A directory that is the user's alone, with a short path."""
    for place in (*HOMES, tempfile.gettempdir()):
        with contextlib.suppress(OSError):
            return Path(tempfile.mkdtemp(prefix="pkgsuite-gpg-", dir=place))
    raise SuiteError(f"gpg needs a home, and neither {' nor '.join(HOMES)} can be written to; set TMPDIR")
