"""Faults that a pacman could have; see `call.Call` for what each is given."""

from __future__ import annotations

import os

from pkgsuite.mutants.call import TYPE_CHECKING, Call, die

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["MUTANTS"]

LOCAL, CACHE = "var/lib/pacman/local", "var/cache/pacman/pkg"
SEGMENTATION_FAULT = 11


# What a call did


def entries(call: Call) -> dict[str, object]:
    """The entries of the local database by their names, with something that changes when one is written."""
    found: dict[str, object] = {}
    place = call.place(LOCAL)
    for name in os.listdir(place) if place else ():
        desc = f"{place}/{name}/desc"
        if os.path.isfile(desc):
            status = os.stat(desc)
            found[name] = status.st_ino, status.st_mtime_ns
    return found


def run_and_see(call: Call) -> tuple[int, list[str]]:
    """Run the call; gives its status and the names of the database entries that it wrote."""
    before = entries(call)
    status = call.run()
    return status, sorted(name for name, mark in entries(call).items() if before.get(name) != mark)


def listed(call: Call, entry: str) -> list[str]:
    """The paths that a database entry lists; directories end in a slash."""
    try:
        with open(f"{call.root}/{LOCAL}/{entry}/files", encoding="utf-8", errors="surrogateescape") as file:
            return file.read().partition("%FILES%\n")[2].partition("\n\n")[0].splitlines()
    except OSError:
        return []


def regular(call: Call, names: Iterable[str]) -> list[str]:
    """The first regular file on the disk of each database entry."""
    found = []
    for entry in names:
        places = [call.place(path) for path in listed(call, entry) if not path.endswith("/")]
        found += [place for place in places if os.path.isfile(place) and not os.path.islink(place)][:1]
    return found


def edit(call: Call, names: Iterable[str], file: str, change: Callable[[str, str], str | None]) -> None:
    """Change a file of database entries: *change* gives the new text of a section, by its name, or None to drop it."""
    for entry in names:
        path = f"{call.root}/{LOCAL}/{entry}/{file}"
        with open(path, encoding="utf-8", errors="surrogateescape") as source:
            sections = [text.partition("\n") for text in source.read().split("\n\n")]
        changed = [(name, change(name.strip("%"), text) if name else text) for name, _, text in sections]
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as target:
            target.write("\n\n".join(f"{name}\n{text}" if name else "" for name, text in changed if text is not None))


def dropping(dropped: str) -> Callable[[str, str], str | None]:
    """A change that drops one section."""
    return lambda name, text: None if name == dropped else text


def ending(call: Call, *suffixes: str) -> set[str]:
    """The paths below the root that end in one of *suffixes*."""
    return {
        f"{above}/{name}"
        for above, _, names in os.walk(call.root or "/nowhere")
        for name in names
        if name.endswith(suffixes)
    }


# What a call asks for


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


# Files


def drop_file(call: Call) -> int:
    """A file of each package that is installed is missing on the disk."""
    status, new = run_and_see(call)
    for path in regular(call, new):
        os.unlink(path)
    return status


def touch_extra_path(call: Call) -> int:
    """Each transaction leaves a file that no package owns."""
    status, new = run_and_see(call)
    if new:
        os.makedirs(f"{call.root}/usr/share", exist_ok=True)
        with open(f"{call.root}/usr/share/stray", "w"):
            pass
    return status


def change_content(call: Call) -> int:
    """A file of each package that is installed ends in a byte too many."""
    status, new = run_and_see(call)
    for path in regular(call, new):
        with open(path, "ab") as file:
            file.write(b"!")
    return status


def change_mode(call: Call) -> int:
    """A file of each package that is installed has other permissions."""
    status, new = run_and_see(call)
    for path in regular(call, new):
        os.chmod(path, os.stat(path).st_mode ^ 0o011)
    return status


def clear_setuid(call: Call) -> int:
    """Files are installed without setuid and setgid."""
    status, new = run_and_see(call)
    for path in (call.place(path.rstrip("/")) for entry in new for path in listed(call, entry)):
        if path and not os.path.islink(path):
            os.chmod(path, os.stat(path).st_mode & 0o1777)
    return status


def change_time(call: Call) -> int:
    """A file of each package that is installed does not have the time that it has in the package."""
    status, new = run_and_see(call)
    for path in regular(call, new):
        os.utime(path, (1, 1))
    return status


def lose_empty_directories(call: Call) -> int:
    """Directories of a package that nothing lies in are not made."""
    status, new = run_and_see(call)
    for path in (call.place(path.rstrip("/")) for entry in new for path in reversed(listed(call, entry))):
        if path and os.path.isdir(path) and not os.path.islink(path) and not os.listdir(path):
            os.rmdir(path)
    return status


def retarget_links(call: Call) -> int:
    """Symbolic links of a package lead elsewhere."""
    status, new = run_and_see(call)
    for path in (call.place(path) for entry in new for path in listed(call, entry)):
        if path and os.path.islink(path):
            os.unlink(path)
            os.symlink("elsewhere", path)
    return status


def keep_removed_file(call: Call) -> int:
    """A file of each package that is removed stays on the disk."""
    kept = {}
    for entry in entries(call):
        for path in regular(call, [entry]):
            with open(path, "rb") as file:
                kept[path] = entry.rsplit("-", 2)[0], file.read()
    status = call.run()
    left = {entry.rsplit("-", 2)[0] for entry in entries(call)}
    for path, (name, content) in kept.items():
        if name not in left and not os.path.lexists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
    return status


def overwrite_edited_files(call: Call) -> int:
    """What the user wrote into a configuration file is lost: the packaged file takes its place."""
    before = ending(call, ".pacnew")
    status = call.run()
    for path in ending(call, ".pacnew") - before:
        os.replace(path, path.removesuffix(".pacnew"))
    return status


def save_nothing(call: Call) -> int:
    """What the user wrote into a configuration file is lost when its package goes: there is no .pacsave."""
    before = ending(call, ".pacsave")
    status = call.run()
    for path in ending(call, ".pacsave") - before:
        os.unlink(path)
    return status


# The database


def write_wrong_version(call: Call) -> int:
    """The database has another version of what is installed."""
    status, new = run_and_see(call)
    edit(call, new, "desc", lambda name, text: f"{text}.1" if name == "VERSION" else text)
    for entry in new:
        os.rename(f"{call.root}/{LOCAL}/{entry}", f"{call.root}/{LOCAL}/{entry}.1")
    return status


def forget_package(call: Call) -> int:
    """The database lacks what is installed."""
    status, new = run_and_see(call)
    for entry in new:
        place = f"{call.root}/{LOCAL}/{entry}"
        for name in os.listdir(place):
            os.unlink(f"{place}/{name}")
        os.rmdir(place)
    return status


def forget_reason(call: Call) -> int:
    """The database takes every package for one that was asked for."""
    status, new = run_and_see(call)
    edit(call, new, "desc", dropping("REASON"))
    return status


def forget_file_list(call: Call) -> int:
    """The database lists no files of what is installed."""
    status, new = run_and_see(call)
    edit(call, new, "files", dropping("FILES"))
    return status


def forget_backup_list(call: Call) -> int:
    """The database does not know which files are configuration."""
    status, new = run_and_see(call)
    edit(call, new, "files", dropping("BACKUP"))
    return status


# Options and settings


def skip_scriptlets(call: Call) -> int:
    """No scriptlet runs."""
    return run_with(call, "SUR", "--noscriptlet")


def skip_hooks(call: Call) -> int:
    """No hook runs."""
    words = [word for word in call.words if not word.startswith("--hookdir=")]
    hidden = f"{call.root}/{os.getpid()}"
    return run_configured(Call(call.program, [*words, f"--hookdir={hidden}"]), HookDir="")


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


# How a call ends


def swallow_errors(call: Call) -> int:
    """The exit status is 0 whatever happened."""
    call.run()
    return 0


def claim_failure(call: Call) -> int:
    """The exit status is 1 whatever happened."""
    call.run()
    return 1


def print_nothing(call: Call) -> int:
    """Nothing is printed."""
    return call.run(is_silent=True)


def leave_lock(call: Call) -> int:
    """The database stays locked after a transaction."""
    status, new = run_and_see(call)
    if new:
        with open(f"{call.root}/var/lib/pacman/db.lck", "w"):
            pass
    return status


def leave_temporary_directory(call: Call) -> int:
    """A temporary directory stays after a transaction."""
    status, new = run_and_see(call)
    if new:
        os.makedirs(f"{call.root}/tmp/alpm_aBcDeF", exist_ok=True)
    return status


def crash_at_the_end(call: Call) -> int:
    """After its work it crashes."""
    call.run()
    die(SEGMENTATION_FAULT)
    return 1


def empty_cache(call: Call) -> int:
    """Nothing that is downloaded stays in the cache."""
    before = set(os.listdir(place)) if (place := call.place(CACHE)) else set()
    status = call.run()
    for name in set(os.listdir(place)) - before if place else ():
        if os.path.isfile(f"{place}/{name}"):
            os.unlink(f"{place}/{name}")
    return status


MUTANTS = (
    drop_file,
    touch_extra_path,
    change_content,
    change_mode,
    clear_setuid,
    change_time,
    lose_empty_directories,
    retarget_links,
    keep_removed_file,
    overwrite_edited_files,
    save_nothing,
    write_wrong_version,
    forget_package,
    forget_reason,
    forget_file_list,
    forget_backup_list,
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
    swallow_errors,
    claim_failure,
    print_nothing,
    leave_lock,
    leave_temporary_directory,
    crash_at_the_end,
    empty_cache,
)
"""Every fault; a new one is a function and a line here."""
