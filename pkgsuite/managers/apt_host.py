"""What dpkg reads of the host whatever it is told: its configuration, for which there is no option; dpkg.cfg(5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pkgsuite.errors import Unsupported

__all__ = ["DIRECTORIES", "OVERRIDING", "check"]

DIRECTORIES = ("/etc/dpkg", "/usr/local/etc/dpkg")
"""Where a dpkg looks for it: Debian's, and one that was built with the usual prefix."""

OVERRIDING = ("--path-include=*", "--no-debsig")
"""Options that undo what images of containers and Debian itself write there."""

HARMLESS = {"force-unsafe-io", "log", "no-debsig", "path-exclude", "path-include"}
"""What may stand there: it is overridden, or changes nothing that can be seen."""


def check(directory: str = DIRECTORIES[0]) -> None:
    """Refuse a host whose dpkg would behave otherwise than dpkg by itself; raises Unsupported."""
    for path in files(Path(directory)):
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            name = line.strip().replace("=", " ").partition(" ")[0].removeprefix("--")
            if name and not name.startswith("#") and name not in HARMLESS:
                raise Unsupported(
                    f"{path}:{number} says {line.strip()!r}, which dpkg heeds where it cannot be hidden; take the line "
                    "out, or get namespaces with mounts (pkgsuite doctor)"
                )


def files(directory: Path) -> Iterator[Path]:
    """The files of the configuration, as dpkg reads them."""
    for path in (directory / "dpkg.cfg", *sorted(directory.glob("dpkg.cfg.d/*"))):
        if path.is_file():
            yield path
