"""Where things are remembered between runs: the XDG state directory of this user."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["directory"]

OWN = "pkgsuite"


def directory() -> Path | None:
    """The directory, which may have to be made; None where there is none that this user may write to."""
    home = os.path.expanduser("~")
    state = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):  # the XDG specification leaves out what is relative
        state = f"{home}/.local/state" if os.path.isabs(home) and os.path.isdir(home) else ""
    if not state:
        return None
    place = Path(state, OWN)
    above = place
    while not os.path.lexists(above) and above != above.parent:
        above = above.parent
    return place if os.path.isdir(above) and os.access(above, os.W_OK | os.X_OK) else None
