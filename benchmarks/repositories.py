"""A package for pacman and the database of a repository, made in process, and by makepkg and repo-add.

Goal: the database of 200 packages at least 500 times as fast as repo-add, each from archives that are ready; both must
say the same of every package. Makepkg and repo-add take so long that they have two rounds only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks._ratio import Ratio, Row, Unmeasured
from pkgsuite.formats import alpm_package
from pkgsuite.formats.alpm_database import read_sync_database, sync_database
from pkgsuite.model.package import Package

__all__ = ["measure"]

GOAL = 500.0
PACKAGES = 200
ROUNDS, THEIR_ROUNDS = 9, 2
NOBODY = 65534
PKGBUILD = """
pkgname=dummy
pkgver=1.0
pkgrel=1
pkgdesc="A small package"
arch=(any)
backup=(etc/dummy.conf)
package() {
    install -D /dev/stdin "$pkgdir/usr/bin/dummy" <<<usr/bin/dummy
    install -D -m 644 /dev/stdin "$pkgdir/usr/share/doc/dummy/README" <<<usr/share/doc/dummy/README
    install -D -m 644 /dev/stdin "$pkgdir/etc/dummy.conf" <<<etc/dummy.conf
}
"""


def package(name: str = "dummy") -> Package:
    """A package with a program, a configuration file and a manual."""
    return Package(
        name,
        desc="A small package",
        files=[f"usr/bin/{name}|0755", f"usr/share/doc/{name}/README", f"etc/{name}.conf"],
        backup=[f"etc/{name}.conf"],
        arch="any",
        builddate=1,
        packager="Nobody <nobody@example.org>",
    )


def measure() -> Iterator[Row]:
    """A package, then a database."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as place:
        yield one_package(Path(place, "package"))
        yield database(Path(place, "database"))


def one_package(place: Path) -> Row:
    """An archive from a Package, and from a PKGBUILD; makepkg refuses to be root."""
    name = "a small pacman package (makepkg)"
    if shutil.which("makepkg") is None or shutil.which("fakeroot") is None:
        return Unmeasured(name, "no makepkg here (apt-get install makepkg fakeroot)")
    place.mkdir()
    (place / "PKGBUILD").write_text(PKGBUILD)
    user = None
    if os.geteuid() == 0:
        user = NOBODY
        for path in (place.parent, place, *place.iterdir()):
            os.chown(path, user, user)

    def makepkg() -> None:
        command = ["makepkg", "--nodeps", "--force"]
        groups = None if user is None else []
        subprocess.run(
            command,
            cwd=place,
            env=environment(place),
            user=user,
            group=user,
            extra_groups=groups,
            capture_output=True,
            check=True,
        )

    theirs = min(seconds(makepkg) for _ in range(THEIR_ROUNDS))
    ours = min(seconds(partial(alpm_package.archive, package(), mtree=True)) for _ in range(100))
    return Ratio(name, ours, theirs)


def database(place: Path) -> Row:
    """The database of many archives."""
    name = f"a sync database of {PACKAGES} (repo-add)"
    if shutil.which("repo-add") is None:
        return Unmeasured(name, "no repo-add here (apt-get install makepkg)")
    place.mkdir()
    packages = [package(f"dummy{number}") for number in range(PACKAGES)]
    archives = [alpm_package.archive(each) for each in packages]
    paths = [place / alpm_package.filename(each) for each in packages]
    for path, data in zip(paths, archives, strict=True):
        path.write_bytes(data)
    built = place / "test.db.tar.gz"

    def repo_add() -> None:
        built.unlink(missing_ok=True)
        command = ["repo-add", "--quiet", built, *paths]
        subprocess.run(command, cwd=place, env=environment(place), capture_output=True, check=True)

    entries = list(zip(packages, archives, strict=True))
    theirs, ours = float("inf"), float("inf")
    for number in range(ROUNDS):
        if number < THEIR_ROUNDS:
            theirs = min(theirs, seconds(repo_add))
        ours = min(ours, seconds(partial(sync_database, entries)))
    if by_name(sync_database(entries)) != by_name(built.read_bytes()):
        raise SystemExit("the databases differ")
    return Ratio(name, ours, theirs, 1 / GOAL)


def by_name(data: bytes) -> dict[str, Package]:
    """What a database says of each package."""
    return {each.fullname: each for each in read_sync_database(data)}


def environment(place: Path) -> dict[str, str]:
    """What the scripts need, and nothing of whoever measures."""
    return {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(place), "LC_ALL": "C", "TMPDIR": str(place)}


def seconds(what: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start
