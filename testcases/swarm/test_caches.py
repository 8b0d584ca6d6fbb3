"""Caching proxies between machines and a mirror: what one machine fetched, the next one has from the cache."""

from __future__ import annotations

from pkgsuite import (
    AptCacherNg,
    File,
    Nginx,
    Package,
    Scenario,
    Squid,
    Truncated,
    apt,
    installed,
    pacman,
    returncode,
    served,
    transaction,
    unchanged_elsewhere,
)

DUMMY = Package("dummy", files=[File("usr/bin/dummy", "dummy\n" * 1000)])
ARCHIVES = {
    "apt": "repository/pool/main/d/dummy/dummy_1.0-1_all.deb",
    "pacman": "repository/dummy-1.0-1-any.pkg.tar.gz",
}
DATABASES = {"apt": "repository/dists/repository/Release", "pacman": "repository/repository.db"}


class ByPath:
    """Machines are told that the repository lies on the cache."""

    def start_machine_behind(self, cache):
        """A machine that asks the cache for everything."""
        return self.start_machine(mirror=self.mirror, through=cache, refreshed=False)


class ByProxy:
    """Machines are told to ask the mirror by way of a proxy."""

    def start_machine_behind(self, cache):
        """A machine that asks the cache for everything."""
        return self.start_machine(mirror=self.mirror, through=cache, as_proxy=True, refreshed=False)


class Caching:
    """What every cache is for."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(DUMMY)
        self.archive = ARCHIVES[self.manager.name]
        self.cache = self.start_cache()
        self.first, self.second = self.start_machine_behind(self.cache), self.start_machine_behind(self.cache)

    def start_cache(self):
        """The cache that is tried."""
        return self.start_program(self.program)

    def test_a_package_is_fetched_once(self):
        for machine in (self.first, self.second):
            machine.refresh()
            machine.install("dummy")

        for machine in (self.first, self.second):
            self.check(machine, installed("dummy"), served(self.archive, 1))

    def test_what_was_cached_is_there_when_the_mirror_is_not(self):
        """The second machine has its index already, and the mirror ends before it installs."""
        for machine in (self.first, self.second):
            machine.refresh()
        self.first.install("dummy")
        self.check(self.first, served(self.archive, 1))
        self.mirror.stop()

        self.second.install("dummy")

        self.check(self.second, transaction("+dummy"), served(self.archive, 1), "!NODE_ALIVE=mirror")

    def test_a_package_that_breaks_off_is_not_cached(self):
        """Whoever asks while the mirror breaks off gets nothing wrong, and the next one gets all of it."""
        self.first.refresh()
        self.second.refresh()
        self.mirror.fault(Truncated(after=100), self.archive)
        self.first.execute(self.manager.install(["dummy"], [])[0])
        self.check(self.first, ~returncode(0), ~installed("dummy"), unchanged_elsewhere())
        self.mirror.heal()

        self.second.install("dummy")

        self.check(self.second, transaction("+dummy"), unchanged_elsewhere("usr/bin/dummy"))

    def test_a_package_that_is_new(self):
        """An index that changed is fetched anew, and so is the package of the new version."""
        self.first.refresh()
        self.first.install("dummy")
        self.mirror.publish("repository", [DUMMY.upgraded("2.0-1")])

        self.first.refresh()
        self.first.upgrade()

        self.check(self.first, installed("dummy", "2.0-1"), served(DATABASES[self.manager.name], 2))


class AptCacherNgByPath(Caching, ByPath, Scenario, on=(apt, pacman)):
    """Apt-cacher-ng in the place of the mirror."""

    program = AptCacherNg


class AptCacherNgByProxy(Caching, ByProxy, Scenario, on=apt):
    """Apt-cacher-ng as a proxy."""

    program = AptCacherNg


class SquidByProxy(Caching, ByProxy, Scenario, on=apt):
    """Squid as a proxy."""

    program = Squid


class NginxByPath(Caching, ByPath, Scenario, on=(apt, pacman)):
    """Nginx in the place of the mirror."""

    def start_cache(self):
        return self.start_program(Nginx, mirrors=[self.mirror])
