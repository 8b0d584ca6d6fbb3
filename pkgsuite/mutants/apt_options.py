"""Faults in how apt takes its options and settings, and in what it marks and remembers."""

from __future__ import annotations

import os
import shutil

from pkgsuite.mutants.call import Call

__all__ = ["MARKS", "MUTANTS", "PREFERENCES"]

STATES = "var/lib/apt/extended_states"
LISTS, ARCHIVES = "var/lib/apt/lists", "var/cache/apt/archives"


def run_set(call: Call, *settings: str) -> int:
    """Run the call with other settings, each `Name=value`; they win over those of the call."""
    return call.run([*call.words, *(word for setting in settings for word in ("-o", setting))])


def empty(call: Call, *paths: str) -> None:
    """Delete the files that lie in some directories."""
    for place in filter(None, map(call.place, paths)):
        for name in os.listdir(place):
            if os.path.isfile(f"{place}/{name}") and name != "lock":
                os.unlink(f"{place}/{name}")


# What is chosen


def ignore_pins(call: Call) -> int:
    """Preferences prefer nothing."""
    return run_set(call, "Dir::Etc::preferences=/dev/null", "Dir::Etc::preferencesparts=/dev/null")


def ignore_releases(call: Call) -> int:
    """The release that is asked for is not preferred."""
    words = [word.partition("/")[0] if word[:1].isalpha() and "=" not in word else word for word in call.words]
    words = [word for word in words if not word.startswith("--target-release")]
    if "-t" in words:
        at = words.index("-t")
        del words[at : at + 2]
    return call.run(words)


def ignore_hold(call: Call) -> int:
    """Packages that are held are upgraded."""
    return run_set(call, "APT::Ignore-Hold=true")


def change_what_is_held(call: Call) -> int:
    """Who asks for a package by name need not say that it is held."""
    return run_set(call, "APT::Get::allow-change-held-packages=true")


def downgrade_unasked(call: Call) -> int:
    """An older version is installed though nobody allowed it."""
    return run_set(call, "APT::Get::allow-downgrades=true")


def remove_essential_packages(call: Call) -> int:
    """An essential package is removed though nobody allowed it."""
    return run_set(call, "APT::Get::allow-remove-essential=true")


def leave_recommendations(call: Call) -> int:
    """What a package recommends does not come with it."""
    return run_set(call, "APT::Install-Recommends=false")


def insist_on_recommendations(call: Call) -> int:
    """What a package recommends comes with it, whatever the user says."""
    return run_set(call, "APT::Install-Recommends=true")


def install_suggestions(call: Call) -> int:
    """What a package suggests comes with it."""
    return run_set(call, "APT::Install-Suggests=true")


def leave_suggestions(call: Call) -> int:
    """What a package suggests never comes with it."""
    return run_set(call, "APT::Install-Suggests=false")


def never_install_again(call: Call) -> int:
    """A package that is up to date is never installed again."""
    return call.run_replacing({"--reinstall": ""})


def install_what_is_only_to_be_upgraded(call: Call) -> int:
    """--only-upgrade installs too."""
    return call.run_replacing({"--only-upgrade": ""})


def upgrade_too_little(call: Call) -> int:
    """A full upgrade installs and removes nothing."""
    return call.run_replacing({"dist-upgrade": "upgrade", "full-upgrade": "upgrade"})


def upgrade_too_much(call: Call) -> int:
    """An upgrade installs and removes like a full one."""
    return call.run_replacing({"upgrade": "dist-upgrade"})


# What is removed


def autoremove_unasked(call: Call) -> int:
    """What is no longer needed goes unasked."""
    return run_set(call, "APT::Get::AutomaticRemove=true")


def autoremove_too_much(call: Call) -> int:
    """An autoremove takes all that it would only need a word to take: nothing counts as asked for."""
    if "autoremove" in call.words and (path := call.place("var/lib/dpkg/status")):
        with open(path, encoding="utf-8", errors="surrogateescape") as source:
            names = [line.partition(": ")[2].strip() for line in source if line.startswith("Package: ")]
        text = "".join(f"Package: {name}\nArchitecture: all\nAuto-Installed: 1\n\n" for name in names)
        native = "".join(f"Package: {name}\nArchitecture: amd64\nAuto-Installed: 1\n\n" for name in names)
        with open(f"{call.root}/{STATES}", "w", encoding="utf-8", errors="surrogateescape") as target:
            target.write(text + native)
    return call.run()


def autoremove_nothing(call: Call) -> int:
    """An autoremove leaves everything."""
    return call.run_replacing({"autoremove": "check", "--autoremove": "", "--auto-remove": ""})


def purge_always(call: Call) -> int:
    """Configuration goes with its package."""
    return run_set(call, "APT::Get::Purge=true")


def purge_never(call: Call) -> int:
    """Configuration outlives a purge."""
    return call.run_replacing({"purge": "remove", "--purge": ""})


def remove_nothing_with_it(call: Call) -> int:
    """What needs a package that is removed stays."""
    return run_set(call, "APT::Get::Remove=false")


# What is done at all


def do_what_is_simulated(call: Call) -> int:
    """A simulation is none."""
    return call.run_replacing({"-s": "", "--simulate": "", "--dry-run": ""})


def install_what_is_downloaded(call: Call) -> int:
    """What is only to be downloaded is installed too."""
    return call.run_replacing({"-d": "", "--download-only": ""})


def ask_nobody(call: Call) -> int:
    """The answer to every question is yes."""
    return run_set(call, "APT::Get::Assume-Yes=true")


def ignore_locks(call: Call) -> int:
    """Nobody is waited for, and nobody need wait."""
    return run_set(call, "Debug::NoLocking=true")


def never_wait_for_locks(call: Call) -> int:
    """Who would wait for a lock gives up at once."""
    return run_set(call, "DPkg::Lock::Timeout=0")


# What is fetched and kept


def fetch_lists_always(call: Call) -> int:
    """What was fetched of a repository is fetched again, even if it is the same."""
    if "update" in call.words:
        empty(call, LISTS)
    return call.run()


def fetch_archives_always(call: Call) -> int:
    """What is in the cache is fetched again."""
    empty(call, ARCHIVES)
    return call.run()


def resume_never(call: Call) -> int:
    """What was fetched in part is fetched again from the start."""
    empty(call, f"{LISTS}/partial", f"{ARCHIVES}/partial")
    return call.run()


def retry_never(call: Call) -> int:
    """What could not be fetched is not tried again."""
    return run_set(call, "Acquire::Retries=0")


def clean_nothing(call: Call) -> int:
    """The cache is never cleaned."""
    return 0 if {"clean", "autoclean"} & set(call.words) else call.run()


def clean_everything(call: Call) -> int:
    """What is to be cleaned out is all, though some of it is still offered."""
    return call.run_replacing({"autoclean": "clean"})


def lose_lists(call: Call) -> int:
    """Where an update fails, what was fetched before is lost."""
    status = call.run()
    if "update" in call.words and status:
        empty(call, LISTS)
    return status


def update_without_errors(call: Call) -> int:
    """An update that fetched nothing counts as one that worked."""
    status = call.run()
    return 0 if "update" in call.words else status


# What is remembered


def forget_marks(call: Call) -> int:
    """Every package counts as asked for."""
    status = call.run()
    if path := call.place(STATES):
        os.unlink(path)
    return status


def ignore_marks(call: Call) -> int:
    """What the user marks stays as it was."""
    before = call.place(STATES)
    if call.name != "apt-mark" or not before:
        return call.run()
    shutil.copyfile(before, f"{before}.before")
    status = call.run()
    os.replace(f"{before}.before", before)
    return status


def mark_no_hold(call: Call) -> int:
    """What the user holds is not held, and what is free again stays held."""
    words = [word for word in call.words if word not in ("hold", "unhold")]
    return 0 if call.name == "apt-mark" and len(words) < len(call.words) else call.run()


MUTANTS = (
    ignore_releases,
    ignore_hold,
    change_what_is_held,
    downgrade_unasked,
    remove_essential_packages,
    leave_recommendations,
    insist_on_recommendations,
    install_suggestions,
    leave_suggestions,
    never_install_again,
    install_what_is_only_to_be_upgraded,
    upgrade_too_little,
    upgrade_too_much,
    autoremove_unasked,
    autoremove_too_much,
    autoremove_nothing,
    purge_always,
    purge_never,
    remove_nothing_with_it,
    do_what_is_simulated,
    install_what_is_downloaded,
    ask_nobody,
    ignore_locks,
    never_wait_for_locks,
    fetch_lists_always,
    fetch_archives_always,
    resume_never,
    retry_never,
    clean_nothing,
    clean_everything,
    lose_lists,
    update_without_errors,
)
"""Every fault here; a new one is a function and a line."""

MARKS = (forget_marks, ignore_marks, mark_no_hold)
"""Those that concern what is marked."""

PREFERENCES = (ignore_pins,)
"""Those that concern what is asked as well as what is done."""
