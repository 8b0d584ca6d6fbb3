"""TLS: whose certificate apt takes, and that no redirection leads out of it."""

from __future__ import annotations

from pkgsuite import (
    File,
    Package,
    Redirect,
    Scenario,
    apt,
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
RELEASE = "repository/dists/repository/Release"
AUTHORITY = "usr/share/ca/test.pem"
TRUSTING = {"Acquire::https::CAInfo": f"{{root}}/{AUTHORITY}"}


class Certificates(Scenario, on=apt):
    """A machine whose mirror speaks TLS, by an authority that only this world knows."""

    def start(self, options, **more):
        """A machine with these options, and the certificate of the authority on its disk."""
        self.mirror = self.start_mirror(DUMMY, encrypted=True, **more)
        return self.start_machine(
            mirror=self.mirror, options=options, files=[File(AUTHORITY, self.mirror.authority)], refreshed=False
        )

    def test_trusted(self):
        machine = self.start(TRUSTING)

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 1), output("^Get:1 https://127."))

    def test_unknown_authority(self):
        """What nobody vouches for is not asked for anything."""
        machine = self.start({})

        machine.refuses("apt-get update", says="Certificate verification failed: The certificate is NOT trusted")

        self.check(unasked(self.mirror.name), unchanged_elsewhere())

    def test_another_name(self):
        """The certificate is good, but of another server."""
        machine = self.start(TRUSTING, hosts=["deb.example"])

        machine.refuses("apt-get update", says="The name in the certificate does not match the expected")

        self.check(served(RELEASE, 0), unchanged_elsewhere())

    def test_by_its_name(self):
        machine = self.start(TRUSTING, hosts=["deb.mirror.test"])

        machine.refresh()

        self.check(output("^Get:2 https://deb.mirror.test:"), served(RELEASE, 1))

    def test_nobody_verifies(self):
        """The user may say that any certificate will do."""
        machine = self.start({"Acquire::https::Verify-Peer": "false"})

        machine.refresh()

        self.check(served(RELEASE, 1))

    def test_password_only_where_it_is_encrypted(self):
        """`auth.conf` tells it to a mirror with TLS."""
        machine = self.start(TRUSTING, credentials="me:secret")
        url = self.mirror.url.replace("me:secret@", "")
        machine.write("etc/apt/auth.conf", f"machine {self.mirror.address} login me password secret\n")
        machine.write("etc/apt/sources.list.d/repository.sources", source(url))

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"))


class Redirections(Scenario, on=apt):
    """From a mirror without TLS to one with it, and not back."""

    def setUp(self):
        super().setUp()
        self.plain = self.start_mirror(DUMMY)
        self.encrypted = self.start_mirror(DUMMY, encrypted=True)

    def start(self, mirror):
        """A machine that asks this mirror."""
        authority = File(AUTHORITY, self.encrypted.authority)
        return self.start_machine(mirror=mirror, options=TRUSTING, files=[authority], refreshed=False)

    def test_to_the_encrypted_one(self):
        self.plain.fault(Redirect(f"{self.encrypted.url}/"))
        machine = self.start(self.plain)

        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy"), served(ARCHIVE, 1), served_by(self.encrypted.name, ARCHIVE, 1))

    def test_from_the_encrypted_one(self):
        """What was asked for under TLS is not taken from elsewhere."""
        self.encrypted.fault(Redirect(f"{self.plain.url}/"))
        machine = self.start(self.encrypted)

        machine.refuses("apt-get update", says="Redirection from https to 'http://")

        self.check(~installed("dummy"), unchanged_elsewhere(), unasked(self.plain.name))


def source(url):
    """A trusted repository there."""
    return f"Types: deb\nURIs: {url}/repository\nSuites: repository\nComponents: main\nTrusted: yes\n"
