"""Which names of a plan are attempts of one test: those with ` #1`, ` #2` and so on behind its id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["test_of"]

NUMBERED = re.compile(r"(.*) #[1-9][0-9]*", re.DOTALL)


def test_of(names: Iterable[str]) -> dict[str, str]:
    """The id of the test that each name stands for where that is another than the name itself.

    A number behind an id that comes up once is part of the id.
    """
    found = {name: match[1] for name in names if (match := NUMBERED.fullmatch(name))}
    counts = Counter(found.values())
    return {name: test for name, test in found.items() if counts[test] > 1}
