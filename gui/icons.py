"""The icons, each a shape before it is a colour; drawn in a square of 16 units, each once."""

from __future__ import annotations

from functools import cache

from . import outcomes
from .catalogue import ALL, SOME
from .drawing import Picture, circle, line, polygon, rectangle, ring
from .palette import Palette
from .scenario import BROKEN, HELD

__all__ = ["SIZE", "Picture", "box", "chevron", "claim", "logo", "plate", "spinner_arrow", "status"]

SIZE = 16

TICK = [(4.6, 8.3), (7.0, 10.7), (11.4, 5.7)]
CROSS = ([(5.4, 5.4), (10.6, 10.6)], [(10.6, 5.4), (5.4, 10.6)])


def blank(scale: float, units: int = SIZE) -> Picture:
    """An empty square."""
    side = max(1, round(units * scale))
    return Picture(side, side, scale)


@cache
def status(name: str, palette: Palette, scale: float) -> Picture:
    """The glyph of a status."""
    picture, colour, inner = blank(scale), palette.of_status(name), palette.card
    if name == outcomes.PASSED:
        return picture.paint(circle(8, 8, 7.4), colour).paint(line(TICK, 1.9), inner)
    if name == outcomes.FAILED:
        picture.paint(rectangle(1, 1, 15, 15, 2.6), colour)
        return picture.paint(line(CROSS[0], 1.9), inner).paint(line(CROSS[1], 1.9), inner)
    if name == outcomes.ERROR:
        picture.paint(polygon([(8, 2.2), (14.2, 13.6), (1.8, 13.6)], 1.2), colour)
        return picture.paint(line([(8, 6.2), (8, 9.6)], 1.8), inner).paint(circle(8, 12.2, 1.1), inner)
    if name == outcomes.FLAKY:
        picture.paint(polygon([(8, 1.4), (14.6, 8), (8, 14.6), (1.4, 8)], 1.0), colour)
        return picture.paint(line([(4.4, 8.9), (6.5, 7.0), (9.5, 9.0), (11.6, 7.1)], 1.7), inner)
    if name == outcomes.SKIPPED:
        return picture.paint(ring(8, 8, 6.6, 1.5), colour).paint(line([(4.9, 8), (11.1, 8)], 1.6), colour)
    if name == outcomes.RUNNING:
        picture.paint(ring(8, 8, 6.5, 1.7), palette.blue_ground)
        picture.paint(lambda x, y: max(ring(8, 8, 6.5, 1.7)(x, y), 8 - x if y < 8 else y - x), colour)
        return picture.paint(polygon([(6.4, 5.2), (11, 8), (6.4, 10.8)], 0.4), colour)
    if name == outcomes.QUEUED:
        return picture.paint(ring(8, 8, 6.4, 1.4), palette.muted).paint(circle(8, 8, 1.7), palette.muted)
    return picture.paint(ring(8, 8, 6.4, 1.3), colour)


def claim(state: str, palette: Palette, scale: float) -> Picture:
    """The glyph of a rule."""
    return status({HELD: outcomes.PASSED, BROKEN: outcomes.FAILED}.get(state, outcomes.QUEUED), palette, scale)


@cache
def box(state: str, palette: Palette, scale: float, *, is_dull: bool = False) -> Picture:
    """A check box."""
    picture = blank(scale)
    outer, inner = rectangle(0.8, 0.8, 15.2, 15.2, 3), rectangle(2.2, 2.2, 13.8, 13.8, 1.8)
    if state in (ALL, SOME):
        picture.paint(outer, palette.faint if is_dull else palette.accent)
        mark = line(TICK, 2.0) if state == ALL else line([(4.8, 8), (11.2, 8)], 2.1)
        return picture.paint(mark, palette.card if is_dull else palette.on_accent)
    return picture.paint(outer, palette.faint).paint(inner, palette.card)


@cache
def chevron(direction: str, colour: str, scale: float, units: int = 14) -> Picture:
    """A small angle that points `down`, `right` or `up`."""
    points = {
        "down": [(3.2, 5.2), (7, 9), (10.8, 5.2)],
        "up": [(3.2, 8.8), (7, 5), (10.8, 8.8)],
        "right": [(5.2, 3.2), (9, 7), (5.2, 10.8)],
        "": [],
    }[direction]
    picture = blank(scale, units)
    return picture.paint(line(points, 1.5), colour) if points else picture


@cache
def spinner_arrow(direction: str, colour: str, scale: float) -> Picture:
    """The arrow of a spin box."""
    points = [(1.5, 4.6), (4, 2), (6.5, 4.6)] if direction == "up" else [(1.5, 1.9), (4, 4.5), (6.5, 1.9)]
    picture = Picture(max(1, round(12 * scale)), max(1, round(6.5 * scale)), scale)
    shifted = [(x + 2, y) for x, y in points]
    return picture.paint(line(shifted, 1.3), colour)


@cache
def plate(width: float, height: float, radius: float, fill: str, edge: str, scale: float) -> Picture:
    """A rounded rectangle with an edge of one unit."""
    picture = Picture(max(1, round(width * scale)), max(1, round(height * scale)), scale)
    rim = max(1, round(scale)) / scale
    picture.paint(rectangle(0, 0, width, height, radius), edge)
    return picture.paint(rectangle(rim, rim, width - rim, height - rim, max(0.0, radius - rim)), fill)


@cache
def logo(palette: Palette, scale: float, units: int = 64) -> Picture:
    """The mark of pkgsuite: a parcel that was checked."""
    unit = units / 64
    picture = Picture(round(units * scale), round(units * scale), scale * unit)
    picture.paint(polygon([(32, 4), (58, 16), (32, 28), (6, 16)]), "#e3a857")
    picture.paint(polygon([(6, 16), (32, 28), (32, 60), (6, 48)]), "#c98a35")
    picture.paint(polygon([(58, 16), (32, 28), (32, 60), (58, 48)]), "#b5772a")
    picture.paint(polygon([(16, 9.4), (42, 21.4), (42, 28.4), (48, 25.6), (48, 18.6), (22, 6.6)]), "#fbf3e4")
    picture.paint(circle(45, 45, 16.5), "#ffffff").paint(circle(45, 45, 13.5), "#0b7d57")
    return picture.paint(line([(38, 45), (43, 50.5), (52, 40)], 5), "#ffffff")
