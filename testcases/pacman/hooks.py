"""Hooks as scenarios write them: what sets one off, when it runs, and the shell code that it runs; alpm-hooks(5)."""

from __future__ import annotations

__all__ = ["TELL_TARGETS", "hook"]

TELL_TARGETS = "while read target; do echo $target; done >> /told"
"""A script that writes down what it is given line by line."""


def hook(trigger, when, script, *more):
    """The text of a hook file.

    *trigger* reads `Install+Upgrade Package dummy lib*`, and several lines make several triggers; *more* are further
    lines of the action.
    """
    return "".join(map(section, trigger.splitlines())) + "\n".join(
        ["[Action]", f"When = {when}", f"Exec = /bin/sh -c '{script}'", *more, ""]
    )


def section(trigger):
    """One trigger."""
    operations, kind, *targets = trigger.split()
    named = [f"Operation = {operation}" for operation in operations.split("+")]
    return "\n".join(["[Trigger]", *named, f"Type = {kind}", *(f"Target = {target}" for target in targets), "", ""])
