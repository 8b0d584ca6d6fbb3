"""One call of a real manager by a mutant: its words, its root, and how it is run.

Mutants run as programs of their own, once for each command, so they import nothing that takes long: no `re`, no enum.
"""

from __future__ import annotations

import os

__all__ = ["Call", "die"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from pkgsuite.mutants.ledger import Ledger

    Mutant: TypeAlias = Callable[["Call"], int]
    """A manager with a fault: runs a call, distorts what comes of it, and gives the exit status."""


CONFIGURATION = "/etc/apt/"
"""Where the configuration lies in a root that apt was told of by the variable APT_CONFIG."""


class Call:
    """The real *program*, called with *words*; *ledger* reads the database of its manager."""

    def __init__(self, program: str, words: Sequence[str], ledger: Ledger) -> None:
        self.program = program
        self.words = list(words)
        self.ledger = ledger

    @property
    def name(self) -> str:
        """What the program is called."""
        return os.path.basename(self.program)

    def option(self, name: str) -> str:
        """The value of `--name=value` or `--name value`, or nothing."""
        for word, following in zip(self.words, [*self.words[1:], ""], strict=True):
            if word == f"--{name}":
                return following
            if word.startswith(f"--{name}="):
                return word.partition("=")[2]
        return ""

    @property
    def root(self) -> str:
        """The root that the call is for; nothing where it names none."""
        told = os.environ.get("APT_CONFIG", "")
        return (self.option("root") or told.partition(CONFIGURATION)[0]).rstrip("/")

    def place(self, path: str) -> str:
        """Where *path* is below the root; nothing for what is not there, or where a link leads out."""
        place = f"{self.root}/{path}"
        above = os.path.realpath(os.path.dirname(place))
        inside = self.root != "" and f"{above}/".startswith(f"{os.path.realpath(self.root)}/")
        return place if inside and os.path.lexists(place) else ""

    def run(self, words: Sequence[str] | None = None, *, is_silent: bool = False) -> int:
        """Run the real program with *words*, else with its own, and give its exit status; its death is ours too."""
        pid = os.fork()
        if pid == 0:
            if is_silent:
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, 1)
                os.dup2(null, 2)
            try:
                os.execv(self.program, [self.program, *(self.words if words is None else words)])
            finally:
                os._exit(127)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status < 0:
            die(-status)
        return status

    def run_replacing(self, replacements: Mapping[str, str]) -> int:
        """Run the real program with some words replaced, or left out where nothing stands for them."""
        words = [replacements.get(word, word) for word in self.words]
        return self.run([word for word in words if word])


def die(number: int) -> None:
    """End this process by a signal."""
    os.kill(os.getpid(), number)
