"""Packages that the tests of the formats share."""

from __future__ import annotations

from pkgsuite.model.file import File
from pkgsuite.model.package import DEPENDENCY, Package

__all__ = ["debian_package", "full_package"]


def full_package(uid: int = 0, gid: int = 0) -> Package:
    """A package with a value in every field; its entries belong to *uid* and *gid*."""
    entries = {
        "etc": File("etc", is_directory=True, uid=uid, gid=gid),
        "etc/full.conf": File("etc/full.conf", "key = value\n", 0o600, uid=uid, gid=gid),
        "usr": File("usr", is_directory=True, uid=uid, gid=gid),
        "usr/bin": File("usr/bin", is_directory=True, uid=uid, gid=gid),
        "usr/bin/full": File("usr/bin/full", "#!/bin/sh\n", 0o4755, uid=uid, gid=gid),
        "usr/bin/link": File("usr/bin/link", target="full", uid=uid, gid=gid),
    }
    return Package(
        "full",
        "1:2.0-3",
        desc="Everything at once: ünïcode, a = sign",
        url="https://example.org/?a=b",
        arch="any",
        packager="A Packager <a@example.org>",
        base="full-base",
        license=["GPL", "custom:BSD"],
        groups=["base", "devel"],
        replaces=["older<2"],
        depends=["glibc>=2.3", "sh"],
        optdepends=["python: for scripts", "perl"],
        makedepends=["make"],
        checkdepends=["check"],
        conflicts=["rival"],
        provides=["virtual=2.0"],
        backup=["etc/full.conf"],
        validation=["sha256", "pgp"],
        xdata=["pkgtype=pkg"],
        files=entries.values(),
        install={"pre_install": "echo before", "post_remove": "f() {\n  echo after\n}\nf"},
        reason=DEPENDENCY,
        builddate=1_600_000_000,
        installdate=1_700_000_000,
        size=12345,
        csize=678,
        isize=12345,
        md5sum="0" * 32,
        sha256sum="1" * 64,
        pgpsig="c2lnbmF0dXJl",
    )


def debian_package() -> Package:
    """A package with a value in every field that Debian's archives have, in the form in which it is read back."""
    return Package(
        "full",
        "1:2.0~rc1-3",
        desc="Everything at once: ünïcode, a: colon",
        long_desc="First line\n\n  as it stands\nlast line",
        url="https://example.org/?a=b",
        arch="amd64",
        packager="A Packager <a@example.org>",
        base="full-source (2.0)",
        section="misc",
        priority="optional",
        essential=True,
        multi_arch="same",
        pre_depends=["base-files"],
        depends=["libc6>=2.3 | libc6.1>=2.3", "sh", "python3:any>=3.10"],
        recommends=["good"],
        suggests=["better<3"],
        enhances=["other"],
        conflicts=["rival"],
        breaks=["older<2"],
        replaces=["older<2"],
        provides=["virtual=2.0"],
        backup=["etc/full.conf"],
        triggers=["interest-noawait /usr/share/full", "activate-await refreshed"],
        files=[
            File("etc/full.conf", "key = value\n", 0o600),
            File("usr/bin/full", "#!/bin/sh\n", 0o4755),
            File("usr/bin/link", target="full"),
            File("var/lib/full", is_directory=True, mode=0o700),
        ],
        install={"preinst": "#!/bin/sh\ntrue\n", "postrm": "#!/bin/sh\necho after\n"},
        size=13 * 1024,
        control_fields={"Built-Using": "gcc (= 1)"},
        control_files={"shlibs": b"libfull 2 full\n"},
        unchecked=True,
    )
