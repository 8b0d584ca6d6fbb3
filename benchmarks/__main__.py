"""Measures what performance claims rest on: one table of ratios beside their goals, and the same as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence

from benchmarks import build, index, mirror, overhead, pactest, runner, signing, swarm, window
from benchmarks._ratio import Row, show

__all__ = ["main"]

MEASURES = {
    "overhead": overhead.measure,
    "runner": runner.measure,
    "build": build.measure,
    "signing": signing.measure,
    "index": index.measure,
    "mirror": mirror.measure,
    "swarm": swarm.measure,
    "window": window.measure,
}
"""What the table is made of: functions that give rows; another is a line here."""

EPILOG = """Each measures both sides in one run: the ratio is of the same machine at the same time. Exits 1 where a goal
is missed. `python3 -m benchmarks pactest DIRECTORY` compares with pacman's own runner, on pacman's own tests."""


def main(words: Sequence[str]) -> int:
    """Measure what was named; gives 1 where a goal was missed."""
    if words[:1] == ["pactest"]:
        return pactest.main(list(words[1:]))
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks", description=__doc__, epilog=EPILOG)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(MEASURES)} (default: all)")
    parser.add_argument("--json", metavar="FILE", help="write the table there too")
    arguments = parser.parse_args(words)
    for name in arguments.names:
        if name not in MEASURES:
            parser.error(f"there is no benchmark {name!r}; expected some of {', '.join(MEASURES)}")
    if arguments.json:
        try:
            open(arguments.json, "a").close()  # before minutes of measuring are lost
        except OSError as error:
            parser.error(f"--json {arguments.json}: it cannot be written: {error.strerror}")
    began = time.time()
    rows = show(each(arguments.names or list(MEASURES)))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({**machine(began), "rows": [row.as_json() for row in rows]}, file, indent=2)
            file.write("\n")
    missed = [row.name for row in rows if not row.is_met]
    print(
        f"{len(rows) - len(missed)} of {len(rows)} as they should be"
        + "".join(f"\n  missed: {name}" for name in missed)
    )
    return 1 if missed else 0


def each(names: Sequence[str]) -> Iterator[Row]:
    """The rows of the named benchmarks."""
    for name in names:
        yield from MEASURES[name]()


def machine(began: float) -> dict[str, object]:
    """Where and when it was measured; the load says how quiet it was."""
    return {
        "at": began,
        "python": platform.python_version(),
        "kernel": platform.release(),
        "processors": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
