"""Whether a program needs others to run: a look into its ELF header; elf(5)."""

from __future__ import annotations

import struct
from pathlib import Path

__all__ = ["is_static"]

PT_INTERP = 3


def is_static(program: Path) -> bool:
    """Whether *program* is an ELF file that asks for no dynamic loader."""
    with program.open("rb") as file:
        header = file.read(64)
        if header[:4] != b"\x7fELF" or len(header) < 64:
            return False
        is_64, order = header[4] == 2, "<" if header[5] == 1 else ">"
        offset = (
            struct.unpack_from(f"{order}Q", header, 32)[0] if is_64 else struct.unpack_from(f"{order}I", header, 28)[0]
        )
        size, count = struct.unpack_from(f"{order}HH", header, 54 if is_64 else 42)
        file.seek(offset)
        table = file.read(size * count)
    if len(table) < size * count:
        return False
    return all(struct.unpack_from(f"{order}I", table, size * index)[0] != PT_INTERP for index in range(count))
