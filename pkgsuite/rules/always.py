"""What must never happen, whatever the rules of a scenario say."""

from __future__ import annotations

import signal

from pkgsuite.model.observation import Observation
from pkgsuite.rules.base import Finding, Kind, Rule, Verdict

__all__ = ["KINDS", "verdicts"]


def no_stale_lock(observation: Observation) -> Finding:
    """Whether the manager's lock is gone, unless the scenario itself placed it or the manager was killed."""
    lock = observation.lock
    if lock == "" or observation.after.look_at(lock) is None:
        return Finding(True, "no lock left behind", "no lock", opposite="a lock left behind")
    reason = ""
    if lock in observation.placed:
        reason = "placed by the scenario"
    elif any(command.timed_out for command in observation.commands):
        reason = "left by a command that was killed at its deadline"
    elif any(command.returncode == -signal.SIGKILL for command in observation.commands):
        reason = "left by a command that was killed"
    seen = f"{lock} is there{', ' if reason else ''}{reason}"
    return Finding(reason != "", "no lock left behind", seen, opposite="a lock left behind")


def no_core_dump(observation: Observation) -> Finding:
    """Whether no program dumped its core."""
    dumps = observation.core_dumps
    return Finding(not dumps, "no core dump", "\n".join(dumps) or "no core dump", opposite="a core dump")


KINDS = (
    Kind("NO_STALE_LOCK", "The manager left no lock behind that the scenario did not place.", no_stale_lock),
    Kind("NO_CORE_DUMP", "No program dumped its core.", no_core_dump),
)


RULES = tuple(Rule(kind) for kind in KINDS)


def verdicts(observation: Observation) -> list[Verdict]:
    """The verdicts of all that must never happen."""
    return [rule.check(observation) for rule in RULES]
