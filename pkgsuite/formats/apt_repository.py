"""A Debian repository as files: packages in its pool, indexes and Release files of its suites in dists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pkgsuite.errors import BadValue
from pkgsuite.formats import apt_index, compression, deb_package, deb_source
from pkgsuite.formats.apt_index import Offer, SourceOffer
from pkgsuite.formats.apt_release import by_hash, release
from pkgsuite.formats.deb_control import EVERY_ARCHITECTURE, architecture
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive
from pkgsuite.model.suite import Suite

__all__ = ["Maker", "pool_directory", "publish"]

USUAL_COMPRESSION = "gz"
LIBRARY = "lib"


@dataclass(frozen=True, slots=True)
class Maker:
    """How archives, compressed files and signatures are made.

    *compress* takes content and the name of a compression. *clear_sign* gives the text of InRelease for that of a
    Release file, *detach_sign* the text of Release.gpg; where there is none, or it gives None, there is no such file.
    """

    compress: Callable[[bytes, str], bytes] = compression.compress
    clear_sign: Callable[[bytes], bytes | None] | None = None
    detach_sign: Callable[[bytes], bytes | None] | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """What one component of a suite offers."""

    name: str
    offers: tuple[Offer, ...]
    sources: tuple[SourceOffer, ...]

    @property
    def pool(self) -> Iterator[tuple[str, bytes]]:
        """The files of the pool by their paths."""
        yield from ((offer.path, offer.archive) for offer in self.offers)
        for source in self.sources:
            yield from ((f"{source.directory}/{name}", content) for name, content in source.files.items())


def publish(suites: Iterable[Suite], maker: Maker = Maker()) -> dict[str, bytes]:
    """All files of a repository by their paths; raises BadValue, Unsupported."""
    found: dict[str, bytes] = {}
    for suite in suites:
        components = [component(suite, name, maker) for name in suite.names]
        for path, content in (file for each in components for file in each.pool):
            add(found, path, content)
        for path, content in dists(suite, indexes(suite, components), maker):
            add(found, f"dists/{suite.name}/{path}", content)
    return found


def add(found: dict[str, bytes], path: str, content: bytes) -> None:
    """Put a file into a repository; raises BadValue where another is there already."""
    if found.setdefault(path, content) != content:
        raise BadValue("suites", path, "one content for each path; give the other package another version")


def component(suite: Suite, name: str, maker: Maker) -> Component:
    """A component with its archives made."""
    return Component(
        name,
        tuple(offer(suite, name, archive, maker) for archive in suite.archives(name)),
        tuple(source_offer(name, package) for package in suite.sources.get(name, ())),
    )


def offer(suite: Suite, component: str, archive: Archive, maker: Maker) -> Offer:
    """A package as a component offers it; raises BadValue for an architecture that the suite has not."""
    package = archive.package
    if architecture(package) not in (EVERY_ARCHITECTURE, *suite.architectures) and not package.unchecked:
        raise BadValue("arch", package.arch, f"'any', or one of the suite's: {', '.join(suite.architectures)}")
    kind = USUAL_COMPRESSION if archive.compression is None else archive.compression
    content = deb_package.archive(package, kind, compress=maker.compress)
    return Offer(package, f"{pool_directory(component, package)}/{deb_package.filename(package)}", content)


def source_offer(component: str, package: Package) -> SourceOffer:
    """A source package as a component offers it."""
    return SourceOffer(package, pool_directory(component, package), deb_source.source_files(package))


def pool_directory(component: str, package: Package) -> str:
    """Where the pool keeps the package: with all that are built from the same source."""
    source = package.base.partition(" ")[0] or package.name
    initial = source[: len(LIBRARY) + 1] if source.startswith(LIBRARY) else source[:1]
    return f"pool/{component}/{initial}/{source}"


def indexes(suite: Suite, components: Iterable[Component]) -> dict[str, bytes]:
    """The indexes of a suite by their paths below it, uncompressed."""
    found = {}
    for each in components:
        for named in suite.architectures:
            offers = [one for one in each.offers if architecture(one.package) in (named, EVERY_ARCHITECTURE)]
            packages = apt_index.packages(offers, translated=suite.translations)
            found[f"{each.name}/binary-{named}/Packages"] = packages
            if suite.contents:
                found[f"{each.name}/Contents-{named}"] = apt_index.contents(one.package for one in offers)
        if suite.translations:
            found[f"{each.name}/i18n/Translation-en"] = apt_index.translation(each.offers)
        if each.sources:
            found[f"{each.name}/source/Sources"] = apt_index.sources(each.sources)
    return found


def dists(suite: Suite, plain: Mapping[str, bytes], maker: Maker) -> Iterator[tuple[str, bytes]]:
    """The files of a suite by their paths below it, its Release files last; *plain* are its indexes.

    The Release file tells the sums of the uncompressed indexes even where these are not published, as Debian's does.
    """
    kept = {
        f"{path}.{kind}" if kind else path: maker.compress(content, kind)
        for path, content in plain.items()
        for kind in suite.compressions
    }
    yield from kept.items()
    if suite.by_hash:
        yield from by_hash(suite, kept).items()
    text = release(suite, {**plain, **kept})
    yield "Release", text
    for name, sign in (("InRelease", maker.clear_sign), ("Release.gpg", maker.detach_sign)):
        if sign and (signed := sign(text)) is not None:
            yield name, signed
