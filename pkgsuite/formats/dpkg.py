"""The database of what dpkg has installed: status, the files in info/, triggers, architectures; dpkg(1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from pkgsuite.errors import BadValue
from pkgsuite.formats import dpkg_status
from pkgsuite.formats.deb822 import Paragraph, parse, write
from pkgsuite.formats.deb_control import architecture
from pkgsuite.formats.deb_package import control_files, mode_of, read_control_files
from pkgsuite.formats.dpkg_status import CONFIG_FILES
from pkgsuite.model.file import File, parents
from pkgsuite.model.package import EXPLICIT, Package

__all__ = ["NATIVE", "database", "extended_states", "read_database"]

NATIVE = "amd64"
"""The architecture of a machine that names none."""

INFO_FORMAT = "1\n"
SOURCE = "dpkg database"
SAME = "same"
NOT_INSTALLED = "not-installed"

INTERESTS = {"interest": "", "interest-await": "", "interest-noawait": "/noawait"}
"""The directives that make a package wait for a trigger, each with its mark in the database; deb-triggers(5)."""

extended_states = dpkg_status.write_extended_states


def database(packages: Collection[Package], *, native: str = NATIVE, foreign: Iterable[str] = ()) -> Iterator[File]:
    """The files of an admindir that says *packages* are installed, relative to it; raises BadValue.

    The packages' own files are not among them. *foreign* are architectures beside the *native* one.
    """
    yield File("status", write(map(dpkg_status.paragraph, in_order(packages))))
    yield File("available")
    yield File("info/format", INFO_FORMAT)
    if foreign := list(foreign):
        yield File("arch", "".join(f"{name}\n" for name in (native, *foreign)))
    for package in packages:
        yield from info(package)
    yield from triggers(packages)


def in_order(packages: Iterable[Package]) -> list[Package]:
    """*packages* as dpkg sorts them; raises BadValue where one is there twice."""
    given = list(packages)
    found = {(package.name, architecture(package)): package for package in given}
    if len(found) < len(given):
        raise BadValue("installed", [str(package) for package in given], "each package of an architecture once")
    return [package for _, package in sorted(found.items())]


def stem(package: Package) -> str:
    """How the names of the package's files in info/ begin; several architectures of one package need theirs."""
    return f"{package.name}:{architecture(package)}" if package.multi_arch == SAME else package.name


def info(package: Package) -> Iterator[File]:
    """The package's files in info/."""
    begin = f"info/{stem(package)}"
    backup = [text.rstrip("*") for text in package.backup]
    kept = {*backup, *(parent for path in backup for parent in parents(path))}
    is_removed = package.state == CONFIG_FILES
    listed = [entry.path for entry in package.entries if not is_removed or entry.path in kept]
    yield File(f"{begin}.list", "".join(f"/{path}\n" for path in (".", *listed)))
    files = {"md5sums": b"", **control_files(package)}
    for name, content in files.items():
        if name != "control" and (not is_removed or name == "postrm"):
            yield File(f"{begin}.{name}", content, mode_of(name))


def triggers(packages: Iterable[Package]) -> Iterator[File]:
    """What packages are interested in: paths in one file, names in a file each."""
    paths: list[str] = []
    names: dict[str, list[str]] = {}
    for package in packages:
        for directive, trigger in (line.split(None, 1) for line in package.triggers if package.state != CONFIG_FILES):
            if directive not in INTERESTS:
                continue
            waiting = stem(package) + INTERESTS[directive]
            if trigger.startswith("/"):
                paths.append(f"{trigger} {waiting}\n")
            else:
                names.setdefault(trigger, []).append(f"{waiting}\n")
    yield File("triggers/File", "".join(paths))
    yield File("triggers/Unincorp")
    for name, lines in names.items():
        yield File(f"triggers/{name}", "".join(lines))


def read_database(
    status: bytes, extended_states: bytes = b"", info: Mapping[str, bytes] | None = None, *, native: str = NATIVE
) -> list[Package]:
    """The packages of a status file, in its order, with the files that *info* lists for them; raises BadArchive.

    *info* are the files of that directory by name. What is not installed at all is left out.
    """
    reasons = dpkg_status.auto_installed(extended_states)
    known = by_stem(info or {})
    found = []
    for said in parse(status):
        package = read_package(said, known)
        if package.state != NOT_INSTALLED:
            reason = reasons.get((package.name, dpkg_status.real_architecture(package, native)), EXPLICIT)
            found.append(replace(package, reason=reason))
    return found


def by_stem(info: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """The files in info/ by their kind, for each stem."""
    found: dict[str, dict[str, bytes]] = {}
    for name, content in info.items():
        begin, _, kind = name.rpartition(".")
        found.setdefault(begin, {})[kind] = content
    return found


def read_package(said: Paragraph, known: Mapping[str, Mapping[str, bytes]]) -> Package:
    """The package of one paragraph, with what info/ has of it."""
    name = said.get("Package", "")
    control = dict(known.get(f"{name}:{said.get('Architecture', '')}") or known.get(name, {}))
    listed = control.pop("list", b"")
    more = read_control_files(control)
    del more["backup"]
    return dpkg_status.package_of(said, f"{SOURCE}: {name[:80] or '?'}", files_of(listed), **more)


def files_of(listed: bytes) -> Iterator[File]:
    """The files of a list in info/; what others lie in is a directory."""
    paths = [line[1:] for line in listed.decode("utf-8", "surrogateescape").split("\n") if line not in ("", "/.")]
    directories = {path.rpartition("/")[0] for path in paths}
    return (File(path, is_directory=path in directories) for path in paths)
