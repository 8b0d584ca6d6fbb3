"""A pkgsuite that plays what a test wrote down: `list` and `doctor` print files, `run` sends the events of one.

Called as `python3 puppet.py DIRECTORY WORDS…`. A line of `events` that begins with `!` is an order: `!wait` for a word
on stdin, `!stay` until stdin ends, `!kill` yourself, `!say WORDS`, `!flood TEST RATE SECONDS` with so many log lines a
second. Words called with and heard go to `heard`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TextIO


def main(place: Path, words: list[str]) -> int:
    """Play *words*."""
    note(place, "called " + " ".join(words))
    if words[0] != "run":
        print(read(place / f"{words[0]}.json", "[]" if words[0] != "doctor" else '{"can_run": true}'), flush=True)
        return int(read(place / f"{words[0]}.status", "0"))
    with open(int(words[words.index("--events-fd") + 1]), "w", encoding="utf-8", buffering=1) as stream:
        for line in read(place / "events", "").splitlines():
            if line.startswith("!flood"):
                test, rate, seconds = line.split()[1:]
                flood(stream, test, int(rate), int(seconds))
            elif line.startswith("!"):
                if not obey(place, *line[1:].split(" ", 1)):
                    return 0
            else:
                stream.write(f"{line}\n")
    return 0


def flood(stream: TextIO, test: str, rate: int, seconds: int) -> None:
    """Say *rate* lines a second, in pieces of 50."""
    begin = time.monotonic()
    for first in range(0, rate * seconds, 50):
        time.sleep(max(0.0, begin + first / rate - time.monotonic()))
        text = "".join(f"line {number} of a log that goes on and on\n" for number in range(first, first + 50))
        event = {"version": 1, "event": "log", "test": test, "source": "machine1", "text": text, "at": time.time()}
        stream.write(json.dumps(event) + "\n")


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
