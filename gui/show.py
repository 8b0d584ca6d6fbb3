"""The window itself: shown on a display with a font until it is closed."""

from __future__ import annotations

import os
import signal
import tkinter as tk
from collections.abc import Sequence
from pathlib import Path

from . import place
from .app import App
from .look import has_fonts

__all__ = ["show"]

NO_FONT = "the window needs a font, and there is none: apt-get install fonts-dejavu-core"
INSTEAD = "use python3 -m pkgsuite run, ssh -X, or xvfb-run -a python3 -m pkgsuite gui"

EVENTS = ".jsonl"


def show(names: Sequence[str]) -> str:
    """Show the window of *names* until it is closed; gives why that cannot be, or nothing."""
    try:
        root = tk.Tk(className="pkgsuite")
    except tk.TclError as error:
        reason = error if os.environ.get("DISPLAY") else "DISPLAY is not set"
        return f"the window cannot be shown ({reason}); {INSTEAD}"
    root.withdraw()
    if not has_fonts(root):
        root.destroy()
        return NO_FONT
    place.sweep()
    runs = [name for name in names if name.endswith(EVENTS)]
    app = App(root, [name for name in names if name not in runs])
    if runs:
        app.show_run(Path(runs[-1]))
    root.report_callback_exception = app.surprise
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: app.quit())
    root.deiconify()
    root.mainloop()
    return ""
