"""Rules as values and as text are the same."""

from __future__ import annotations

import unittest

from pkgsuite.model.package import DEPENDENCY
from pkgsuite.rules import values
from pkgsuite.rules.base import Rule
from pkgsuite.rules.registry import KINDS
from pkgsuite.rules.text import parse

SAME: tuple[tuple[Rule, str], ...] = (
    (values.announced("a"), "ANNOUNCED=a"),
    (values.announced("a", "completed", 2), "ANNOUNCED=a|completed|2"),
    (values.automatic("a"), "PKG_AUTO=a"),
    (values.backs_up("a", "etc/a"), "PKG_BACKUP=a|etc/a"),
    (values.cached("a", "1-1"), "CACHE_EXISTS=a|1-1"),
    (values.cached_contents("a.deb", "x|y"), "CACHE_FCONTENTS=a.deb|x|y"),
    (values.cached_file("a.deb"), "CACHE_FEXISTS=a.deb"),
    (values.contents("etc/a", "b=c\n|"), "FILE_CONTENTS=etc/a|b=c\n|"),
    (values.depends_on("a", "b>=1"), "PKG_DEPENDS=a|b>=1"),
    (values.description("a", ""), "PKG_DESC=a|"),
    (values.directory("usr/"), "DIR_EXIST=usr/"),
    (values.dpkg_dist("a"), "FILE_DPKGDIST=a"),
    (values.dpkg_new("a"), "FILE_DPKGNEW=a"),
    (values.dpkg_old("a"), "FILE_DPKGOLD=a"),
    (values.empty("a"), "FILE_EMPTY=a"),
    (values.exists("a"), "FILE_EXIST=a"),
    (values.fetched_from_cache("a", 2), "FETCHED_FROM_CACHE=a|2"),
    (values.fetched_from_mirror("pool/a.deb", size=0), "FETCHED_FROM_MIRROR=pool/a.deb|0 bytes"),
    (values.fetched_from_peers("*"), "FETCHED_FROM_PEERS=*"),
    (values.file_type("a", "link"), "FILE_TYPE=a|link"),
    (values.given_to_peers("a", size=5), "GIVEN_TO_PEERS=a|5 bytes"),
    (values.held("a"), "PKG_HELD=a"),
    (values.in_group("a", "base"), "PKG_GROUPS=a|base"),
    (values.installed("dummy"), "PKG_EXIST=dummy"),
    (values.installed("dummy", "1.0-2"), "PKG_VERSION=dummy|1.0-2"),
    (values.link("a"), "LINK_EXIST=a"),
    (values.lists_file("a", "usr/"), "PKG_FILES=a|usr/"),
    (values.mode("a", 0o75), "FILE_MODE=a|0075"),
    (values.modified("a"), "FILE_MODIFIED=a"),
    (values.no_core_dump(), "NO_CORE_DUMP"),
    (values.no_stale_lock(), "NO_STALE_LOCK"),
    (values.node_alive("mirror"), "NODE_ALIVE=mirror"),
    (values.optionally_depends_on("a", "b"), "PKG_OPTDEPENDS=a|b"),
    (values.output("a|b"), "OUTPUT=a|b"),
    (values.owner("a", 0, 1000), "FILE_OWNER=a|0:1000"),
    (values.pacnew("a"), "FILE_PACNEW=a"),
    (values.pacorig("a"), "FILE_PACORIG=a"),
    (values.pacsave("a"), "FILE_PACSAVE=a"),
    (values.peers(5), "PEERS=5"),
    (values.provides("a", "b=1"), "PKG_PROVIDES=a|b=1"),
    (values.reason("a", DEPENDENCY), "PKG_REASON=a|1"),
    (values.returncode(-11).of(2), "RETCODE[2]=-11"),
    (values.served("a/b.deb"), "SERVED=a/b.deb"),
    (values.served("a/b.deb", 2), "SERVED=a/b.deb|2"),
    (values.served_by("mirror2", "a/b.deb"), "SERVED_BY=mirror2|a/b.deb"),
    (values.served_by("mirror2", "a/b.deb", 0), "SERVED_BY=mirror2|a/b.deb|0"),
    (values.unasked("mirror2"), "UNASKED=mirror2"),
    (values.served_from("a/b.deb", 500), "SERVED_FROM=a/b.deb|500"),
    (values.served_from("a/b.deb", 0, 1), "SERVED_FROM=a/b.deb|0|1"),
    (values.asked_from("a/b.deb", 500, 0), "ASKED_FROM=a/b.deb|500|0"),
    (values.state("a", "config-files"), "PKG_STATE=a|config-files"),
    (values.stderr("^a$"), "STDERR=^a$"),
    (values.transaction("+a", "^b=2", "-c"), "TRANSACTION=+a ^b=2 -c"),
    (values.transaction(), "TRANSACTION="),
    (values.unchanged("a"), "!FILE_MODIFIED=a"),
    (values.unchanged_elsewhere(), "UNCHANGED_ELSEWHERE="),
    (values.unchanged_elsewhere("etc/a*", "usr/"), "UNCHANGED_ELSEWHERE=etc/a*|usr/"),
)


class Values(unittest.TestCase):
    """The functions of `pkgsuite.rules.values`."""

    def test_same_as_text(self) -> None:
        """Each value is the rule that its text stands for."""
        for rule, text in SAME:
            with self.subTest(text):
                self.assertEqual(rule, parse(text))
                self.assertEqual(str(rule), text)

    def test_every_kind(self) -> None:
        """Every kind can be made as a value."""
        self.assertEqual({rule.kind.name for rule, _ in SAME}, {kind.name for kind in KINDS})

    def test_names(self) -> None:
        """The public names are sorted, and all there."""
        self.assertEqual(values.__all__, sorted(values.__all__))
        self.assertTrue(all(callable(getattr(values, name)) for name in values.__all__))
