"""What apt is told: its configuration, its sources, and how it names the lists that it fetched; apt.conf(5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from pkgsuite.formats.deb822 import write

__all__ = ["COMPONENT", "fundamentals", "list_name", "settings", "source"]

COMPONENT = "main"
"""The component that holds the packages of a repository."""

FUNDAMENTALS = """\
Dir "{root}/";
Dir::State::status "{root}/var/lib/dpkg/status";
Dir::Bin::dpkg "{dpkg}";
DPkg::Options {{ {options} }};
DPkg::Use-Pty "false";
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Architecture "{architecture}";
APT::Get::Assume-Yes "true";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Apt::Cmd::Disable-Script-Warning "true";
Acquire::Languages "none";
Acquire::Retries "0";
Acquire::http::Proxy "DIRECT";
Acquire::https::Proxy "DIRECT";
"""
"""What a machine of its own needs, so that nothing of the host is read and nobody is asked."""

AWKWARD = re.compile(r"[\\|{}\[\]<>\"^~_=!@#$%^&*]")
"""What apt escapes in the names of lists, since `_` stands for a slash there."""


def fundamentals(root: str, dpkg: str, options: Iterable[str], architecture: str) -> str:
    """The configuration that apt reads before any other; *options* are those that it gives to *dpkg*."""
    quoted = " ".join(f'"{option}";' for option in options)
    return FUNDAMENTALS.format(root=root, dpkg=dpkg, options=quoted, architecture=architecture)


def settings(options: Mapping[str, Iterable[str]]) -> str:
    """Options of a scenario; the values of one that ends in `::` are added to those that it has."""
    return "".join(f'{key} "{value}";\n' for key, values in options.items() for value in values)


def source(name: str, urls: Iterable[str], keyring: str, options: Mapping[str, Iterable[str]]) -> bytes:
    """A repository in the form of sources.list(5), trusted as it is where there is no *keyring*; *options* win."""
    said = {
        "Types": "deb",
        "URIs": " ".join(urls),
        "Suites": name,
        "Components": COMPONENT,
        "Trusted": "" if keyring else "yes",
        "Signed-By": keyring,
    }
    return write([said | {key: " ".join(values) for key, values in options.items()}])


def list_name(url: str, path: str) -> str:
    """How apt names what it fetched from *path* below *url*."""
    parts = urlsplit(f"{url}/{path}")
    place = f"{parts.netloc.rpartition('@')[2]}{parts.path}"
    return AWKWARD.sub(lambda found: f"%{ord(found[0]):02x}", place).replace("/", "_")


def listed(paths: Iterable[str]) -> Iterator[str]:
    """Those of the *paths* of a repository that apt keeps as lists, the signed Release file before the plain one."""
    wanted = sorted(paths)
    has_signature = any(path.endswith("/InRelease") for path in wanted)
    for path in wanted:
        if path.endswith(("/InRelease", "/Packages")) or (path.endswith("/Release") and not has_signature):
            yield path
