"""Faults in how a call ends, the same for every manager."""

from __future__ import annotations

from pkgsuite.mutants.call import Call, die

__all__ = ["MUTANTS", "faithful"]

SEGMENTATION_FAULT = 11


def faithful(call: Call) -> int:
    """Nothing is wrong but that another program stands between: no mutant, but what those are measured by."""
    return call.run()


def swallow_errors(call: Call) -> int:
    """The exit status is 0 whatever happened."""
    call.run()
    return 0


def claim_failure(call: Call) -> int:
    """The exit status is 1 whatever happened."""
    call.run()
    return 1


def print_nothing(call: Call) -> int:
    """Nothing is printed."""
    return call.run(is_silent=True)


def crash_at_the_end(call: Call) -> int:
    """After its work it crashes."""
    call.run()
    die(SEGMENTATION_FAULT)
    return 1


MUTANTS = (
    swallow_errors,
    claim_failure,
    print_nothing,
    crash_at_the_end,
)
"""Every fault here; a new one is a function and a line."""
