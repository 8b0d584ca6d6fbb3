"""The Packages index of a directory of .debs; files are read again only where size, inode or time of change differ."""

from __future__ import annotations

import os
import tempfile
import time
from array import array
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import accumulate, chain
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path

from pkgsuite.errors import BadArchive
from pkgsuite.formats.apt_index import USUAL_SUMS, entry_of_archive
from pkgsuite.values import dataclass

__all__ = ["index"]

MAGIC = "pkgsuite index 1"
SUFFIX = ".deb"

STATE = attrgetter("st_size", "st_ino", "st_ctime_ns")
STATE_NUMBERS = 3
NUMBER = "Q"
NUMBER_BYTES = array(NUMBER).itemsize
STATE_BYTES = STATE_NUMBERS * NUMBER_BYTES
FILE_BYTES = STATE_BYTES + NUMBER_BYTES
"""What is packed of a file: its state, and the length of its entry."""

UNSETTLED = array(NUMBER, [0] * STATE_NUMBERS)
SETTLED_NS = 2_000_000_000
"""A file that changed less than this ago could change again unseen, because clocks go in steps."""

WORTH_A_PROCESS = 1000
"""How many archives make it pay to start another process."""


@dataclass(frozen=True, slots=True)
class Index:
    """Entries one behind the other with their lengths, and the paths and states of the files they were made from.

    Numbers are packed, so that an index which is still true is found so at once.
    """

    paths: bytes = b""
    states: bytes = b""
    lengths: bytes = b""
    text: bytes = b""

    def entries(self) -> dict[tuple[str, bytes], bytes]:
        """The entries by path and state."""
        paths = self.paths.decode("utf-8", "surrogateescape").split("\0")
        lengths = array(NUMBER, self.lengths)
        starts = accumulate(lengths, initial=0)
        return {
            (path, state): self.text[start : start + length]
            for path, state, start, length in zip(paths, slices(self.states), starts, lengths, strict=False)
        }


def index(
    root: Path, directory: str = "", *, kept: Path | None = None, sums: Sequence[str] = USUAL_SUMS, jobs: int = 1
) -> bytes:
    """The Packages index of all .debs in *directory* and below, with paths relative to *root*, which order it.

    *kept* is a file that remembers entries from one time to the next. Raises BadArchive naming the archive, OSError.
    """
    started = time.time_ns()
    top = os.path.join(root, "")
    paths = sorted(found(top, directory))
    states = array(NUMBER, chain.from_iterable([STATE(os.stat(top + path)) for path in paths]))
    packed = "\0".join(paths).encode("utf-8", "surrogateescape")
    known = load(kept, sums) if kept else Index()
    if (known.paths, known.states) == (packed, states.tobytes()):
        return known.text
    entries = refreshed(top, paths, slices(states.tobytes()), known.entries(), sums, jobs)
    made = Index(packed, settled(states, started), array(NUMBER, map(len, entries)).tobytes(), b"".join(entries))
    if kept:
        save(kept, sums, made)
    return made.text


def found(top: str, directory: str) -> list[str]:
    """The .debs in a directory and below, relative to *top*."""
    above = os.path.join(directory, "")
    names = os.listdir(top + directory)
    paths = [above + name for name in names if name.endswith(SUFFIX)]
    for path in (above + name for name in names if not name.endswith(SUFFIX)):
        if os.path.isdir(top + path) and not os.path.islink(top + path):
            paths += found(top, path)
    return paths


def refreshed(
    top: str,
    paths: Sequence[str],
    states: Sequence[bytes],
    known: Mapping[tuple[str, bytes], bytes],
    sums: Sequence[str],
    jobs: int,
) -> list[bytes]:
    """The entry of each path: the *known* one where its state is the same, else made anew."""
    keys = list(zip(paths, states, strict=True))
    new = [key[0] for key in keys if key not in known]
    made = dict(zip(new, made_entries(top, new, sums, jobs), strict=True))
    return [known.get(key) or made[key[0]] for key in keys]


def made_entries(top: str, paths: Sequence[str], sums: Sequence[str], jobs: int) -> list[bytes]:
    """The entries of archives, in several processes where that pays."""
    make = partial(entries_of, top, tuple(sums))
    jobs = min(jobs, len(paths) // WORTH_A_PROCESS)
    if jobs < 2:
        return make(paths)
    share = -(-len(paths) // jobs)
    shares = [paths[at : at + share] for at in range(0, len(paths), share)]
    with ProcessPoolExecutor(len(shares) - 1, get_context("fork")) as others:
        waiting = [others.submit(make, each) for each in shares[1:]]
        return [*make(shares[0]), *chain.from_iterable(each.result() for each in waiting)]


def entries_of(top: str, sums: Sequence[str], paths: Sequence[str]) -> list[bytes]:
    """The entries of archives; raises BadArchive naming the one that cannot be read."""
    made = []
    for path in paths:
        with open(top + path, "rb", buffering=0) as file:
            archive = file.read()
        try:
            made.append(entry_of_archive(archive, path, sums))
        except BadArchive as error:
            raise BadArchive(f"{path}: {error}") from None
    return made


def slices(states: bytes) -> list[bytes]:
    """The state of each file."""
    return [states[at : at + STATE_BYTES] for at in range(0, len(states), STATE_BYTES)]


def settled(states: array[int], now_ns: int) -> bytes:
    """*states*, but for those of files that might change again without a trace."""
    for at in range(0, len(states), STATE_NUMBERS):
        if states[at + STATE_NUMBERS - 1] > now_ns - SETTLED_NS:
            states[at : at + STATE_NUMBERS] = UNSETTLED
    return states.tobytes()


def load(kept: Path, sums: Sequence[str]) -> Index:
    """What was kept for these *sums*; an empty index where there is nothing, or something else."""
    try:
        with kept.open("rb") as file:
            magic, *sizes = file.readline(1000).decode("ascii").rsplit(" ", 2)
            parts = [file.read(int(size)) for size in sizes]
            text = file.read()
    except (OSError, ValueError):
        return Index()
    if magic != heading(sums) or len(parts) != 2 or len(parts[1]) % FILE_BYTES:
        return Index()
    split = len(parts[1]) // FILE_BYTES * STATE_BYTES
    read = Index(parts[0], parts[1][:split], parts[1][split:], text)
    return read if sum(array(NUMBER, read.lengths)) == len(text) else Index()


def save(kept: Path, sums: Sequence[str], made: Index) -> None:
    """Keep an index for the next time, in one step, so that nobody reads half of it; raises OSError."""
    numbers = made.states + made.lengths
    head = f"{heading(sums)} {len(made.paths)} {len(numbers)}\n".encode("ascii")
    with tempfile.NamedTemporaryFile(dir=kept.parent, prefix=f".{kept.name}.", delete=False) as file:
        try:
            file.writelines((head, made.paths, numbers, made.text))
            file.close()
            os.replace(file.name, kept)
        except BaseException:
            os.unlink(file.name)
            raise


def heading(sums: Sequence[str]) -> str:
    """How a file starts that keeps entries with these *sums*."""
    return f"{MAGIC} {','.join(sums)}"
