"""The kernel's calls for namespaces and mounts, through ctypes; namespaces(7), mount(2), prctl(2)."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

__all__ = [
    "IPC",
    "MOUNT",
    "NET",
    "PID",
    "USER",
    "UTS",
    "attach",
    "bind",
    "bring_loopback_up",
    "die_with_parent",
    "join",
    "mount",
    "restrict",
    "unmount",
    "unshare",
]

MOUNT, UTS, IPC, USER, PID, NET = 0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
"""CLONE_NEW… flags, one for each kind of namespace."""

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE, PRIVATE = 32, 4096, 16384, 1 << 18
DETACH = 2

SYS_MOUNT_SETATTR = 442
AT_FDCWD, AT_RECURSIVE = -100, 0x8000

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36
SIGKILL = 9

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1

libc = ctypes.CDLL(None, use_errno=True)

prctl = libc.prctl
prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
"""Declared, since a node calls it first of all: making its arguments would touch 50 pages of memory more."""


def check(result: int, what: str) -> None:
    """Raise OSError for a call that failed, saying what was tried."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces in *flags* for new ones; unshare(2)."""
    check(libc.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def join(descriptor: int, flag: int) -> None:
    """Enter the namespace that *descriptor* stands for; setns(2)."""
    check(libc.setns(ctypes.c_int(descriptor), ctypes.c_int(flag)), f"setns({flag:#x})")


def mount(source: str | None, target: str, kind: str | None, flags: int = 0, data: str | None = None) -> None:
    """Mount; mount(2)."""

    def encoded(text: str | None) -> bytes | None:
        return None if text is None else os.fsencode(text)

    done = libc.mount(encoded(source), encoded(target), encoded(kind), ctypes.c_ulong(flags), encoded(data))
    check(done, f"mount {kind or 'bind'} at {target}")


def unmount(target: str) -> None:
    """Take a mount away, at once for new users; umount2(2)."""
    check(libc.umount2(os.fsencode(target), ctypes.c_int(DETACH)), f"unmount {target}")


def bind(source: str, target: str) -> None:
    """Show *source* at *target* too."""
    mount(source, target, None, BIND | RECURSIVE)


def attach(descriptor: int, target: str) -> None:
    """Show at *target* what an open descriptor stands for, even if its path is hidden by now."""
    bind(f"/proc/self/fd/{descriptor}", target)


def restrict(path: str, *, forbid: int = 0, allow: int = 0, with_all_below: bool = True) -> None:
    """Forbid or allow READ_ONLY and NO_DEVICES for the mount at *path* and *with all below*; mount_setattr(2)."""
    attributes = struct.pack("QQQQ", forbid, allow, 0, 0)
    done = libc.syscall(
        ctypes.c_long(SYS_MOUNT_SETATTR),
        ctypes.c_int(AT_FDCWD),
        os.fsencode(path),
        ctypes.c_uint(AT_RECURSIVE if with_all_below else 0),
        attributes,
        ctypes.c_size_t(len(attributes)),
    )
    try:
        check(done, f"mount_setattr {path}")
    except OSError:
        remount_below(path, forbid, allow, with_all_below)


def remount_below(path: str, forbid: int, allow: int, with_all_below: bool) -> None:
    """What `restrict` does, mount by mount, for kernels before 5.12."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        target = line.split()[4].encode().decode("unicode_escape")
        is_below = path == "/" or target.startswith(f"{path}/")
        if target != path and not (is_below and with_all_below):
            continue
        try:
            kept = os.statvfs(target).f_flag & (READ_ONLY | NO_SUID | NO_DEVICES | NO_EXEC)
        except OSError:
            continue
        mount(None, target, None, REMOUNT | BIND | ((kept | forbid) & ~allow))


def control(operation: int, argument: int) -> None:
    """prctl(2) with one argument."""
    if prctl(operation, argument, 0, 0, 0):
        check(-1, f"prctl({operation})")


def die_with_parent() -> None:
    """Be killed when the thread that forked this process ends; again after each change of user."""
    control(PR_SET_PDEATHSIG, SIGKILL)


def allow_inspection() -> None:
    """Let the parent open this process's /proc entries, even after a change of user."""
    control(PR_SET_DUMPABLE, 1)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ended, so that no daemon escapes."""
    control(PR_SET_CHILD_SUBREAPER, 1)


def bring_loopback_up() -> None:
    """Make 127.0.0.0/8 work in a new network namespace; netdevice(7)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))
