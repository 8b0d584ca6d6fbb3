"""Maintainer scripts that write down when they were called."""

from __future__ import annotations

from collections.abc import Iterable

SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
TOLD = "told"


def telling(version: str, failing: Iterable[str] = ()) -> dict[str, str]:
    """Scripts that write their version, name and arguments to `/told`; *failing* are calls, such as `prerm upgrade`."""
    return {name: script(version, name, failing) for name in SCRIPTS}


def script(version: str, name: str, failing: Iterable[str]) -> str:
    """One such script, which fails when its name and first argument are among *failing*."""
    arms = [f'    "{call}") exit 1 ;;\n' for call in failing if call.startswith(f"{name} ")]
    fail = "".join([f'case "{name} $1" in\n', *arms, "esac\n"]) if arms else ""
    return f"echo {version}: {name} $* >> /{TOLD}\n{fail}"


def lines(*told: str) -> str:
    """What stands in `/told`."""
    return "".join(f"{line}\n" for line in told)
