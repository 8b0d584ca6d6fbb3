"""Versions of Debian packages, beside dpkg."""

from __future__ import annotations

import random
import subprocess
import unittest

from pkgsuite.errors import BadValue
from pkgsuite.formats import deb
from pkgsuite.formats.deb_version import VERSION, check_version, sort_key, upstream, without_epoch
from pkgsuite.model.package import Package
from tests.formats.scratch_pacman import needed

SEED = 20240301
CASES = 2000
SIGNS = "0019ab~~+.-z"
OPERATORS = ("lt", "eq", "gt")

COMPARE = 'while read -r a operator b; do dpkg --compare-versions "$a" "$operator" "$b" && echo yes || echo no; done'


class Compare(unittest.TestCase):
    """Which version is later."""

    def test_order(self) -> None:
        """Versions of all kinds in the order of the manual."""
        ordered = [
            "0~",
            "0",
            "0.9",
            "1.0~~",
            "1.0~rc1",
            "1.0",
            "1.0-0.1",
            "1.0-1",
            "1.0-1+b1",
            "1.0+x",
            "1.0.1",
            "1.1a",
        ]
        ordered += ["1.1b", "1.9", "1.10", "2.0", "1:0.1", "1:1:2-1", "10:0"]
        mixed = random.Random(SEED).sample(ordered, len(ordered))

        self.assertEqual(sorted(mixed, key=sort_key), ordered)

    def test_same(self) -> None:
        """Versions that differ only in how they are written."""
        for first, second in (("1.0", "1.0-0"), ("0:1", "1"), ("1.00", "1.0"), ("1.0-", "1.0"), ("01", "1")):
            with self.subTest(first):
                self.assertEqual(deb.compare(first, second), 0)

    def test_epoch(self) -> None:
        """An epoch that is no number is refused."""
        for version in ("a:1", ":1", "99999999999:1"):
            with self.subTest(version), self.assertRaisesRegex(BadValue, "epoch"):
                deb.compare(version, "1")

    def test_long_numbers(self) -> None:
        """Numbers of any length compare by their value."""
        self.assertEqual(deb.compare("1" + "0" * 10000, "9" * 10000), 1)

    def test_as_dpkg(self) -> None:
        """Thousands of versions compare as dpkg compares them."""
        needed("dpkg", "dpkg")
        chance = random.Random(SEED)
        pairs = [pair(chance) for _ in range(CASES)]
        asked = "".join(f"{a} {chance.choice(OPERATORS)} {b}\n" for a, b in pairs)

        done = subprocess.run(["sh", "-c", COMPARE], input=asked, capture_output=True, text=True, check=True)

        self.assertEqual(done.stderr, "")
        for line, answer in zip(asked.splitlines(), done.stdout.split(), strict=True):
            first, operator, second = line.split()
            with self.subTest(line):
                self.assertEqual(OPERATORS[deb.compare(first, second) + 1] == operator, answer == "yes")


class Check(unittest.TestCase):
    """What a version may be."""

    def test_good(self) -> None:
        """Every form of the manual is taken by the model and by the format."""
        for version in (
            "1.0",
            "1.0-1",
            "1:1.0-1",
            "1.0~rc1",
            "0~git2024+dfsg-1~bpo12+1",
            "1:2:3-1",
            "1-2-3",
            "2147483647:1",
        ):
            with self.subTest(version):
                check_version(Package("a", version))

    def test_bad(self) -> None:
        """Versions that other managers may have are refused, unless they are wrong on purpose."""
        for version in ("v1", "1_0", "_", "2147483648:1"):
            with self.subTest(version):
                with self.assertRaisesRegex(BadValue, "starts with a digit"):
                    check_version(Package("a", version))
                check_version(Package("a", version, unchecked=True))


class Parts(unittest.TestCase):
    """What versions are made of."""

    def test_parts(self) -> None:
        """Epoch and revision go, dashes and colons within stay."""
        for version, named, own in (("1:2-3", "2-3", "2"), ("2", "2", "2"), ("1:2:3-4-5", "2:3-4-5", "2:3-4")):
            with self.subTest(version):
                self.assertEqual((without_epoch(version), upstream(version)), (named, own))


def pair(chance: random.Random) -> tuple[str, str]:
    """Two versions, the second one often the first one slightly changed."""
    first = random_version(chance)
    second = random_version(chance)
    if chance.random() < 0.6:
        at = chance.randrange(1, len(first) + 1)
        second = first[:at] + chance.choice([*SIGNS, ""]) + first[at + chance.randrange(2) :]
    if not VERSION.fullmatch(second):
        second = random_version(chance)
    return first, second


def random_version(chance: random.Random) -> str:
    """A version that dpkg takes without a word."""
    epoch = chance.choice(["", "", "", "0:", "1:", "12:"])
    text = "".join(chance.choices(SIGNS, k=chance.randrange(8))).strip("-")
    return f"{epoch}{chance.randrange(3)}{text}"


if __name__ == "__main__":
    unittest.main()
