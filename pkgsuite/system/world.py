"""A world: namespaces of its own, kept by a holder process and joined by fork.

Three processes take part. The *runner* stays on the host. Its child, the *keeper*, makes the namespaces and ends with
them. The keeper's child is *init*, process 1 of the world; when it ends, the kernel ends every process in there, and
mounts and network go with the last of them. Keeper and init watch the runner through a pidfd, so a runner that is
killed, however hard, takes its world along.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from pathlib import Path
from typing import NoReturn

from pkgsuite.errors import WorldError
from pkgsuite.system import hostview, idmap, namespaces, passages
from pkgsuite.system.conversation import detach, expect, tell
from pkgsuite.system.generation import generation
from pkgsuite.system.namespaces import IPC, MOUNT, NET, PID, USER, UTS
from pkgsuite.system.place import Place, stay_at
from pkgsuite.values import dataclass

__all__ = ["SANDBOXES", "World"]

DISK_BYTES = 640 << 20
"""The size of the disk that sandboxes share which ask for none of their own."""

SANDBOXES = "/tmp/pkgsuite"
"""Where the sandboxes of a world stand: a tmpfs that each joined process has for itself."""

INNER = (("mnt", MOUNT), ("ipc", IPC), ("uts", UTS), ("net", NET))
MOST_COMPLAINT = 4096
GONE = -1


@dataclass(frozen=True, slots=True)
class Facts:
    """What init found: the map of ids, why it is not a better one, and whether /proc is the world's own."""

    ids: str
    refused: str
    own_proc: bool


class World:
    """The namespaces of a holder; `fork` puts a child into them.

    With *user* they hang on a user namespace of their own, which takes no rights; without, the runner must be root.
    Raises WorldError saying which step failed where the machine cannot do that.
    """

    def __init__(self, rung: str, *, user: bool, ids: str | None = None, writable: tuple[str, ...] = ()) -> None:
        self.place = Place(rung, SANDBOXES)
        self.has_user_namespace = user
        self._wanted_ids = ids
        self._generation = generation()
        self._joins: list[tuple[int, int]] = []
        self._root = GONE
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        life = os.pidfd_open(os.getpid())
        self._keeper = os.fork()
        if self._keeper == 0:
            keep(theirs, life, user, writable)
        theirs.close()
        os.close(life)
        with ours:
            try:
                self.facts = self._converse(ours)
                self.limits = "" if self.facts.own_proc else "the host's /proc stays"
            except BaseException:
                self.close()
                raise

    def _converse(self, ours: socket.socket) -> Facts:
        ids, refused = "host", ""
        if self.has_user_namespace:
            expect(ours, "the keeper is in its user namespace")
            ids, refused = idmap.write(self._keeper, self._wanted_ids)
            tell(ours, {})
        answer = expect(ours, "init is ready")
        self._hold(int(str(answer["init"])))
        tell(ours, {})
        return Facts(ids, refused, bool(answer["own_proc"]))

    def _hold(self, init: int) -> None:
        """Open the namespaces in the order of joining: the pid namespace belongs to the outer user namespace."""
        order = [(init, "pid", PID), *((init, name, flag) for name, flag in INNER)]
        if self.has_user_namespace:
            order[1:1] = [(init, "user", USER)]
            order[:0] = [(self._keeper, "user", USER)]
        self._root = os.open(f"/proc/{init}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        for pid, name, flag in order:
            self._joins.append((os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC), flag))

    @property
    def is_alive(self) -> bool:
        """Whether the holder still runs, seen from the runner."""
        if self._keeper == GONE or generation() != self._generation:
            return False
        try:
            return os.waitpid(self._keeper, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def fork(self) -> int:
        """Like os.fork, but the child is in the world, as its root, in a mount namespace of its own.

        The child starts in the directory of the runner where the world shows it, with an empty SANDBOXES. It ends with
        the world. Raises WorldError where that cannot be joined.
        """
        news, tell_news = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(news)
            self._enter(tell_news)
            return 0
        os.close(tell_news)
        with os.fdopen(news, "rb") as pipe:
            complaint = pipe.read().decode()
        if complaint:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
            raise WorldError(f"the world could not be joined: {complaint}")
        return pid

    def _enter(self, news: int) -> None:
        """Join the namespaces, fork into the pid namespace, and return there; never raises."""
        try:
            here = Path.cwd()
            held = passages.held_directories()
            for descriptor, flag in self._joins:
                namespaces.join(descriptor, flag)
            os.fchdir(self._root)
            os.chroot(".")
            if self.has_user_namespace:
                become_root()
            child = os.fork()
            if child:
                stand_for(child, news)
            namespaces.die_with_parent()
            namespaces.unshare(MOUNT)
            settle(here, self.place)
            passages.reopen(held)
        except BaseException as error:
            os.write(news, (str(error) or type(error).__name__).encode()[:MOST_COMPLAINT])
            os._exit(125)
        os.close(news)

    def close(self) -> None:
        """End the world with everything in it.

        What is held of it goes first: the kernel takes namespaces apart in the process that holds them last, which
        takes long, and init has the time.
        """
        if self._keeper == GONE or generation() != self._generation:
            return
        for descriptor, _ in self._joins:
            os.close(descriptor)
        self._joins.clear()
        if self._root != GONE:
            os.close(self._root)
        if self.is_alive:
            os.kill(self._keeper, signal.SIGKILL)
            os.waitpid(self._keeper, 0)
        self._keeper = GONE


def keep(runner: socket.socket, life: int, user: bool, writable: tuple[str, ...]) -> NoReturn:
    """The keeper's life: make the namespaces, fork init, end with it or with the runner."""
    try:
        detach({runner.fileno(), life})
        if user:
            namespaces.unshare(USER | MOUNT)
            tell(runner, {})
            expect(runner, "the runner wrote the id map")
            become_root()
        else:
            namespaces.unshare(MOUNT)
        hostview.protect(hostview.shown_directories(), writable)
        namespaces.unshare(PID)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        init = os.fork()
        if init == 0:
            runner.close()
            ours.close()
            be_init(theirs, life, user)
        theirs.close()
        if user:
            expect(ours, "init is in the inner user namespace")
            idmap.mirror(init)
            tell(ours, {})
        tell(runner, {**expect(ours, "init is ready"), "init": init})
        expect(runner, "the runner holds the namespaces")
    except BaseException as error:
        with contextlib.suppress(OSError):
            tell(runner, {"error": str(error) or type(error).__name__})
        os._exit(125)
    ours.close()
    runner.close()
    until_one_ends(life, os.pidfd_open(init))
    os._exit(0)


def be_init(keeper: socket.socket, life: int, user: bool) -> NoReturn:
    """The life of process 1: set the world up, bury orphans, end with the runner.

    The inner user namespace locks every mount made so far: nothing in the world can make the host writable again.
    """
    try:
        namespaces.die_with_parent()
        namespaces.unshare(MOUNT)
        own_proc = hostview.mount_proc()
        inner = MOUNT | IPC | UTS | NET
        if user:
            namespaces.unshare(USER | inner)
            tell(keeper, {})
            expect(keeper, "the keeper wrote the inner id map")
            become_root()
            namespaces.die_with_parent()
        else:
            namespaces.unshare(inner)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        namespaces.bring_loopback_up()
        socket.sethostname("world")
        Path(SANDBOXES).mkdir(mode=0o755, exist_ok=True)
        namespaces.allow_inspection()
        tell(keeper, {"own_proc": own_proc})
    except BaseException as error:
        with contextlib.suppress(OSError):
            tell(keeper, {"error": str(error) or type(error).__name__})
        os._exit(125)
    keeper.close()
    until_one_ends(life)
    os._exit(0)


def become_root() -> None:
    """Be user and group 0 of the namespace just entered."""
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    with contextlib.suppress(PermissionError):
        os.setgroups([])


def settle(here: Path, place: Place) -> None:
    """Make the place where a joined process works."""
    flags = namespaces.NO_SUID | namespaces.NO_DEVICES
    namespaces.mount("tmpfs", SANDBOXES, "tmpfs", flags, f"mode=755,size={DISK_BYTES}")
    namespaces.adopt_orphans()
    os.umask(0o022)
    stay_at(place)
    try:
        os.chdir(here)
    except OSError:
        os.chdir("/")


def stand_for(child: int, news: int) -> NoReturn:
    """Wait for the process in the pid namespace and end as it ended.

    It must outlive that process and bury it: init cannot end before all of its namespace are buried, and the host's
    init, which would inherit the duty, may be slow.
    """
    os.close(news)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status < 0:
        signal.signal(-status, signal.SIG_DFL) if -status != signal.SIGKILL else None
        os.kill(os.getpid(), -status)
    os._exit(status & 0xFF)


def until_one_ends(*pidfds: int) -> None:
    """Wait until one of the processes has ended."""
    poll = select.poll()
    for descriptor in pidfds:
        poll.register(descriptor, select.POLLIN)
    poll.poll()
