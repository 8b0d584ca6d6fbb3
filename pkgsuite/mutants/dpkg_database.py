"""Faults in what dpkg writes down, sets aside and heeds of what it wrote down before."""

from __future__ import annotations

import contextlib
import os

from pkgsuite.mutants import dpkg
from pkgsuite.mutants.call import TYPE_CHECKING, Call
from pkgsuite.mutants.changes import run_and_find, run_and_see

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MUTANTS"]


@contextlib.contextmanager
def hidden(call: Call, name: str) -> Iterator[None]:
    """Put a file of the database out of sight for a while."""
    path = call.place(f"{dpkg.ADMINISTRATION}/{name}")
    if path:
        os.rename(path, f"{path}.hidden")
    try:
        yield
    finally:
        if path:
            os.rename(f"{path}.hidden", path)


def installs(call: Call) -> bool:
    """Whether the call unpacks, configures or removes."""
    return any(
        word in ("-i", "-r", "-P") or word.startswith(("--install", "--unpack", "--configure", "--remove", "--purge"))
        for word in call.words
    )


def write_wrong_version(call: Call) -> int:
    """The database has another version of what is installed."""
    status, new = run_and_see(call)
    dpkg.edit(call.root, new, lambda name, text: f"{text}.1" if name == "Version" else text)
    return status


def forget_package(call: Call) -> int:
    """The database lacks what is installed."""
    status, new = run_and_see(call)
    dpkg.edit(call.root, new, dpkg.changing("Status", "install ok ", "unknown ok not-"))
    return status


def forget_file_list(call: Call) -> int:
    """The database lists no files of what is installed."""
    status, new = run_and_see(call)
    for entry in new:
        with open(f"{call.root}/{dpkg.ADMINISTRATION}/info/{entry}.list", "w") as file:
            file.write("/.\n")
    return status


def forget_configuration_files(call: Call) -> int:
    """The database does not know which files are configuration."""
    status, new = run_and_see(call)
    dpkg.edit(call.root, new, dpkg.dropping("Conffiles"))
    return status


def forget_relations(call: Call) -> int:
    """The database does not know what a package that is installed depends on."""
    status, new = run_and_see(call)
    dpkg.edit(call.root, new, dpkg.dropping("Depends", "Pre-Depends"))
    return status


def forget_description(call: Call) -> int:
    """The database has no description of what is installed."""
    status, new = run_and_see(call)
    dpkg.edit(call.root, new, dpkg.dropping("Description"))
    return status


def forget_hold(call: Call) -> int:
    """Nothing is held for long."""
    status = call.run()
    names = {call.ledger.package(entry) for entry in call.ledger.entries(call.root)} if call.root else set()
    dpkg.edit(call.root, names, dpkg.changing("Status", "hold ok", "install ok"))
    return status


def leave_unconfigured(call: Call) -> int:
    """What is installed counts as unpacked only."""
    status, new = run_and_see(call)
    dpkg.edit(call.root, new, dpkg.changing("Status", "ok installed", "ok unpacked"))
    return status


def ignore_diversions(call: Call) -> int:
    """Files go where the package says, though they are diverted."""
    if not installs(call):
        return call.run()
    with hidden(call, "diversions"):
        return call.run()


def ignore_overridden_permissions(call: Call) -> int:
    """Files get the permissions of the package, though the administrator has set others."""
    if not installs(call):
        return call.run()
    with hidden(call, "statoverride"):
        return call.run()


def overwrite_edited_files(call: Call) -> int:
    """What the user wrote into a configuration file is lost: the packaged file takes its place."""
    status, found = run_and_find(call, ".dpkg-dist")
    for path in found:
        os.replace(path, path.removesuffix(".dpkg-dist"))
    return status


def save_nothing(call: Call) -> int:
    """What the user wrote into a configuration file is lost when another is chosen: there is no .dpkg-old."""
    status, found = run_and_find(call, ".dpkg-old")
    for path in found:
        os.unlink(path)
    return status


def offer_nothing(call: Call) -> int:
    """Where the user's configuration file stays, the packaged one is not set beside it."""
    status, found = run_and_find(call, ".dpkg-dist")
    for path in found:
        os.unlink(path)
    return status


def leave_temporary_file(call: Call) -> int:
    """A file of each package that is installed also stays under its name during unpacking."""
    status, new = run_and_see(call)
    for entry in new:
        with open(f"{call.root}/usr/{call.ledger.package(entry)}.dpkg-tmp", "w"):
            pass
    return status


MUTANTS = (
    write_wrong_version,
    forget_package,
    forget_file_list,
    forget_configuration_files,
    forget_relations,
    forget_description,
    forget_hold,
    leave_unconfigured,
    ignore_diversions,
    ignore_overridden_permissions,
    overwrite_edited_files,
    save_nothing,
    offer_nothing,
    leave_temporary_file,
)
"""Every fault here; a new one is a function and a line."""
