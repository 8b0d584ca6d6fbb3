"""Every event is a line of JSON, at once."""

from __future__ import annotations

import io
import json
import unittest

from pkgsuite import events
from pkgsuite.reports.jsonl import JsonLines
from tests.test_events import SAMPLES


class JsonLinesTest(unittest.TestCase):
    """The report called jsonl."""

    def test_lines(self) -> None:
        """What is written is what was told, in order, in any encoding."""
        target = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        report = JsonLines(target)

        for event in SAMPLES:
            report.event(event)

        lines = target.buffer.getvalue().decode().splitlines()  # type: ignore[attr-defined]
        self.assertEqual([events.decode(line) for line in lines], list(SAMPLES))
        self.assertTrue(all(json.loads(line)["version"] == events.VERSION for line in lines))
