"""A pkgsuite that plays what a test wrote down: `list` and `doctor` print files, `run` sends the events of one.

Called as `python3 puppet.py DIRECTORY WORDS…`. A line of `events` that begins with `!` is an order: `!wait` for a word
on stdin, `!stay` until stdin ends, `!kill` yourself, `!say WORDS`. Words called with and heard go to `heard`.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def main(place: Path, words: list[str]) -> int:
    """Play *words*."""
    note(place, "called " + " ".join(words))
    if words[0] != "run":
        print(read(place / f"{words[0]}.json", "[]" if words[0] != "doctor" else '{"can_run": true}'), flush=True)
        return int(read(place / f"{words[0]}.status", "0"))
    with open(int(words[words.index("--events-fd") + 1]), "w", encoding="utf-8", buffering=1) as stream:
        for line in read(place / "events", "").splitlines():
            if line.startswith("!"):
                if not obey(place, *line[1:].split(" ", 1)):
                    return 0
            else:
                stream.write(f"{line}\n")
    return 0


def obey(place: Path, order: str, words: str = "") -> bool:
    """Do what an order says; gives whether to go on."""
    if order == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif order == "say":
        print(words, flush=True)
    elif order == "wait":
        heard = sys.stdin.readline().strip()
        note(place, f"heard {heard or 'the end'}")
        return bool(heard)
    else:
        for line in sys.stdin:
            note(place, f"heard {line.strip()}")
        note(place, "heard the end")
        return False
    return True


def note(place: Path, words: str) -> None:
    """Write down what was heard."""
    with open(place / "heard", "a", encoding="utf-8") as file:
        file.write(f"{words}\n")


def read(path: Path, otherwise: str) -> str:
    """What a file holds."""
    return path.read_text(encoding="utf-8") if path.exists() else otherwise


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
