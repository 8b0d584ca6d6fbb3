"""Pacman's configuration, as a scenario describes it."""

from __future__ import annotations

import unittest

from pkgsuite.managers.base import Setup
from pkgsuite.managers.pacman import configuration
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Repository


class Configuration(unittest.TestCase):
    """What stands in pacman.conf."""

    def test_settings_name_the_root(self) -> None:
        """`{root}` stands for the absolute path of the root, in options and in those of a repository."""
        setup = Setup(
            repositories={"extra": Repository([Package("dummy")])},
            options={"XferCommand": ("{root}/bin/fetch %u %o",)},
            repository_options={"extra": {"Server": ("file:///nowhere", "file://{root}/var/pub/extra")}},
        )

        text = configuration(setup, "/sandbox")

        self.assertEqual(
            text,
            "[options]\nXferCommand = /sandbox/bin/fetch %u %o\n"
            "[extra]\nSigLevel = Never\nServer = file:///nowhere\nServer = file:///sandbox/var/pub/extra\n",
        )

    def test_without_settings(self) -> None:
        """A repository is not signed and lies on the machine, unless its settings say otherwise."""
        text = configuration(Setup(repositories={"core": Repository()}), "/sandbox")

        self.assertEqual(text, "[options]\n[core]\nSigLevel = Never\nServer = file:///sandbox/var/pub/core\n")
