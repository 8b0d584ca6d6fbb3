"""What a program needs to run: a look into its ELF header; elf(5)."""

from __future__ import annotations

import struct
from pathlib import Path

__all__ = ["interpreter", "is_static"]

PT_INTERP = 3


def is_static(program: Path) -> bool:
    """Whether *program* is an ELF file that asks for no dynamic loader."""
    return interpreter(program) == ""


def interpreter(program: Path) -> str | None:
    """The path of the dynamic loader that *program* asks for, empty for none; None for what is no ELF file."""
    with program.open("rb") as file:
        header = file.read(64)
        if header[:4] != b"\x7fELF" or len(header) < 64:
            return None
        is_64, order = header[4] == 2, "<" if header[5] == 1 else ">"
        offset = (
            struct.unpack_from(f"{order}Q", header, 32)[0] if is_64 else struct.unpack_from(f"{order}I", header, 28)[0]
        )
        size, count = struct.unpack_from(f"{order}HH", header, 54 if is_64 else 42)
        file.seek(offset)
        table = file.read(size * count)
        if len(table) < size * count:
            return None
        for at in range(0, size * count, size):
            if struct.unpack_from(f"{order}I", table, at)[0] == PT_INTERP:
                place = (
                    struct.unpack_from(f"{order}Q", table, at + 8)
                    if is_64
                    else struct.unpack_from(f"{order}I", table, at + 4)
                )
                length = (
                    struct.unpack_from(f"{order}Q", table, at + 32)
                    if is_64
                    else struct.unpack_from(f"{order}I", table, at + 16)
                )
                file.seek(place[0])
                return file.read(length[0]).rstrip(b"\0").decode()
    return ""
