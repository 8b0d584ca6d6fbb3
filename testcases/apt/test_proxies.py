"""Proxies: whom apt asks in place of the mirror, and with what password."""

from __future__ import annotations

from pkgsuite import (
    File,
    Package,
    Refusing,
    Repository,
    Scenario,
    Signature,
    Status,
    Truncated,
    apt,
    asked_from,
    contents,
    exists,
    installed,
    output,
    served,
    served_by,
    transaction,
    unasked,
    unchanged_elsewhere,
)

DUMMY = Package("dummy", files=["usr/bin/dummy"])
ARCHIVE = "repository/pool/main/d/dummy/dummy_1.0-1_all.deb"
RELEASE = "repository/dists/repository/InRelease"
ELSEWHERE = "http://deb.example"
"""A mirror whose name nobody knows here, so that only a proxy can reach it."""


class Proxies(Scenario, on=apt):
    """A machine that reaches its repository through a proxy only."""

    def start(self, options):
        """A machine with these options, whose repository lies elsewhere."""
        return self.start_machine(
            repositories={"repository": Repository([DUMMY], database_signed=Signature.GOOD)},
            repository_options={"repository": {"URIs": f"{ELSEWHERE}/repository"}},
            options=options,
            refreshed=False,
        )

    def start_proxy(self, **more):
        """A proxy, which has the files of the repository that lies elsewhere."""
        return self.start_mirror(
            repositories={"repository": Repository([DUMMY], database_signed=Signature.GOOD)}, **more
        )

    def test_for_everything(self):
        machine = self.start({"Acquire::http::Proxy": self.start_proxy().url})

        machine.refresh()
        machine.install("dummy")

        self.check(
            transaction("+dummy"), served(RELEASE, 1), served(ARCHIVE, 1), output(f"^Get:1 {ELSEWHERE}/repository ")
        )

    def test_none(self):
        """Without it nobody is reached."""
        self.start_proxy()
        machine = self.start({})

        machine.refuses("apt-get update", says="deb.example")

        self.check(~installed("dummy"), served(RELEASE, 0))

    def test_for_one_host(self):
        machine = self.start({"Acquire::http::Proxy::deb.example": self.start_proxy().url})

        machine.refresh()

        self.check(served(RELEASE, 1))

    def test_for_all_but_one_host(self):
        """`DIRECT` for a host wins over the proxy for all."""
        proxy, mirror = self.start_proxy(name="proxy"), self.start_mirror(DUMMY)
        machine = self.start_machine(
            mirror=mirror,
            options={"Acquire::http::Proxy": proxy.url, f"Acquire::http::Proxy::{mirror.address}": "DIRECT"},
        )

        machine.install("dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 1), unasked(proxy.name))

    def test_found_out(self):
        """A program may tell the proxy for a URL."""
        proxy = self.start_proxy()
        machine = self.start({"Acquire::http::Proxy": "", "Acquire::http::Proxy-Auto-Detect": "{root}/detect"})
        machine.write("detect", f'#!/bin/sh\necho "$1" >> {machine.root}/asked\necho {proxy.url}\n', mode=0o755)

        machine.refresh()

        self.check(served(RELEASE, 1), contents("asked", f"{ELSEWHERE}/{RELEASE}\n"))

    def test_user_and_password(self):
        machine = self.start({"Acquire::http::Proxy": self.start_proxy(credentials="me:secret").url})

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 1))

    def test_wrong_password(self):
        proxy = self.start_proxy(credentials="me:secret")
        machine = self.start({"Acquire::http::Proxy": proxy.url.replace("secret", "guess")})

        machine.refuses("apt-get update", says="407  Proxy Authentication Required")

        self.check(served(RELEASE, 0))

    def test_dead(self):
        """Nobody asks the mirror itself when the proxy is gone."""
        proxy, mirror = self.start_proxy(name="proxy"), self.start_mirror(DUMMY)
        proxy.fault(Refusing())
        machine = self.start_machine(mirror=mirror, options={"Acquire::http::Proxy": proxy.url})

        machine.refuses("apt-get install dummy", says="Could not connect to 127.")

        self.check(~installed("dummy"), served(ARCHIVE, 0))

    def test_of_no_use(self):
        proxy = self.start_proxy()
        machine = self.start({"Acquire::http::Proxy": proxy.url})
        proxy.fault(Status(502))

        machine.refuses("apt-get update", says="502  Bad Gateway")

        self.check(served(RELEASE, 0))


class Tunnels(Scenario, on=apt):
    """A mirror that speaks TLS is reached through a proxy that sees no more of it than its name."""

    HOST = "deb.mirror.test"
    AUTHORITY = "usr/share/ca/test.pem"

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(DUMMY, encrypted=True, name="far")

    def start(self, proxy, **options):
        """A machine whose repository lies behind *proxy*, under a name that nobody knows here."""
        trusting = {"Acquire::https::CAInfo": f"{{root}}/{self.AUTHORITY}"}
        return self.start_machine(
            repositories=[DUMMY],
            repository_options={"repository": {"URIs": f"https://{self.HOST}/repository"}},
            options={"Acquire::https::Proxy": proxy.url, **trusting, **options},
            files=[File(self.AUTHORITY, self.mirror.authority)],
            refreshed=False,
        )

    def test_way_through(self):
        """Everything comes by the tunnel, and the proxy is asked for none of it."""
        proxy = self.start_mirror(name="proxy", tunnel_to=self.mirror)
        machine = self.start(proxy)

        machine.refresh()
        machine.install("dummy")

        self.check(
            transaction("+dummy"),
            output(f"^Get:1 https://{self.HOST}/repository "),
            served_by("far", ARCHIVE, 1),
            asked_from(ARCHIVE, 0, 1),
        )

    def test_proxy_that_makes_none(self):
        machine = self.start(self.start_mirror(name="proxy"))

        machine.refuses("apt-get update", says="Invalid response from proxy: HTTP/1.1 405 Method Not Allowed")

        self.check(~installed("dummy"), unchanged_elsewhere())

    def test_stranger_at_the_other_end(self):
        """A tunnel is no reason to believe in who is found there."""
        machine = self.start(
            self.start_mirror(name="proxy", tunnel_to=self.mirror), **{"Acquire::https::CAInfo": "/nowhere"}
        )

        machine.refuses("apt-get update", says="Could not load certificates from /nowhere")

        self.check(unchanged_elsewhere())

    def test_user_and_password(self):
        """The proxy gets them, the mirror does not."""
        proxy = self.start_mirror(name="proxy", tunnel_to=self.mirror, credentials="me:secret")
        machine = self.start(proxy)

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), ~output("secret"))

    def test_wrong_password(self):
        proxy = self.start_mirror(name="proxy", tunnel_to=self.mirror, credentials="me:secret")
        machine = self.start(proxy, **{"Acquire::https::Proxy": proxy.url.replace("secret", "guess")})

        machine.refuses("apt-get update", says="407 Proxy Authentication Required")

        self.check(served("repository/dists/repository/Release", 0))

    def test_nobody_at_the_other_end(self):
        self.mirror.fault(Refusing())
        machine = self.start(self.start_mirror(name="proxy", tunnel_to=self.mirror))

        machine.refuses("apt-get update", says="502 Bad Gateway")

        self.check(unchanged_elsewhere())

    def test_breaks_off(self):
        """What came of an archive that broke off is not installed."""
        proxy = self.start_mirror(name="proxy", tunnel_to=self.mirror)
        machine = self.start(proxy)
        machine.refresh()
        proxy.fault(Truncated(after=3000))

        machine.refuses("apt-get install dummy", says="E: Failed to fetch https://")
        self.check(transaction(), ~exists("usr/bin/dummy"))
        proxy.heal()
        machine.install("dummy")

        self.check(transaction("+dummy"))
