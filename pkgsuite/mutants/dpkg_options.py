"""Faults in how dpkg takes its options: what must be asked for happens always, what is asked for never."""

from __future__ import annotations

from pkgsuite.mutants.call import Call

__all__ = ["MUTANTS"]


def run_with(call: Call, *options: str) -> int:
    """Run the call with more options."""
    return call.run([*options, *call.words])


def ignore_dependencies(call: Call) -> int:
    """Packages are installed and removed whatever they need or are needed for."""
    return run_with(call, "--force-depends")


def ignore_conflicts(call: Call) -> int:
    """Packages that exclude each other are installed together."""
    return run_with(call, "--force-conflicts", "--force-breaks")


def overwrite_foreign_files(call: Call) -> int:
    """A package takes the place of files that belong to others."""
    return run_with(call, "--force-overwrite")


def take_any_architecture(call: Call) -> int:
    """Packages of architectures that nobody added are installed."""
    return run_with(call, "--force-architecture")


def force_essential_packages_away(call: Call) -> int:
    """An essential package goes like any other, for whoever asks dpkg."""
    return run_with(call, "--force-remove-essential")


def always_take_the_new_file(call: Call) -> int:
    """Nobody is asked about an edited configuration file: the packaged one is taken."""
    return run_with(call, "--force-confnew")


def always_keep_the_old_file(call: Call) -> int:
    """Nobody is asked about an edited configuration file: the user's is kept."""
    return run_with(call, "--force-confold")


def bring_deleted_files_back(call: Call) -> int:
    """A configuration file that the user deleted comes back."""
    return run_with(call, "--force-confmiss")


def forget_to_bring_files_back(call: Call) -> int:
    """--force-confmiss brings nothing back."""
    return call.run_replacing({"--force-confmiss": ""})


def never_force_the_new_file(call: Call) -> int:
    """--force-confnew forces nothing."""
    return call.run_replacing({"--force-confnew": ""})


def run_no_triggers(call: Call) -> int:
    """Triggers that are pulled never run."""
    return run_with(call, "--no-triggers")


def run_triggers_at_once(call: Call) -> int:
    """--no-triggers puts nothing off."""
    return call.run_replacing({"--no-triggers": ""})


def skip_what_is_there(call: Call) -> int:
    """A package that is there in this version is not installed again."""
    return run_with(call, "--skip-same-version")


def never_downgrade(call: Call) -> int:
    """No older version is installed, whoever asks for it."""
    return run_with(call, "--refuse-downgrade")


def purge_what_is_removed(call: Call) -> int:
    """What is only to be removed is purged."""
    return call.run_replacing({"-r": "-P", "--remove": "--purge"})


def only_remove_what_is_purged(call: Call) -> int:
    """What is to be purged is only removed."""
    return call.run_replacing({"-P": "-r", "--purge": "--remove"})


def configure_nothing(call: Call) -> int:
    """--configure does nothing and says that all is well."""
    return 0 if "--configure" in call.words else call.run()


def install_without_the_last(call: Call) -> int:
    """Of several archives the last is left out."""
    archives = [word for word in call.words if word.endswith(".deb")]
    return call.run([word for word in call.words if len(archives) < 2 or word != archives[-1]])


MUTANTS = (
    ignore_dependencies,
    ignore_conflicts,
    overwrite_foreign_files,
    take_any_architecture,
    force_essential_packages_away,
    always_take_the_new_file,
    always_keep_the_old_file,
    bring_deleted_files_back,
    forget_to_bring_files_back,
    never_force_the_new_file,
    run_no_triggers,
    run_triggers_at_once,
    skip_what_is_there,
    never_downgrade,
    purge_what_is_removed,
    only_remove_what_is_purged,
    configure_nothing,
    install_without_the_last,
)
"""Every fault here; a new one is a function and a line."""
