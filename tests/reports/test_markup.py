"""Elements from text that nobody trusts."""

from __future__ import annotations

import unittest
from html.parser import HTMLParser
from xml.etree import ElementTree

from pkgsuite.reports.markup import Markup, join, tag
from tests.reports.samples import HOSTILE


class TagTest(unittest.TestCase):
    """One element."""

    def test_text_is_escaped_and_elements_are_not(self) -> None:
        self.assertEqual(tag("p", "<b>&", tag("b", "x")), "<p>&lt;b&gt;&amp;<b>x</b></p>")

    def test_attributes_have_the_names_of_html(self) -> None:
        self.assertEqual(tag("a", class_="x", data_state="y"), '<a class="x" data-state="y"></a>')

    def test_none_and_false_are_left_out_and_true_stands_alone(self) -> None:
        self.assertEqual(tag("a", None, "", hidden=True, open=False, title=None), "<a hidden></a>")

    def test_hostile_text_stays_text_in_xml_and_html(self) -> None:
        text = tag("p", HOSTILE, title=f"{HOSTILE}\n\t")

        parsed = ElementTree.fromstring(text)
        self.assertEqual((len(parsed), parsed.get("title")), (0, f"{parsed.text}\n\t"))
        self.assertIn("<script>", parsed.text or "")
        seen: list[str] = []
        parser = HTMLParser()
        parser.handle_starttag = lambda name, attributes: seen.append(name)  # type: ignore[method-assign]
        parser.feed(text)
        self.assertEqual(seen, ["p"])

    def test_join_makes_markup(self) -> None:
        self.assertIsInstance(join("<"), Markup)
        self.assertEqual(join("<", Markup("<br>"), None), "&lt;<br>")
