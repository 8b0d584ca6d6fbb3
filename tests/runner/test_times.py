"""Files that say how long tests take."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

from pkgsuite import events
from pkgsuite.errors import SuiteError
from pkgsuite.runner import times


class TimesTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.path = Path(temporary.name) / "file"

    def read(self, text: str | bytes) -> times.Times:
        """What a file with this text says."""
        self.path.write_bytes(text.encode() if isinstance(text, str) else text)
        return times.read(self.path)

    def test_of_a_history(self) -> None:
        told = {"runs": [], "tests": [{"test": "testcases.a.A.t", "usual_s": 2.5, "more": 1}]}

        self.assertEqual(self.read(json.dumps(told)), {"pkgsuite.testcases.a.A.t": 2.5})

    def test_of_a_run(self) -> None:
        told = (
            events.Plan(("m.C.a #1", "m.C.a #2", "m.C.b", "m.C.c")),
            events.Result("m.C.a #1", "passed", 1.0),
            events.Result("m.C.a #2", "failed", 3.0),
            events.Result("m.C.b", "skipped", 5.0),
        )

        self.assertEqual(self.read("".join(f"{events.encode(each)}\n" for each in told)), {"m.C.a": 2.0})
        self.assertEqual(self.read(events.encode(told[1]) + "\n"), {"m.C.a": 1.0})
        self.assertEqual(self.read(events.encode(told[0]) + "\n"), {})

    def test_anything_else_is_told(self) -> None:
        for text in (
            "",
            "nonsense",
            "[1]",
            "{}",
            '{"tests": [1]}',
            '{"tests": [{"test": "a"}]}',
            b"\xff",
            "[" * 99_999,
        ):
            if not text:
                self.assertEqual(self.read(text), {})
                continue
            with self.subTest(text[:9]), self.assertRaisesRegex(SuiteError, "neither what `pkgsuite history --json`"):
                self.read(text)
        with self.assertRaisesRegex(SuiteError, "cannot be read: No such file"):
            times.read(self.path.with_name("none"))
