"""Packages as pacman installs them: archives with .PKGINFO, .INSTALL and .MTREE; see makepkg(8), PKGBUILD(5)."""

from __future__ import annotations

import re

from pkgsuite.errors import BadArchive
from pkgsuite.formats import archive as archives
from pkgsuite.formats import mtree as mtrees
from pkgsuite.formats.alpm_fields import Texts, check_version, package_of, texts
from pkgsuite.formats.archive import Member
from pkgsuite.formats.compression import MOST_BYTES, gzip
from pkgsuite.formats.entries import file_of
from pkgsuite.model.package import LISTS, SCRIPTLETS, Package

__all__ = ["archive", "filename", "install_script", "mtree_of", "read_archive"]

SOURCE = "package archive"

PKGINFO = {
    "pkgname": "name",
    "pkgbase": "base",
    "xdata": "xdata",
    "pkgver": "version",
    "pkgdesc": "desc",
    "url": "url",
    "builddate": "builddate",
    "packager": "packager",
    "size": "size",
    "arch": "arch",
    "license": "license",
    "replaces": "replaces",
    "group": "groups",
    "conflict": "conflicts",
    "provides": "provides",
    "backup": "backup",
    "depend": "depends",
    "optdepend": "optdepends",
    "makedepend": "makedepends",
    "checkdepend": "checkdepends",
}
"""The keys of .PKGINFO in makepkg's order, each with the field of Package that it gives."""

FUNCTION = re.compile(rf"^[ \t]*(?:function[ \t]+)?({'|'.join(SCRIPTLETS)})[ \t]*\(\)\s*\{{(?:[ \t]*\n)?", re.MULTILINE)


def filename(package: Package, compression: str = "gz") -> str:
    """The name of the package's archive in repositories and caches; an empty architecture is left out."""
    check_version(package)
    arch = f"-{package.arch}" if package.arch else ""
    suffix = f".{compression}" if compression else ""
    return f"{package.fullname}{arch}.pkg.tar{suffix}"


def archive(package: Package, compression: str = "gz", *, mtree: bool = False) -> bytes:
    """The package as pacman installs it; one with an *mtree* can be verified by `pacman -Qkk` later."""
    check_version(package)
    described = metadata(package)
    if mtree:
        described.append(Member(".MTREE", mtree_of(package), mtime=built(package)))
    return archives.pack([*described, *payload(package)], compression)


def mtree_of(package: Package) -> bytes:
    """The package's .MTREE, compressed as archives and the local database hold it."""
    return gzip(mtrees.write([*metadata(package), *payload(package)]))


def metadata(package: Package) -> list[Member]:
    """The members that speak of the package; they come first, so that pacman finds them without unpacking all."""
    found = [Member(".PKGINFO", pkginfo(package), mtime=built(package))]
    if script := install_script(package):
        found.append(Member(".INSTALL", script, mtime=built(package)))
    return found


def payload(package: Package) -> list[Member]:
    """The members that pacman puts on disk."""
    return [Member.of(file, built(package)) for file in package.entries]


def built(package: Package) -> int:
    """When the package was built, which is the time of all its files."""
    return package.builddate or 0


def pkginfo(package: Package) -> bytes:
    """The package's .PKGINFO."""
    given = {field: texts(package, field) for field in PKGINFO.values()}
    given["size"] = (str(package.installed_size),)
    given["backup"] = [path.rstrip("*") for path in package.backup]
    lines = [f"{key} = {text}\n" for key, field in PKGINFO.items() for text in given[field]]
    return "".join(lines).encode("utf-8", "surrogateescape")


def install_script(package: Package) -> bytes:
    """The package's .INSTALL: a shell function for each scriptlet; empty where there are none."""
    bodies = package.scriptlets
    functions = [f"{name}() {{\n{bodies[name]}\n}}\n" for name in SCRIPTLETS if name in bodies]
    return "".join(functions).encode("utf-8", "surrogateescape")


def read_archive(data: bytes, most: int = MOST_BYTES) -> Package:
    """The package in an archive of at most *most* bytes unpacked; raises BadArchive with expected and seen."""
    members = archives.unpack(data, most)
    described = {member.path: member.content for member in members if member.path.startswith(".")}
    if ".PKGINFO" not in described:
        raise BadArchive(f"{SOURCE}: expected a .PKGINFO, seen {[member.path for member in members[:5]]}")
    return package_of(
        read_pkginfo(described[".PKGINFO"]),
        SOURCE,
        files=(file_of(member) for member in members if not member.path.startswith(".")),
        install=read_install_script(described.get(".INSTALL", b"")),
    )


def read_pkginfo(data: bytes) -> Texts:
    """What a .PKGINFO says, keys that pacman does not know left out; raises BadArchive."""
    found: dict[str, list[str]] = {}
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        key, equals, text = (part.strip(" \t\r") for part in line.partition("="))
        if key.startswith("#") or not (key or equals):
            continue
        if not equals:
            raise BadArchive(f"{SOURCE}: .PKGINFO: expected KEY = VALUE, seen {line[:80]!r}")
        field = PKGINFO.get(key, "")
        if field in LISTS:
            found.setdefault(field, []).append(text)
        elif field:
            found[field] = [text]
    return found


def read_install_script(data: bytes) -> dict[str, str]:
    """The bodies of the scriptlets in an .INSTALL, each up to the last brace before the next one."""
    script = data.decode("utf-8", "surrogateescape")
    heads = list(FUNCTION.finditer(script))
    ends = [*(head.start() for head in heads[1:]), len(script)]
    return {
        head[1]: script[head.end() : end].rpartition("}")[0].removesuffix("\n")
        for head, end in zip(heads, ends, strict=False)
    }
