"""What a worker of a cluster does, with a worker that only writes down what it is told to log."""

from __future__ import annotations

import sys
import tempfile
import types
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from pkgsuite.runner import errand
from tests.checkout import TOP


class CarryOutTest(unittest.TestCase):
    def carry_out(self, place: str) -> list[dict[str, Any]]:
        """What is logged while a test is run that passes."""
        Path(place, "test_it.py").write_text(
            "import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n", encoding="utf-8"
        )
        pieces: list[dict[str, Any]] = []
        worker = types.SimpleNamespace(
            address="tcp://here",
            status=types.SimpleNamespace(name="running"),
            get_current_task=lambda: "key",
            log_event=lambda topic, piece: pieces.append(piece),
        )
        distributed = types.SimpleNamespace(get_worker=lambda: worker)
        told = {
            "words": ["test_it"],
            "directory": place,
            "environment": {"PYTHONPATH": str(TOP), "XDG_STATE_HOME": place},
            "topic": "topic",
            "batch": 3,
            "ids": ["test_it.A.test_a"],
        }
        with mock.patch.dict(sys.modules, {"distributed": distributed}):
            errand.carry_out(told)
        return pieces

    def test_it_is_known_at_home_before_anything_is_run_and_when_it_has_ended(self) -> None:
        with tempfile.TemporaryDirectory() as place:
            first, *texts, last = self.carry_out(place)

        self.assertEqual(
            {"batch": 3, "worker": "tcp://here"}, {name: first[name] for name in first if name != "attempt"}
        )
        self.assertIn('"passed"', "".join(piece["text"] for piece in texts))
        self.assertEqual("status 0", last["end"]["status"])
        self.assertEqual({first["attempt"]}, {piece["attempt"] for piece in (*texts, last)})


if __name__ == "__main__":
    unittest.main()
