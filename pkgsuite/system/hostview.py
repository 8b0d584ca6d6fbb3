"""What a world sees of the host: all of it, read-only, with its own /tmp, /var/tmp and /dev."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pkgsuite.system import namespaces
from pkgsuite.system.namespaces import NO_DEVICES, NO_EXEC, NO_SUID, READ_ONLY

__all__ = ["protect", "shown_directories"]

PRIVATE = ("/tmp", "/var/tmp")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
IN_A_CHROOT = "/tmp"
"""A directory that every root has."""

MOST_PARENTS = 64
KERNEL_SETTINGS = ("sys", "sysrq-trigger", "irq", "bus", "fs")


def shown_directories() -> list[str]:
    """What must stay visible although it lies under a private directory: the code that runs, and where it started."""
    wanted = [str(Path.cwd()), *sys.path, sys.prefix, sys.base_prefix, sys.exec_prefix]
    wanted += [str(Path(path).parent) for name, path in os.environ.items() if name.startswith("PKGSUITE_")]
    found = set()
    for path in wanted:
        parts = Path(path).resolve().parts
        for private in PRIVATE:
            above = Path(private).parts
            if parts[: len(above)] == above and len(parts) > len(above):
                found.add(str(Path(*parts[: len(above) + 1])))
    return sorted(path for path in found if Path(path).is_dir())


def protect(shown: Iterable[str], writable: Iterable[str] = ()) -> None:
    """Make every mount of this mount namespace read-only and without devices, but for *writable* directories."""
    make_private()
    kept = [(path, os.open(path, os.O_PATH | os.O_DIRECTORY), path in writable) for path in {*shown, *writable}]
    devices = {name: os.open(f"/dev/{name}", os.O_PATH) for name in DEVICES if Path("/dev", name).exists()}
    namespaces.restrict("/", forbid=READ_ONLY | NO_DEVICES)
    namespaces.restrict("/proc", allow=READ_ONLY, with_all_below=False)  # containers lock what they mount in there
    for path in PRIVATE:
        if Path(path).is_dir():
            namespaces.mount("tmpfs", path, "tmpfs", NO_SUID | NO_DEVICES, "mode=1777")
    for path, descriptor, is_writable in sorted(kept):
        Path(path).mkdir(parents=True, exist_ok=True)
        namespaces.attach(descriptor, path)
        os.close(descriptor)
        namespaces.restrict(path, forbid=0 if is_writable else READ_ONLY, allow=READ_ONLY if is_writable else 0)
    make_devices(devices)


def make_private() -> None:
    """Keep mounts from the host's namespace, and make sure that the root is a mount of its own."""
    try:
        namespaces.mount(None, "/", None, namespaces.RECURSIVE | namespaces.PRIVATE)
    except OSError:
        with outside_of_chroot():
            namespaces.mount(None, "/", None, namespaces.RECURSIVE | namespaces.PRIVATE)
        namespaces.bind("/", IN_A_CHROOT)
        os.chdir(IN_A_CHROOT)
        os.chroot(".")


@contextlib.contextmanager
def outside_of_chroot() -> Iterator[None]:
    """Be at the real root of this mount namespace for a while; chroot(2) tells how root leaves a chroot."""
    root, here = (os.open(path, os.O_PATH | os.O_DIRECTORY) for path in ("/", "."))
    os.chroot(IN_A_CHROOT)
    os.fchdir(root)
    for _ in range(MOST_PARENTS):
        os.chdir("..")
    os.chroot(".")
    try:
        yield
    finally:
        os.fchdir(root)
        os.chroot(".")
        os.fchdir(here)
        os.close(root)
        os.close(here)


def make_devices(devices: dict[str, int]) -> None:
    """A /dev with only the harmless devices, and /dev/shm."""
    namespaces.mount("tmpfs", "/dev", "tmpfs", NO_SUID | NO_EXEC, "mode=755")
    for name, descriptor in devices.items():
        Path("/dev", name).touch()
        namespaces.attach(descriptor, f"/dev/{name}")
        namespaces.restrict(f"/dev/{name}", allow=READ_ONLY | NO_DEVICES)
        os.close(descriptor)
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        Path("/dev", name).symlink_to(f"/proc/self/fd{target}")
    Path("/dev/shm").mkdir()
    namespaces.mount("tmpfs", "/dev/shm", "tmpfs", NO_SUID | NO_DEVICES, "mode=1777")


def mount_proc() -> bool:
    """Show this pid namespace in /proc, with the kernel's settings read-only; False where the host's must stay.

    A container that hides parts of its /proc may mount no other.
    """
    for options in (None, "subset=pid"):
        try:
            namespaces.mount("proc", "/proc", "proc", NO_SUID | NO_DEVICES | NO_EXEC, options)
            break
        except OSError:
            continue
    else:
        return False
    for name in KERNEL_SETTINGS:
        path = f"/proc/{name}"
        with contextlib.suppress(OSError):
            namespaces.bind(path, path)
            namespaces.restrict(path, forbid=READ_ONLY)
    return True
