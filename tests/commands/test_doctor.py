"""`pkgsuite doctor`: it always answers, and says how to get what is missing."""

from __future__ import annotations

from tests.command_line import CommandLineTest, as_json


class DoctorTest(CommandLineTest):
    """The command."""

    def test_text_and_json_agree(self) -> None:
        """Both say the same, with the exit status."""
        text, told = self.call("doctor"), self.call("doctor", "--json")
        findings = as_json(told)

        self.assertEqual((text.returncode, text.stderr), (told.returncode, told.stderr))
        self.assertEqual(told.returncode, 0 if findings["can_run"] else 1)
        for section in ("python", "managers", "isolation", "programs"):
            for finding in findings[section]:
                self.assertIn(finding["detail"], text.stdout)
                self.assertIn(finding["remedy"], text.stdout)

    def test_what_is_missing_has_a_remedy(self) -> None:
        """Without managers, programs and isolation it says so, each with the way to get it, and exits 1."""
        done = self.call("doctor", "--json", PATH="/nonexistent", PKGSUITE_ISOLATION="none")

        findings = as_json(done)
        self.assertEqual((done.returncode, done.stderr, findings["can_run"]), (1, "", False))
        missing = [each for each in (*findings["managers"], *findings["programs"]) if not each["is_there"]]
        self.assertTrue(missing)
        self.assertTrue(all(each["remedy"] for each in missing), missing)

    def test_manager_that_is_not_there(self) -> None:
        """A variable that names no manager is told as what is missing."""
        (finding,) = (
            each
            for each in as_json(self.call("doctor", "--json", PKGSUITE_PACMAN="/nowhere/pacman"))["managers"]
            if each["name"] == "pacman"
        )

        self.assertFalse(finding["is_there"])
        self.assertIn("PKGSUITE_PACMAN=/nowhere/pacman", finding["remedy"])

    def test_bogus_isolation(self) -> None:
        """A variable that names no rung is told with those there are."""
        done = self.call("doctor", PKGSUITE_ISOLATION="bogus")

        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn("PKGSUITE_ISOLATION='bogus': expected some of", done.stdout)
