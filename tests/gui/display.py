"""A display of our own for windows: Xvfb on a free number, its picture readable as a file."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import unittest
from functools import cache
from pathlib import Path

from pkgsuite.system.namespaces import die_with_parent

__all__ = ["Display", "needs_clicks", "needs_display", "shared"]

PATIENCE_S = 120.0

HAS_TKINTER = importlib.util.find_spec("_tkinter") is not None

needs_display = unittest.skipUnless(
    shutil.which("Xvfb") and HAS_TKINTER,
    "no Xvfb, or a Python without tkinter; get them with: apt-get install xvfb python3-tk fonts-dejavu-core",
)

needs_clicks = unittest.skipUnless(shutil.which("xdotool"), "no xdotool; get it with: apt-get install xdotool")


class Display:
    """A screen of *width* by *height*, with *dots* an inch; it ends with this process.

    It cannot end before, since Tk never lets go of a display, and ends the process when that goes away.
    """

    def __init__(self, width: int = 1280, height: int = 800, dots: int = 96) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="pkgsuite-display-")
        reader, writer = os.pipe()
        screen = ["-screen", "0", f"{width}x{height}x24", "-dpi", str(dots), "-fbdir", self._place.name]
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-nolisten", "tcp", "-noreset", *screen],
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        os.close(writer)
        with open(reader, encoding="ascii") as told:
            number = told.readline().strip()
        if not number:
            self._server.wait()
            raise RuntimeError("Xvfb did not start")
        self.name = f":{number}"

    @property
    def screen(self) -> Path:
        """The file that holds what is on the screen, as xwd(1) writes it."""
        return Path(self._place.name, "Xvfb_screen0")

    def xdotool(self, *words: object) -> None:
        """Move the mouse, click, or press keys for real; when this returns, the window has been sent the events.

        The question at the end is answered only after all before it was done.
        """
        subprocess.run(
            ["xdotool", *map(str, words), "getmouselocation"],
            env={**os.environ, "DISPLAY": self.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=PATIENCE_S,
            check=True,
        )


@cache
def shared(width: int = 1280, height: int = 800, dots: int = 96) -> Display:
    """The display of that size for all tests of this process."""
    return Display(width, height, dots)
