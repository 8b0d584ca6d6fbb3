"""How many forks lie between this process and the one that started Python: pids may be the same in two namespaces."""

from __future__ import annotations

import os

__all__ = ["generation"]

_count = [0]


def generation() -> int:
    """A number that a process does not share with any that it was forked from."""
    return _count[0]


def count_fork() -> None:
    """Be the next generation."""
    _count[0] += 1


os.register_at_fork(after_in_child=count_fork)
