"""Debian repositories: what they publish, and what apt-ftparchive, apt-get and dpkg-source make of it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import unittest
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pkgsuite.errors import BadValue
from pkgsuite.formats import apt_index, apt_repository, deb
from pkgsuite.formats.apt_release import date
from pkgsuite.formats.apt_repository import Maker, publish
from pkgsuite.formats.compression import decompress
from pkgsuite.formats.deb822 import Paragraph, parse
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive
from pkgsuite.model.suite import SUMS, Suite
from tests.formats.samples import debian_package
from tests.formats.scratch_pacman import needed
from tests.system.joined import answer_of

SOURCE = Package(
    "source",
    "1:2.0-1",
    section="devel",
    priority="optional",
    url="https://example.org/",
    makedepends=["gcc>=4", "make"],
    files=["hello.c", "src/deep/file", "debian/control", "debian/rules|0755"],
)
NATIVE = Package("native", "2.0", files=["hello.c", "debian/rules|0755"])
SIMPLE = Suite("stable", {"main": [Package("a")]})
WHOLE = Suite(
    "sid",
    {
        "main": [debian_package(), Package("liba", "2.0", files=["usr/lib/liba"])],
        "contrib": [Package("c", arch="i386")],
    },
    sources={"main": [SOURCE, NATIVE]},
    architectures=("amd64", "i386"),
    codename="unstable",
    origin="Here",
    label="Label",
    version="13",
    description="A suite",
    valid_until=4_000_000_000,
    by_hash=True,
    not_automatic=True,
    but_automatic_upgrades=True,
    sums=SUMS,
    translations=True,
    contents=True,
)


def packages_of(files: Mapping[str, bytes], suite: str = "stable", place: str = "main/binary-amd64") -> list[Paragraph]:
    """The paragraphs of a Packages index."""
    return parse(files[f"dists/{suite}/{place}/Packages"])


def without_fields(said: Mapping[str, str], *names: str) -> Paragraph:
    """A paragraph without some fields."""
    return Paragraph({name: value for name, value in said.items() if name not in names})


class Publish(unittest.TestCase):
    """What is published."""

    def test_packages(self) -> None:
        """An index holds the control file's fields, and where to find what with which sums."""
        files = publish([SIMPLE])

        (said,) = packages_of(files)
        archive = files[said["Filename"]]
        self.assertEqual(archive, deb.archive(Package("a")))
        self.assertEqual(said["Filename"], "pool/main/a/a/a_1.0-1_all.deb")
        self.assertEqual(said["Size"], str(len(archive)))
        for name in ("MD5sum", "SHA1", "SHA256"):
            self.assertEqual(said[name], hashlib.new(name.lower().replace("sum", ""), archive).hexdigest())
        self.assertEqual(list(said)[-1], "Description")

    def test_read_back(self) -> None:
        """Packages are read back from an index, with what it says of their archives."""
        files = publish([replace(WHOLE, translations=False)])

        read = apt_index.read_packages(files["dists/sid/main/binary-amd64/Packages"])

        self.assertEqual(
            (read[0].name, read[0].version, read[0].depends),
            ("full", "1:2.0~rc1-3", debian_package().depends),
        )
        archive = files[read[0].control_fields["Filename"]]
        self.assertEqual((read[0].csize, read[0].sha256sum), (len(archive), hashlib.sha256(archive).hexdigest()))

    def test_lies(self) -> None:
        """What a package says of its archive wins, so that a repository can lie."""
        lie = Package("a", csize=1, md5sum="0" * 32, sha256sum="1" * 64, control_fields={"SHA1": "2" * 40})

        (said,) = packages_of(publish([Suite("stable", {"main": [lie]})]))

        self.assertEqual(
            [said[name] for name in ("Size", "MD5sum", "SHA1", "SHA256")], ["1", "0" * 32, "2" * 40, "1" * 64]
        )

    def test_release(self) -> None:
        """A Release file tells size and sums of every index, uncompressed ones too."""
        files = publish([replace(WHOLE, compressions=("xz",))])

        (said,) = parse(files["dists/sid/Release"])

        for name in SUMS:
            listed = [line.split() for line in said[name].split("\n")[1:]]
            self.assertIn("main/binary-i386/Packages", [path for _, _, path in listed])
            for digest, size, path in listed:
                content = files.get(f"dists/sid/{path}") or decompress(files[f"dists/sid/{path}.xz"])
                self.assertEqual(
                    (digest, size),
                    (hashlib.new(name.lower().replace("sum", ""), content).hexdigest(), str(len(content))),
                )

    def test_release_fields(self) -> None:
        """All that a suite says of itself stands in its Release file."""
        (said,) = parse(publish([WHOLE])["dists/sid/Release"])

        self.assertEqual(
            dict(without_fields(said, *SUMS)),
            {
                "Origin": "Here",
                "Label": "Label",
                "Suite": "sid",
                "Version": "13",
                "Codename": "unstable",
                "Date": "Wed, 01 Jan 2020 00:00:00 UTC",
                "Valid-Until": "Tue, 02 Oct 2096 07:06:40 UTC",
                "NotAutomatic": "yes",
                "ButAutomaticUpgrades": "yes",
                "Acquire-By-Hash": "yes",
                "Architectures": "amd64 i386",
                "Components": "main contrib",
                "Description": "A suite",
            },
        )

    def test_dates(self) -> None:
        """Dates of any month and day have the form of RFC 1123."""
        self.assertEqual(date(1_709_251_199), "Thu, 29 Feb 2024 23:59:59 UTC")

    def test_by_hash(self) -> None:
        """Each index also lies under each of its sums."""
        files = publish([WHOLE])
        content = files["dists/sid/main/binary-amd64/Packages.xz"]

        for name in SUMS:
            digest = hashlib.new(name.lower().replace("sum", ""), content).hexdigest()
            self.assertEqual(files[f"dists/sid/main/binary-amd64/by-hash/{name}/{digest}"], content)

    def test_architectures(self) -> None:
        """Packages for every architecture are offered under each, others under their own."""
        files = publish([WHOLE])
        names = {
            place: [said["Package"] for said in packages_of(files, "sid", place)]
            for place in ("main/binary-amd64", "main/binary-i386", "contrib/binary-amd64", "contrib/binary-i386")
        }

        self.assertEqual(list(names.values()), [["full", "liba"], ["liba"], [], ["c"]])

    def test_unknown_architecture(self) -> None:
        """A package that no machine of the suite can install is refused."""
        with self.assertRaisesRegex(BadValue, "arch='sparc': expected 'any', or one of the suite's: amd64"):
            publish([Suite("stable", {"main": [Package("a", arch="sparc")]})])

    def test_pool(self) -> None:
        """The pool sorts by source, libraries by one letter more."""
        for package, place in (
            (Package("liba"), "pool/main/liba/liba"),
            (Package("a", base="libsource (1.0)"), "pool/main/libs/libsource"),
            (Package("abc"), "pool/main/a/abc"),
        ):
            with self.subTest(place):
                self.assertEqual(apt_repository.pool_directory("main", package), place)

    def test_same_package_in_two_suites(self) -> None:
        """Suites share the pool, where one path cannot hold two contents."""
        first, other = (Suite(name, {"main": [Package("a", files=["b"])]}) for name in ("first", "other"))

        self.assertEqual(len([path for path in publish([first, other]) if path.startswith("pool")]), 1)
        with self.assertRaisesRegex(BadValue, "one content for each path"):
            publish([first, Suite("other", {"main": [Package("a", files=["c"])]})])

    def test_translations(self) -> None:
        """Long descriptions stand in a file of their own, found by a sum."""
        files = publish([WHOLE])

        said = packages_of(files, "sid")[0]
        (translated, *_) = parse(files["dists/sid/main/i18n/Translation-en"])
        self.assertEqual(said["Description"], debian_package().desc)
        self.assertEqual(translated["Description-md5"], said["Description-md5"])
        self.assertEqual(
            translated["Description-en"], f"{debian_package().desc}\nFirst line\n.\n  as it stands\nlast line"
        )

    def test_compression_of_packages(self) -> None:
        """An archive's own compression wins, and whoever compresses is asked."""
        asked = []

        def compress(content: bytes, name: str) -> bytes:
            asked.append(name)
            return content

        publish([Suite("stable", {"main": [Archive(Package("a"), "zst")]}, compressions=("",))], Maker(compress))

        self.assertIn("zst", asked)

    def test_signatures(self) -> None:
        """Signatures are of the Release file; without them there are none."""
        signed = publish([SIMPLE], Maker(clear_sign=lambda text: b"clear " + text, detach_sign=lambda text: None))

        self.assertEqual(signed["dists/stable/InRelease"], b"clear " + signed["dists/stable/Release"])
        self.assertNotIn("dists/stable/Release.gpg", signed)
        self.assertNotIn("dists/stable/InRelease", publish([SIMPLE]))

    def test_bad_suites(self) -> None:
        """What no suite can have is refused, the field named."""
        for given, field in (
            ({"name": "../up"}, "name"),
            ({"components": {"a b": []}}, "name"),
            ({"compressions": ("bz2",)}, "compression"),
            ({"compressions": ()}, "compressions"),
            ({"sums": ("CRC",)}, "sums"),
            ({"origin": "two\nlines"}, "origin"),
            ({"architectures": "amd64"}, "architectures"),
        ):
            with self.subTest(given), self.assertRaisesRegex(BadValue, f"^{field}="):
                Suite(**given)


class OnDisk(unittest.TestCase):
    """A test with our repository on disk."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory(prefix="pkgsuite-apt-")
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.files = publish([WHOLE])
        write(self.place, self.files)

    def run_program(self, *words: str | Path) -> bytes:
        """What a program prints; it must succeed."""
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        return subprocess.run(words, cwd=self.place, env=environment, capture_output=True, check=True).stdout


class Ftparchive(OnDisk):
    """What apt-ftparchive makes of the same files."""

    def setUp(self) -> None:
        super().setUp()
        self.program = needed("apt-ftparchive", "apt-utils")

    def assert_agree(self, theirs: Sequence[Paragraph], ours: Sequence[Paragraph], *apart: str) -> None:
        """Every field of every paragraph is the same, but for those that stand *apart*."""
        seen, written = ({each["Package"]: without_fields(each, *apart) for each in some} for some in (theirs, ours))
        self.assertEqual(set(seen), set(written))
        for name in seen:
            self.assertEqual(dict(sorted(seen[name].items())), dict(sorted(written[name].items())))

    def test_packages(self) -> None:
        """Its Packages index agrees with ours in every field."""
        theirs = parse(self.run_program(self.program, "-o", "APT::FTPArchive::SHA512=false", "packages", "pool"))

        suite = replace(WHOLE, translations=False)
        files = publish([suite])
        ours = [
            said for place in ("main/binary-amd64", "contrib/binary-i386") for said in packages_of(files, "sid", place)
        ]
        self.assert_agree(theirs, ours, "SHA512")

    def test_sources(self) -> None:
        """Its Sources index agrees with ours in every field."""
        theirs = parse(self.run_program(self.program, "sources", "pool"))

        ours = parse(self.files["dists/sid/main/source/Sources"])
        self.assert_agree(theirs, ours, "Checksums-Sha512", "Priority", "Section")

    def test_release(self) -> None:
        """Its Release file has our sums for every file of the suite."""
        theirs = parse(self.run_program(self.program, "release", "dists/sid"))[0]

        ours = parse(self.files["dists/sid/Release"])[0]
        for name in SUMS:
            seen, written = ({tuple(line.split()) for line in said[name].split("\n")[1:]} for said in (theirs, ours))
            self.assertEqual({line for line in seen if line[2] != "Release"}, written)

    def test_contents(self) -> None:
        """Its Contents index names the same packages for the same files."""
        theirs = self.run_program(self.program, "contents", "pool/main").decode()

        ours = self.files["dists/sid/main/Contents-amd64"].decode().replace(" misc/", " ")
        self.assertEqual([line.split() for line in theirs.splitlines()], [line.split() for line in ours.splitlines()])


class DpkgSource(OnDisk):
    """What dpkg-source makes of our source packages."""

    def test_extract(self) -> None:
        """Both formats are unpacked, with every file and mode."""
        program = needed("dpkg-source", "dpkg-dev")
        for package, name in ((SOURCE, "source_2.0-1.dsc"), (NATIVE, "native_2.0.dsc")):
            with self.subTest(name):
                place = self.place / f"{name}-unpacked"
                directory = apt_repository.pool_directory("main", package)
                done = subprocess.run(
                    [program, "-x", self.place / directory / name, place], capture_output=True, text=True, check=True
                )
                self.assertNotIn("error", done.stderr)
                for entry in package.entries:
                    if entry.kind == "file":
                        self.assertEqual((place / entry.path).read_bytes(), entry.data)


class Apt(unittest.TestCase):
    """What apt-get makes of our repository, in a world."""

    def setUp(self) -> None:
        needed("apt-get", "apt")

    def test_update_and_ask(self) -> None:
        """Apt takes every index, through either method, and shows what we wrote."""
        files = publish([WHOLE, SIMPLE])

        def asked() -> list[str]:
            place = Path(tempfile.mkdtemp())
            write(place / "repository", files)
            run = apt_in(place, "deb file:{} sid main contrib", "deb-src file:{} sid main", "deb copy:{} stable main")
            told = run("apt-get", "update")
            return [
                told,
                run("apt-cache", "show", "full"),
                run("apt-cache", "showsrc", "source"),
                run("apt-cache", "policy", "liba"),
            ]

        told, shown, source, policy = answer_of(asked)

        self.assertNotRegex(told, "(?m)^[WE]:")
        self.assertEqual(
            parse(shown.encode())[0]["Depends"], "libc6 (>= 2.3) | libc6.1 (>= 2.3), sh, python3:any (>= 3.10)"
        )
        self.assertIn("as it stands", parse(shown.encode())[0]["Description-en"])
        self.assertEqual(parse(source.encode())[0]["Build-Depends"], "gcc (>= 4), make")
        self.assertRegex(policy, r"(?s)2\.0 100\n +100 file:")

    def test_download(self) -> None:
        """Apt fetches a package and finds its size and sums right."""
        files = publish([SIMPLE])

        def downloaded() -> str:
            place = Path(tempfile.mkdtemp())
            write(place / "repository", files)
            run = apt_in(place, "deb copy:{} stable main")
            run("apt-get", "update")
            run("apt-get", "download", "a")
            return hashlib.sha256((place / "a_1.0-1_all.deb").read_bytes()).hexdigest()

        self.assertEqual(answer_of(downloaded), hashlib.sha256(deb.archive(Package("a"))).hexdigest())


def write(place: Path, files: Mapping[str, bytes]) -> None:
    """Put files on disk."""
    for path, content in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(content)


def apt_in(place: Path, *sources: str) -> Callable[..., str]:
    """A function that runs programs of apt in an empty root, with these lines of sources.list."""
    for path in (
        "etc/apt/apt.conf.d",
        "etc/apt/preferences.d",
        "var/lib/apt/lists/partial",
        "var/cache/apt/archives/partial",
        "var/lib/dpkg",
    ):
        (place / path).mkdir(parents=True)
    (place / "var/lib/dpkg/status").touch()
    lines = [line.replace(" ", " [trusted=yes] ", 1).format(place / "repository") for line in sources]
    (place / "etc/apt/sources.list").write_text("".join(f"{line}\n" for line in lines))
    (place / "apt.conf").write_text(
        f'Dir "{place}/"; Dir::State::status "{place}/var/lib/dpkg/status"; Dir::Bin::methods "/usr/lib/apt/methods";\n'
        'APT::Architecture "amd64"; APT::Architectures { "amd64"; "i386"; }; APT::Sandbox::User "root";\n'
        'APT::Update::Error-Mode "any"; Acquire::Languages { "en"; };\n'
    )
    environment = {"APT_CONFIG": str(place / "apt.conf"), "LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}

    def run(*words: str) -> str:
        done = subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"{words}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    return run


if __name__ == "__main__":
    unittest.main()
