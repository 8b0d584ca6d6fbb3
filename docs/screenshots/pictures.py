"""What Xvfb shows as a small PNG: xwd(1) files read, and written with 256 colours that look like all of them."""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections import Counter
from pathlib import Path

from pkgsuite.gui.drawing import chunk

__all__ = ["png_of"]

HEADER = struct.Struct(">25I")
"""XWDFileHeader of X11/XWDFile.h."""

COLOUR_BYTES = 12
MOST_COLOURS = 256


def png_of(screen: Path) -> bytes:
    """The picture in an xwd file with 32 bits a pixel, as an indexed PNG."""
    data = screen.read_bytes()
    header = HEADER.unpack_from(data)
    size, width, height, is_big, row_bytes, colours = (header[at] for at in (0, 4, 5, 7, 12, 19))
    pixels = array("I", data[size + COLOUR_BYTES * colours :][: row_bytes * height])
    if bool(is_big) != (sys.byteorder == "big"):
        pixels.byteswap()
    pixels = array("I", [pixel & 0xFFFFFF for pixel in pixels])
    common = chosen(Counter(pixels))
    numbers = numbered(set(pixels), common)
    stride = row_bytes // 4
    rows = (pixels[row * stride : row * stride + width] for row in range(height))
    packed = zlib.compress(b"".join(b"\0" + bytes(map(numbers.__getitem__, row)) for row in rows), 9)
    palette = b"".join(struct.pack(">I", colour)[1:] for colour in common)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", packed),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in parts)


def chosen(counts: Counter[int]) -> list[int]:
    """Half of the palette are the colours that come up most, the other half those that would be missed most."""
    common = [colour for colour, _ in counts.most_common(MOST_COLOURS // 2)]
    missed = {colour: min(distance(colour, other) for other in common) for colour in counts}
    while len(common) < MOST_COLOURS and any(missed.values()):
        worst = max(missed, key=lambda colour: missed[colour] * counts[colour])
        common.append(worst)
        missed = {colour: min(far, distance(colour, worst)) for colour, far in missed.items()}
    return common


def numbered(colours: set[int], common: list[int]) -> dict[int, int]:
    """Which of the common colours each colour is nearest to."""
    numbers = {colour: number for number, colour in enumerate(common)}
    return {colour: numbers[min(common, key=lambda other: distance(colour, other))] for colour in colours}


def distance(one: int, other: int) -> int:
    """How far two colours are apart."""
    return sum(((one >> shift & 255) - (other >> shift & 255)) ** 2 for shift in (0, 8, 16))
