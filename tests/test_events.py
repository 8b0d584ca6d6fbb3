"""Events travel as lines of JSON and come back as they were."""

from __future__ import annotations

import dataclasses
import json
import unittest

from pkgsuite import events
from pkgsuite.errors import SuiteError

ODD = "ümläut \x00 \x1b[31m \udcff \u2028 \n\r\t\"'\\"

SAMPLES = (
    events.Plan((ODD, "b")),
    events.Plan((), 4, 1 << 60, 1.5),
    events.Planned(ODD, ODD, f"/{ODD}.py", 7, ("slow", ODD), 0.5, (ODD,), ("passed", "crashed")),
    events.Started(ODD, ODD, 1.5, 3),
    events.Queue(ODD, "machine", ("a", ODD)),
    events.Launched(ODD, "machine", 1, ODD, ("a", ODD), 1.5),
    events.Command(ODD, "machine", ODD, ("a", ODD), "exit 0", -9, 0.1, 0.2, 0.3, 1 << 40, ODD * 100, 1, 1.5, ODD),
    events.Judging(ODD, "machine", ("a", ODD)),
    events.Changed(ODD, "machine", (ODD,), (), ("/a", "/b")),
    events.Usage(
        ODD, "mirror1", 1.5, 0.5, 1 << 40, (events.Process(1, 0, ODD, 0.5, 1), events.Process(2, 1, "", 0, 0))
    ),
    events.Log(ODD, "mirror1", ODD, 1.5),
    events.Output(ODD, ODD, ODD, 1 << 40),
    events.Rule("a", "machine", ODD, False, ODD, ODD),
    events.Kept("a", "machine", f"/tmp/{ODD}"),
    events.Node("a", "mirror1", "mirror", "http://127.0.0.2:80/", "ended", ODD, 1.5),
    events.Note(ODD),
    events.Result("a", "failed", 0.1, ODD, ODD, 1.5, 2, True),
    events.Trouble(ODD, ODD, ODD),
    events.Done({"passed": 1, "failed": 2}, 0.5, 3, 4, True),
)

USED = '"test": "a", "source": "b", "at": 1, "cpu_s": 1, "rss_bytes": 1'


class RoundTripTest(unittest.TestCase):
    """encode and decode."""

    def test_each(self) -> None:
        """Every kind of event is one line of ASCII and comes back equal."""
        self.assertEqual({type(event) for event in SAMPLES}, set(events.KINDS.values()))
        for event in SAMPLES:
            with self.subTest(event=type(event).__name__):
                line = events.encode(event)

                self.assertEqual(len(line.splitlines()), 1)
                self.assertTrue(line.isascii() and line.isprintable())
                self.assertEqual(events.decode(line), event)

    def test_newer_fields(self) -> None:
        """A field that is not known is left out, one that is missing has its default."""
        told = json.loads(events.encode(events.Done({"passed": 1}, 2.0)))
        del told["troubles"]

        self.assertEqual(events.decode(json.dumps({**told, "new": [1]})), events.Done({"passed": 1}, 2.0))

    def test_frozen(self) -> None:
        """Nobody changes what was said."""
        for event in SAMPLES:
            with self.subTest(event=type(event).__name__), self.assertRaises(dataclasses.FrozenInstanceError):
                setattr(event, dataclasses.fields(event)[0].name, "other")

    def test_refused(self) -> None:
        """What is no event of this version is refused with its start."""
        for line in (
            "",
            "no JSON",
            "[]",
            "null",
            "1",
            '"text"',
            "{}",
            '{"version": 1}',
            '{"version": 1, "event": "bogus"}',
            '{"version": 1, "event": ["plan"]}',
            '{"version": 1, "event": null}',
            '{"version": 2, "event": "done"}',
            '{"version": 1, "event": "started"}',
            f'{{"version": 1, "event": "usage", {USED}, "processes": [1]}}',
            f'{{"version": 1, "event": "usage", {USED}, "processes": [{{"pid": 1}}]}}',
            f'{{"version": 1, "event": "usage", {USED}, "processes": 1}}',
            "[" * 100_000,
        ):
            with self.subTest(line=line[:40]):
                with self.assertRaises(SuiteError) as caught:
                    events.decode(line)
                self.assertLess(len(str(caught.exception)), 300)
