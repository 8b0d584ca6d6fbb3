"""The page on events names every kind and every field, and nothing else."""

from __future__ import annotations

import re
import unittest
from dataclasses import fields

from pkgsuite import events
from tests.checkout import TOP, needs_checkout

PAGE = TOP / "docs" / "events.md"


def sections() -> dict[str, str]:
    """The text below each heading of the third level."""
    parts = re.split(r"^### (\w+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@needs_checkout
class EventsPage(unittest.TestCase):
    def test_every_kind_has_a_section(self) -> None:
        """In the order in which the module has them."""
        self.assertEqual(list(sections()), list(events.KINDS))

    def test_every_field_is_explained(self) -> None:
        """Each once, as an item of the list below its kind."""
        for name, text in sections().items():
            with self.subTest(event=name):
                items = re.findall(r"^- ([^:]+):", text, flags=re.MULTILINE)
                told = [field for item in items for field in re.findall(r"`(\w+)`", item)]

                self.assertEqual(sorted(told), sorted(field.name for field in fields(events.KINDS[name])))

    def test_processes_and_outcomes(self) -> None:
        """What lies within a field is explained too."""
        for field in fields(events.Process):
            self.assertIn(f"`{field.name}`", sections()["usage"])
        for outcome in events.OUTCOMES:
            self.assertIn(f"`{outcome}`", sections()["result"])

    def test_the_version(self) -> None:
        """The page speaks of the version that is written."""
        self.assertIn(f"`version`, {events.VERSION} for now", PAGE.read_text(encoding="utf-8"))
