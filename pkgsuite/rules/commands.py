"""Rules about the commands that were run: the last one, unless a rule names another, as `RETCODE[1]=0` does."""

from __future__ import annotations

import re

from pkgsuite.model.command import CommandResult
from pkgsuite.model.observation import Observation
from pkgsuite.rules.arguments import REGEX, STATUS
from pkgsuite.rules.base import Finding, Judge, Kind
from pkgsuite.rules.show import quote

__all__ = ["KINDS"]

NOT_RUN = "the command was not run"


def ended_with(observation: Observation, status: str) -> Finding:
    """Whether the exit status is *status*; a command that did not end has none."""
    expected = CommandResult("", (), int(status)).status
    if observation.last is None:
        return Finding(None, expected, NOT_RUN)
    held = None if observation.last.timed_out else observation.last.returncode == int(status)
    return Finding(held, expected, observation.last.status)


def has_line(*streams: str) -> Judge:
    """A judge of whether a line of *streams* matches."""

    def judge(observation: Observation, regex: str) -> Finding:
        expected, opposite = f"a line that matches {regex!r}", f"no line that matches {regex!r}"
        if observation.last is None:
            return Finding(None, expected, NOT_RUN, opposite=opposite)
        lines = observation.last.lines(*streams)
        found = next((line for line in lines if re.search(regex, line)), None)
        if found is None and observation.last.is_cut:
            return Finding(None, expected, "none in what was kept of an output that is too long", opposite=opposite)
        seen = f"none in {len(lines)} lines of {' and '.join(streams)}" if found is None else quote(found)
        return Finding(found is not None, expected, seen, opposite=opposite)

    return judge


KINDS = (
    Kind(
        "RETCODE",
        "The command ended with this exit status; a signal that ended it counts as minus its number.",
        ended_with,
        (STATUS,),
        aliases=("APT_RETCODE", "PACMAN_RETCODE"),
        of_command=True,
    ),
    Kind(
        "OUTPUT",
        "The regular expression matches somewhere in a line that the command wrote to stdout or stderr.",
        has_line("stdout", "stderr"),
        (REGEX,),
        aliases=("APT_OUTPUT", "PACMAN_OUTPUT"),
        of_command=True,
    ),
    Kind(
        "STDERR",
        "The regular expression matches somewhere in a line that the command wrote to stderr.",
        has_line("stderr"),
        (REGEX,),
        of_command=True,
    ),
)
