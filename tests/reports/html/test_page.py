"""The page as text: what is in it, and what it lets in."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import unittest
from html.parser import HTMLParser

from pkgsuite import events
from pkgsuite.reports.gathering import Run
from pkgsuite.reports.html import page
from pkgsuite.reports.html.details import as_json
from tests.reports import samples

FETCHING = ("src", "action", "formaction", "poster", "data", "srcset", "ping", "background")
"""Attributes that make a browser fetch or send something."""


class Reader(HTMLParser):
    """Collects the elements of a page, with the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.texts[-1] += data

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        """The attributes and the text of each element called *tag*."""
        return [(each[1], text) for each, text in zip(self.elements, self.texts, strict=True) if each[0] == tag]


def page_of(*told: events.Event) -> str:
    """The page of a run."""
    run = Run()
    for event in told:
        run.take(event)
    target = io.StringIO()
    page.write(run, target)
    return target.getvalue()


class PageTest(unittest.TestCase):
    """A page of a run with every kind of outcome and with hostile names."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.text = page_of(*samples.run(60))
        cls.page = Reader(cls.text)

    def test_nothing_is_fetched_from_anywhere(self) -> None:
        for tag, attributes in self.page.elements:
            for name in FETCHING:
                self.assertNotIn(name, attributes, tag)
            for name in ("href", "xlink:href"):
                self.assertRegex(attributes.get(name) or "#", r"^(#|data:image/svg)", tag)
            self.assertEqual([name for name in attributes if name.startswith("on") or name == "style"], [], tag)
        self.assertNotRegex(page.read("page.css"), r"url\(|@import")

    def test_the_policy_allows_its_own_script_and_style_only(self) -> None:
        (policy,) = [each["content"] for each, _ in self.page.all("meta") if "http-equiv" in each]
        scripts = [text for attributes, text in self.page.all("script") if "type" not in attributes]

        self.assertTrue(str(policy).startswith("default-src 'none';"))
        self.assertNotIn("unsafe", str(policy))
        for text in (*scripts, *(text for _, text in self.page.all("style"))):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            self.assertIn(f"'sha256-{digest}'", str(policy))
        self.assertEqual(len(scripts), 1)

    def test_no_test_adds_an_element_that_the_page_does_not_have(self) -> None:
        tags = {tag for tag, _ in self.page.elements}

        self.assertEqual(tags & {"img", "iframe", "object", "embed", "form", "base"}, set())
        self.assertEqual(len(self.page.all("title")), 1 + self.text.count("<title>") - 1)

    def test_every_test_has_a_row_and_a_record(self) -> None:
        records = [json.loads(text) for attributes, text in self.page.all("script") if "type" in attributes]
        links = [each["href"] for each, _ in self.page.all("a") if re.fullmatch(r"#t\d+", each.get("href") or "")]

        self.assertEqual(len(records), 60)
        self.assertLessEqual({f"#t{number}" for number in range(60)}, set(links))
        self.assertIn("</script>", records[-1]["id"])

    def test_what_went_wrong_can_be_read_without_scripts(self) -> None:
        start = self.text.index("<noscript>")
        static = self.text[start : self.text.index("</noscript>")]

        self.assertIn("connection refused, gave up after 3 tries", static)
        self.assertIn("its process was ended by SIGSEGV", static)
        self.assertIn("error: failed to prepare transaction", static)

    def test_a_json_record_ends_no_element(self) -> None:
        text = as_json({"</script><!--": "&\u2028\udcff"})

        self.assertTrue(text.isascii())
        self.assertFalse(set("<>&") & set(text))
        self.assertEqual(json.loads(text), {"</script><!--": "&\u2028\udcff"})


class SummaryTest(unittest.TestCase):
    """The words at the top."""

    def test_it_says_what_came_of_the_run(self) -> None:
        passed, failed = events.Result("m.C.a", "passed"), events.Result("m.C.b", "failed")
        plan, done = events.Plan(("m.C.a", "m.C.b")), events.Done({}, 1.5)
        for told, words in (
            ((plan, passed, failed, done), "1 of 2 tests did not pass"),
            ((passed, done), "1 of 1 test passed"),
            ((passed, events.Trouble("x", "y"), done), "1 of 1 test passed, and 1 failed beside them"),
            ((events.Plan(()), done), "No test was planned"),
            ((passed,), "the end of the run is missing"),
            ((plan, passed, events.Done({}, 1, 1, is_interrupted=True)), "interrupted"),
        ):
            with self.subTest(words):
                self.assertIn(words, page_of(*told))

    def test_a_run_of_every_test_of_events_can_be_shown(self) -> None:
        """Also where no time, file or worker is known."""
        self.assertIn("<html", page_of(events.Result("x", "failed"), events.Node("x", "n", "k", "", "started")))
