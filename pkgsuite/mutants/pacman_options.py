"""Faults in how pacman takes its options and settings."""

from __future__ import annotations

import os

from pkgsuite.mutants.call import Call

__all__ = ["MUTANTS"]


def letters(call: Call) -> str:
    """The operation with its options, such as `Su`."""
    words = [word[1:] for word in call.words if word[:1] == "-" and word[1:2].isupper() and word[1:].isalpha()]
    return words[0] if words else ""


def run_with(call: Call, operations: str, *words: str) -> int:
    """Run the call with more words if it is one of *operations*."""
    return call.run([*call.words, *words] if letters(call)[:1] in tuple(operations) else None)


def run_without(call: Call, operation: str, letter: str, *options: str) -> int:
    """Run the call without an option of an operation, in its short form or in its long ones."""
    words = [word for word in call.words if word not in options]
    if letters(call).startswith(operation):
        words = [f"-{word[1:].replace(letter, '')}" if word == f"-{letters(call)}" else word for word in words]
    return call.run(words)


def run_configured(call: Call, **changes: str) -> int:
    """Run the call with a configuration whose settings have other values; an empty one takes the setting out."""
    try:
        with open(call.option("config"), encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return call.run()
    for number, line in enumerate(lines):
        name = line.partition("=")[0].strip()
        if name in changes:
            lines[number] = f"{name} = {changes[name]}" if changes[name] else ""
    memory = os.memfd_create("pacman.conf", 0)
    os.write(memory, "\n".join([*lines, ""]).encode(errors="surrogateescape"))
    words = [word for word in call.words if not word.startswith("--config=")]
    return call.run([*words, f"--config=/proc/self/fd/{memory}"])


def skip_scriptlets(call: Call) -> int:
    """No scriptlet runs."""
    return run_with(call, "SUR", "--noscriptlet")


def skip_hooks(call: Call) -> int:
    """No hook runs."""
    words = [word for word in call.words if not word.startswith("--hookdir=")]
    hidden = f"{call.root}/{os.getpid()}"
    return run_configured(Call(call.program, [*words, f"--hookdir={hidden}"], call.ledger), HookDir="")


def ignore_dependencies(call: Call) -> int:
    """Packages are installed and removed whatever they need or are needed for."""
    return run_with(call, "SUR", "--nodeps", "--nodeps")


def overwrite_foreign_files(call: Call) -> int:
    """A package takes the place of files that belong to others."""
    return run_with(call, "SU", "--overwrite=*")


def never_install_again(call: Call) -> int:
    """A package that is up to date is never installed again."""
    return run_with(call, "SU", "--needed")


def remove_no_dependencies(call: Call) -> int:
    """-Rs removes only what is named."""
    return run_without(call, "R", "s", "--recursive", "--unneeded")


def remove_no_dependents(call: Call) -> int:
    """-Rc removes only what is named."""
    return run_without(call, "R", "c", "--cascade")


def save_always(call: Call) -> int:
    """-Rn keeps configuration files as .pacsave."""
    return run_without(call, "R", "n", "--nosave")


def install_what_is_downloaded(call: Call) -> int:
    """-Sw installs too."""
    return run_without(call, "S", "w", "--downloadonly")


def ignore_no_upgrade(call: Call) -> int:
    """NoUpgrade protects nothing."""
    return run_configured(call, NoUpgrade="")


def ignore_no_extract(call: Call) -> int:
    """NoExtract keeps nothing out."""
    return run_configured(call, NoExtract="")


def ignore_ignored(call: Call) -> int:
    """IgnorePkg and IgnoreGroup hold nothing back."""
    return run_configured(call, IgnorePkg="", IgnoreGroup="")


def ignore_hold(call: Call) -> int:
    """HoldPkg holds nothing."""
    return run_configured(call, HoldPkg="")


def skip_signatures(call: Call) -> int:
    """Signatures are not checked."""
    return run_configured(call, SigLevel="Never", LocalFileSigLevel="Never")


MUTANTS = (
    skip_scriptlets,
    skip_hooks,
    ignore_dependencies,
    overwrite_foreign_files,
    never_install_again,
    remove_no_dependencies,
    remove_no_dependents,
    save_always,
    install_what_is_downloaded,
    ignore_no_upgrade,
    ignore_no_extract,
    ignore_ignored,
    ignore_hold,
    skip_signatures,
)
"""Every fault here; a new one is a function and a line."""
