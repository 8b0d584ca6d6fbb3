"""Archives and repositories as scenarios describe them."""

from __future__ import annotations

import unittest

from pkgsuite.errors import BadValue
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository, as_repository
from pkgsuite.model.signature import Signature

DUMMY = Package("dummy")


class RepositoryTest(unittest.TestCase):
    def test_packages_are_published_as_the_repository_says(self):
        repository = Repository([DUMMY], compression="xz", mtree=True, signed=Signature.GOOD)

        self.assertEqual((Archive(DUMMY, "xz", True, Signature.GOOD),), repository.archives)

    def test_an_archive_that_says_something_itself_is_right(self):
        own = Archive(DUMMY, "", signed=Signature.BAD)

        (archive,) = Repository([own], compression="xz", signed=Signature.GOOD).archives

        self.assertEqual(own, archive)

    def test_missing_signatures_are_spoken_of_too(self):
        for repository, expected in (
            (Repository([DUMMY]), False),
            (Repository([DUMMY], signed=Signature.MISSING), True),
            (Repository([Archive(DUMMY, signed=Signature.MISSING)]), True),
            (Repository([DUMMY], database_signed=Signature.GOOD), False),
        ):
            with self.subTest(repository):
                self.assertEqual(expected, repository.has_signatures)

    def test_a_list_of_packages_is_a_repository(self):
        self.assertEqual(Repository([DUMMY]), as_repository([DUMMY]))

    def test_wrong_values_are_named(self):
        for field, make in (
            ("compression", lambda: Repository([DUMMY], compression="rar")),
            ("compression", lambda: Archive(DUMMY, "rar")),
            ("signed", lambda: Repository([DUMMY], signed="good")),
            ("signed", lambda: Archive(DUMMY, signed=True)),
            ("database_signed", lambda: Repository([DUMMY], database_signed=True)),
            ("package", lambda: Repository(["dummy"])),
        ):
            with self.subTest(field), self.assertRaises(BadValue) as caught:
                make()
            self.assertEqual(field, caught.exception.field)


class SignatureTest(unittest.TestCase):
    def test_every_signature_has_a_name_a_key_and_at_most_one_fault(self):
        for signature in Signature:
            with self.subTest(signature):
                self.assertEqual(f"Signature.{signature.name}", repr(signature))
                self.assertTrue(signature.key)
                self.assertIn(signature.fault, ("", "missing", "bad", "corrupted", "expired"))
