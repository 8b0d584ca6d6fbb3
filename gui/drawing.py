"""Small pictures drawn in process at any scale: shapes with soft edges, written as PNG."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

__all__ = ["Picture", "Shape", "circle", "cut", "line", "polygon", "rectangle", "ring"]

Shape: TypeAlias = "Callable[[float, float], float]"
"""How far a point lies outside of an edge, in units of the drawing; inside it is below zero."""

Point: TypeAlias = "tuple[float, float]"


def circle(x: float, y: float, radius: float) -> Shape:
    """A disc."""
    return lambda px, py: math.hypot(px - x, py - y) - radius


def ring(x: float, y: float, radius: float, width: float) -> Shape:
    """The line of a circle."""
    return lambda px, py: abs(math.hypot(px - x, py - y) - radius) - width / 2


def rectangle(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Shape:
    """A rectangle with round corners."""
    x, y = (left + right) / 2, (top + bottom) / 2
    wide, high = (right - left) / 2 - radius, (bottom - top) / 2 - radius

    def distance(px: float, py: float) -> float:
        dx, dy = abs(px - x) - wide, abs(py - y) - high
        return math.hypot(max(dx, 0.0), max(dy, 0.0)) + min(max(dx, dy), 0.0) - radius

    return distance


def line(points: Sequence[Point], width: float) -> Shape:
    """A line from point to point, with round ends."""
    pairs = list(pairwise(points))
    return lambda px, py: min(from_segment(px, py, start, end) for start, end in pairs) - width / 2


def from_segment(px: float, py: float, start: Point, end: Point) -> float:
    """How far a point is from a segment."""
    (ax, ay), (bx, by) = start, end
    dx, dy = bx - ax, by - ay
    along = ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy or 1.0)
    along = min(1.0, max(0.0, along))
    return math.hypot(px - ax - along * dx, py - ay - along * dy)


def polygon(points: Sequence[Point], radius: float = 0.0) -> Shape:
    """A polygon; *radius* makes it grow all around, with round corners."""
    pairs = list(zip(points, [*points[1:], points[0]], strict=True))

    def distance(px: float, py: float) -> float:
        edge = min(from_segment(px, py, start, end) for start, end in pairs)
        crossings = sum(crosses(px, py, start, end) for start, end in pairs)
        return (-edge if crossings % 2 else edge) - radius

    return distance


def crosses(px: float, py: float, start: Point, end: Point) -> bool:
    """Whether the ray to the right of a point meets a segment."""
    (ax, ay), (bx, by) = start, end
    return (ay > py) != (by > py) and px < (bx - ax) * (py - ay) / (by - ay) + ax


def cut(shape: Shape, hole: Shape) -> Shape:
    """*shape* without *hole*."""
    return lambda px, py: max(shape(px, py), -hole(px, py))


class Picture:
    """*width* by *height* pixels with their opacity, at first clear; shapes are in units of *scale* pixels."""

    def __init__(self, width: int, height: int, scale: float = 1.0) -> None:
        self.width, self.height, self.scale = width, height, scale
        self._rows = [bytearray(4 * width) for _ in range(height)]

    def paint(self, shape: Shape, colour: str) -> Picture:
        """Fill *shape*; a pixel at its edge takes the colour as far as it is covered."""
        new = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
        full = bytes((*new, 255))
        for y, row in enumerate(self._rows):
            x = 0
            while x < self.width:
                distance = shape((x + 0.5) / self.scale, (y + 0.5) / self.scale) * self.scale
                # A distance changes by one a pixel at most, so that what is far from the edge need not be asked.
                if distance >= 0.5:
                    x += max(1, int(distance - 0.5))
                elif distance > -0.5:
                    blend(row, 4 * x, new, 0.5 - distance)
                    x += 1
                else:
                    end = min(self.width, x + 1 + int(-0.5 - distance))
                    row[4 * x : 4 * end] = full * (end - x)
                    x = end
        return self

    def beside(self, other: Picture, gap: int) -> Picture:
        """This picture, *gap* clear pixels, and *other*, in the middle of its height."""
        found = Picture(self.width + gap + other.width, max(self.height, other.height), self.scale)
        for part, left in ((self, 0), (other, self.width + gap)):
            top = (found.height - part.height) // 2
            for y, row in enumerate(part._rows):
                found._rows[top + y][4 * left : 4 * (left + part.width)] = row
        return found

    def padded(self, left: int, right: int, height: int = 0) -> Picture:
        """This picture with clear pixels at its sides, in the middle of *height*."""
        height = max(height, self.height)
        found = Picture(left + self.width + right, height, self.scale)
        top = (height - self.height) // 2
        for y, row in enumerate(self._rows):
            found._rows[top + y][4 * left : 4 * (left + self.width)] = row
        return found

    def part(self, left: int, top: int, width: int, height: int) -> Picture:
        """What lies in a rectangle of pixels."""
        found = Picture(width, height, self.scale)
        for y, row in enumerate(self._rows[top : top + height]):
            found._rows[y][: len(row[4 * left : 4 * (left + width)])] = row[4 * left : 4 * (left + width)]
        return found

    def png(self) -> bytes:
        """The picture in a file's form; see the PNG specification."""
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 6, 0, 0, 0)
        data = zlib.compress(b"".join(b"\0" + row for row in self._rows), 6)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def blend(row: bytearray, at: int, new: Sequence[int], opacity: float) -> None:
    """Lay a colour over the pixel at *at*."""
    before = row[at + 3] / 255
    after = opacity + before * (1 - opacity)
    if after <= 0:
        return
    share = opacity / after
    for channel in range(3):
        row[at + channel] = round(new[channel] * share + row[at + channel] * (1 - share))
    row[at + 3] = round(255 * after)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
