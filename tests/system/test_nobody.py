"""To be nobody: another user by name, and still at home in one directory."""

from __future__ import annotations

import os
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from pkgsuite.system import namespaces, nobody
from tests.system.joined import answer_of


def as_nobody(directory: str) -> list[int]:
    """Who a child is that became nobody, by user and group; nothing where it could not write there."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            nobody.become(directory)
            Path(directory, "own").write_text("mine")
            os.write(writer, f"{os.geteuid()} {os.getegid()}".encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(pid, 0)
    return [int(word) for word in os.read(reader, 100).split()]


def in_world(without_namespaces: bool) -> list[int]:
    """The same in a world."""
    directory = tempfile.mkdtemp(dir="/tmp/pkgsuite")
    os.chmod(directory, 0o755)
    if not without_namespaces:
        return as_nobody(directory)
    with mock.patch.object(namespaces, "unshare", side_effect=OSError(1, "Operation not permitted")):
        return as_nobody(directory)


class NobodyTest(unittest.TestCase):
    def told(self, function: Callable[[], object]) -> object:
        """What a process of a world answers."""

        def where_there_is_one() -> object:
            return function() if os.path.isdir("/tmp/pkgsuite") else None

        answer = answer_of(where_there_is_one)
        if answer is None:
            self.skipTest("no world with namespaces here (pkgsuite doctor)")
        return answer

    def test_root_is_nobody_in_a_user_namespace_and_writes_to_its_directory(self) -> None:
        self.assertEqual([65534, 65534], self.told(lambda: in_world(without_namespaces=False)))

    def test_where_there_is_none_it_is_another_user(self) -> None:
        def has_nobody() -> bool:
            lines = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
            return any(int(first) <= 65534 < int(first) + int(count) for first, _, count in lines)

        if not answer_of(has_nobody):
            self.skipTest("a world with a single user has no other (apt-get install uidmap)")
        self.assertEqual([65534, 65534], self.told(lambda: in_world(without_namespaces=True)))

    def test_who_is_not_root_stays_who_he_is(self) -> None:
        with mock.patch.object(os, "geteuid", return_value=1000), mock.patch.object(namespaces, "unshare") as unshare:
            nobody.become("/nowhere")

        unshare.assert_not_called()
