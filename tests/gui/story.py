"""Runs as the window sees them, made of events: short ways to write them down."""

from __future__ import annotations

from pkgsuite import events

__all__ = ["MODULE", "command", "passed", "plan", "result", "started", "test_id"]

MODULE = "testcases.pacman.test_upgrade"


def test_id(name: str, cls: str = "Upgrade", module: str = MODULE) -> str:
    """The id of a test."""
    return f"{module}.{cls}.test_{name}"


def plan(*names: str, jobs: int = 1, at: float = 100.0) -> events.Plan:
    """A run of these tests."""
    return events.Plan(tuple(test_id(name) for name in names), jobs, None, at)


def started(name: str, at: float = 100.0) -> events.Started:
    """One of them begins."""
    return events.Started(test_id(name), "What it shows.", at, 1)


def result(name: str, outcome: str, seconds: float = 1.0, at: float = 101.0, reason: str = "") -> events.Result:
    """One of them ends."""
    return events.Result(test_id(name), outcome, seconds, reason, reason, at, 1)


def passed(name: str, seconds: float = 1.0, at: float = 101.0) -> tuple[events.Event, ...]:
    """One of them begins, and passes."""
    return started(name, at - seconds), result(name, "passed", seconds, at)


def command(
    name: str, text: str = "pacman -Syu", number: int = 1, returncode: int = 0, **more: object
) -> events.Command:
    """A command of one of them has ended."""
    values = {"seconds": 0.5, "user_s": 0.1, "system_s": 0.1, "peak_rss_bytes": 1024, "at": 100.2, **more}
    status = f"exit status {returncode}"
    return events.Command(
        test_id(name), "machine1", text, tuple(text.split()), status, returncode, number=number, **values
    )
