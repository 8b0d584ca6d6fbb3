"""JUnit XML, read back as GitLab, Jenkins and GitHub's readers read it."""

from __future__ import annotations

import io
import os
import re
import unittest
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from pkgsuite import events
from pkgsuite.reports import junit
from pkgsuite.reports.gathering import Run
from tests.reports import samples
from tests.reports.samples import HOSTILE

TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")

TEXTS = {"message", "type"}
RERUN = {"stackTrace": (set(), set(), {}), "system-out": (set(), set(), {}), "system-err": (set(), set(), {})}
PROPERTIES = {"property": ({"name", "value"}, {"name", "value"}, {})}
CASE = {
    **{name: (TEXTS, set(), {}) for name in ("skipped", "error", "failure")},
    **{name: (TEXTS, {"type"}, RERUN) for name in ("rerunFailure", "rerunError", "flakyFailure", "flakyError")},
    "system-out": (set(), set(), {}),
    "system-err": (set(), set(), {}),
}
SUITE = {
    "properties": (set(), set(), PROPERTIES),
    "testcase": ({"name", "time", "classname", "group"}, {"name"}, CASE),
    "system-out": (set(), set(), {}),
    "system-err": (set(), set(), {}),
}
SUITE_NAMES = "name tests failures errors group time skipped timestamp hostname id package file log url version"
SUITES = {"testsuite": (set(SUITE_NAMES.split()), {"name", "tests", "failures", "errors"}, SUITE)}
ROOT = {"testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), SUITES)}
"""Jenkins' junit-10.xsd: for each element, its attributes, those that it needs, and what may be in it."""


def written(told: Iterable[events.Event], *, is_strict: bool = False) -> str:
    """The document of a run."""
    run = Run()
    for event in told:
        run.take(event)
    target = io.StringIO()
    (junit.write_strictly if is_strict else junit.write)(run, target)
    return target.getvalue()


def case_of(*told: events.Event) -> Element:
    """The only test case of a run."""
    root = ElementTree.fromstring(written(told).encode())
    (case,) = root.iter("testcase")
    return case


def refused(element: Element, grammar: dict[str, tuple[set[str], set[str], dict]]) -> list[str]:  # type: ignore[type-arg]
    """What a schema does not allow in *element*."""
    if element.tag not in grammar:
        return [f"{element.tag} is not expected"]
    known, needed, within = grammar[element.tag]
    trouble = [f"{element.tag} has {name}" for name in set(element.attrib) - known]
    trouble += [f"{element.tag} lacks {name}" for name in needed - set(element.attrib)]
    return trouble + [each for child in element for each in refused(child, within)]


class DocumentTest(unittest.TestCase):
    """A whole document."""

    def test_the_strict_form_is_what_the_schema_of_jenkins_allows(self) -> None:
        for count in (0, 1, 8, 200):
            with self.subTest(count):
                root = ElementTree.fromstring(written(samples.run(count), is_strict=True).encode())

                self.assertEqual(refused(root, ROOT), [])
                for element in root.iter():
                    self.assertTrue(TIME.fullmatch(element.get("time", "0")), element.attrib)

    def test_the_usual_form_adds_only_what_other_readers_show(self) -> None:
        root = ElementTree.fromstring(written(samples.run(200)).encode())

        trouble = set(refused(root, ROOT))
        extra = {"testcase has file", "testcase has line", "testsuites has skipped", "properties is not expected"}
        self.assertEqual(trouble, extra)

    def test_the_sums_are_those_of_the_cases(self) -> None:
        root = ElementTree.fromstring(written(samples.run(300)).encode())

        for holder in (root, *root.iter("testsuite")):
            cases = list(holder.iter("testcase"))
            found = {"tests": len(cases)}
            found |= {f"{kind}s": sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error")}
            found["skipped"] = sum(case.find("skipped") is not None for case in cases)
            self.assertEqual({name: int(holder.get(name, "-1")) for name in found}, found)
        self.assertEqual(len(list(root.iter("testcase"))), 301)

    def test_no_two_cases_are_the_same_to_gitlab(self) -> None:
        """It takes the first of several with one class and name."""
        root = ElementTree.fromstring(written(samples.run(300)).encode())

        keys = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
        self.assertEqual(len(set(keys)), len(keys))

    def test_a_flood_leaves_a_file_that_gitlab_takes(self) -> None:
        """Less than 30 MB, though each of 2,000 failures says a megabyte."""
        flood = "x\x1b&<" * 250_000
        told = [events.Result(f"m.C.test_{n}", "failed", 0, "reason" * 10_000, flood) for n in range(2_000)]

        text = written(told)

        self.assertLess(len(text.encode()), 30_000_000)
        self.assertEqual(len(list(ElementTree.fromstring(text.encode()).iter("failure"))), 2_000)

    def test_times_and_places(self) -> None:
        told = (
            events.Plan(("m.C.test",), 3, 5, samples.BEGAN),
            events.Planned("m.C.test", "It works.", "m.py", 12, ("slow",), outcomes=("passed", "failed")),
            events.Started("m.C.test", at=samples.BEGAN + 1, worker=2),
            events.Result("m.C.test", "passed", 1_234.5678, worker=2),
        )
        root = ElementTree.fromstring(written(told).encode())
        (suite,) = root
        case = suite.find("testcase")
        assert case is not None

        self.assertEqual((suite.get("name"), suite.get("file"), suite.get("time")), ("m", "m.py", "1234.568"))
        self.assertRegex(suite.get("timestamp", ""), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
        place = {name: case.get(name) for name in ("classname", "name", "file", "line")}
        self.assertEqual(place, {"classname": "m.C", "name": "test", "file": "m.py", "line": "12"})
        properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
        self.assertLessEqual(
            {"jobs": "3", "seed": "5", "interrupted": "true", "tags": "slow", "history": "passed failed"}.items(),
            properties.items(),
        )

    def test_a_file_below_the_current_directory_is_told_from_there(self) -> None:
        """Readers look for it in a checkout of theirs."""
        for file, told in ((os.path.abspath("a/test_x.py"), "a/test_x.py"), ("/nowhere/x.py", "/nowhere/x.py")):
            case = case_of(events.Planned("m.C.test", "", file, 1), events.Result("m.C.test", "passed"))

            self.assertEqual(case.get("file"), told)


class CaseTest(unittest.TestCase):
    """One test case for each way a test may end."""

    def test_each_outcome_has_its_element(self) -> None:
        for outcome, name in (
            ("passed", None),
            ("failed", "failure"),
            ("xpassed", "failure"),
            ("error", "error"),
            ("crashed", "error"),
            ("skipped", "skipped"),
            ("xfailed", "skipped"),
        ):
            with self.subTest(outcome):
                case = case_of(events.Result("m.C.test", outcome, 1, "why", "all of it"))

                found = [child for child in case if child.tag not in ("properties", "system-out")]
                self.assertEqual([child.tag for child in found], [name] if name else [])
                for child in found:
                    self.assertEqual((child.get("type"), child.get("message")), (outcome, "why"))
                    self.assertEqual(child.text, None if name == "skipped" else "all of it")

    def test_a_test_that_began_and_has_no_result_is_an_error(self) -> None:
        case = case_of(events.Plan(("m.C.test",)), events.Started("m.C.test"))

        self.assertEqual([child.get("type") for child in case.iter("error")], ["unfinished"])

    def test_a_test_that_never_began_is_skipped_with_the_reason(self) -> None:
        case = case_of(events.Plan(("m.C.test",)))

        self.assertEqual([child.get("message") for child in case.iter("skipped")], [junit.WORDS["not run"]])

    def test_a_flaky_test_says_so_and_fails_all_the_same(self) -> None:
        told = [
            event
            for outcome in ("failed", "passed", "error")
            for event in (events.Started("m.C.test"), events.Result("m.C.test", outcome, 1, outcome, "all"))
        ]
        case = case_of(*told)

        self.assertEqual([child.tag for child in case][1:], ["rerunFailure", "error"])
        self.assertEqual([each.get("message") for each in case.iter("error")], ["flaky: error (in 2 of 3 attempts)"])
        properties = {each.get("name"): each.get("value") for each in case.iter("property")}
        self.assertLessEqual({"flaky": "true", "attempts": "3"}.items(), properties.items())

    def test_what_failed_beside_the_tests_is_a_case_of_its_own(self) -> None:
        case = case_of(events.Trouble("tearDownClass (m.C)", "wrong", "all"))

        self.assertEqual(
            (case.get("name"), [each.text for each in case.iter("error")]), ("tearDownClass (m.C)", ["all"])
        )

    def test_commands_and_their_output_stand_beside_a_failure(self) -> None:
        command = ("m.C.test", "machine", "pacman -Sy", ("pacman", "-Sy"), "exit 1", 1, 0.5, 0, 0, 0, "no network\n", 1)
        case = case_of(events.Command(*command), events.Result("m.C.test", "failed"))  # type: ignore[arg-type]

        text = case.findtext("system-out", "")
        self.assertIn("machine$ pacman -Sy\nexit 1 after 0.50 s: pacman -Sy\nno network", text)

    def test_hostile_text_is_text(self) -> None:
        case = case_of(
            events.Planned(f"m.C.test_{HOSTILE}", HOSTILE, HOSTILE, 1, (HOSTILE,)),
            events.Result(f"m.C.test_{HOSTILE}", "failed", 0, HOSTILE, HOSTILE),
        )

        self.assertEqual({child.tag for child in case}, {"properties", "failure"})
        self.assertIn("<script>", case.get("name", ""))
        self.assertIn("\\x00", case.findtext("failure", ""))
