"""The colours of the window, light and dark: text on its ground has a contrast of 4.5 to 1 at least."""

from __future__ import annotations

from dataclasses import dataclass

from . import outcomes

__all__ = ["PALETTES", "Palette"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour there is, as `#rrggbb`."""

    name: str
    ground: str
    card: str
    sunk: str
    border: str
    grid: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    selected: str
    hover: str
    trough: str
    scroll: str
    green: str
    green_ground: str
    red: str
    red_ground: str
    purple: str
    amber: str
    amber_ground: str
    grey: str
    blue: str
    blue_ground: str
    orange: str
    tip: str
    tip_text: str

    def of_status(self, status: str) -> str:
        """The colour of a status."""
        return {
            outcomes.PASSED: self.green,
            outcomes.FAILED: self.red,
            outcomes.ERROR: self.purple,
            outcomes.FLAKY: self.amber,
            outcomes.RUNNING: self.blue,
            outcomes.SKIPPED: self.grey,
        }.get(status, self.faint)

    def of_peer(self, number: int) -> str:
        """The colour of the *number*th machine or node of a scenario."""
        colours = (self.blue, self.orange, self.green, self.purple, self.amber, self.grey)
        return colours[number % len(colours)]


LIGHT = Palette(
    name="light",
    ground="#eef1f5",
    card="#ffffff",
    sunk="#f7f9fb",
    border="#d3dae2",
    grid="#e6ebf0",
    text="#1c2630",
    muted="#596673",
    faint="#a9b4bf",
    accent="#2360c5",
    on_accent="#ffffff",
    selected="#d9e7fb",
    hover="#eef3fa",
    trough="#dfe5ec",
    scroll="#b8c3cf",
    green="#0a7a5a",
    green_ground="#e3f4ec",
    red="#c03a04",
    red_ground="#fdeae1",
    purple="#9c2f7c",
    amber="#9c6400",
    amber_ground="#fbf0d9",
    grey="#65727f",
    blue="#1f6fd0",
    blue_ground="#cfe1f8",
    orange="#ae5900",
    tip="#25303b",
    tip_text="#f2f5f8",
)

DARK = Palette(
    name="dark",
    ground="#14181e",
    card="#1c222a",
    sunk="#171c23",
    border="#343e4a",
    grid="#2a323c",
    text="#e4eaf0",
    muted="#9ba8b6",
    faint="#55626f",
    accent="#6aa5ff",
    on_accent="#10151b",
    selected="#27405f",
    hover="#242c36",
    trough="#262e37",
    scroll="#4a5766",
    green="#45c89a",
    green_ground="#1d3a33",
    red="#ff8250",
    red_ground="#47281d",
    purple="#e58fc8",
    amber="#eebb4d",
    amber_ground="#423718",
    grey="#8b99a8",
    blue="#6bb0ff",
    blue_ground="#223a56",
    orange="#ffab5c",
    tip="#e4eaf0",
    tip_text="#14181e",
)

PALETTES = {palette.name: palette for palette in (LIGHT, DARK)}
