"""Any program as a node: a command line with places for what it must know."""

from __future__ import annotations

import os
import shlex
import string
from collections.abc import Mapping, Sequence

from pkgsuite.errors import BadValue
from pkgsuite.nodes.external import External, dpkg_query, find_program

__all__ = ["Command", "words"]


class Command(External):
    """A program by its command line, such as `tracker --port {port} --state {dir}`.

    `{name}`, `{dir}`, `{address}` and `{port}`, or `{apt_port}`, are its own; *places* names others. It is ready when
    its port answers.
    """

    def __init__(
        self,
        name: str,
        directory: str,
        *,
        command: str,
        kind: str = "program",
        url: str = "tcp://{address}:{port}",
        places: Mapping[str, object] | None = None,
        address: str = "",
        port: int = 0,
        hosts: Sequence[str] = (),
    ) -> None:
        self.kind = kind
        self.command = command
        self._url = url
        self._places = dict(places or {})
        known = dict.fromkeys(("name", "dir", "address", "port", "apt_port"), "") | self._places
        self._name_of_program = words(command, known)[0]
        super().__init__(name, directory, address=address, port=port, hosts=hosts)

    def find(self) -> str:
        return find_program(self._name_of_program, f"install it or correct the command {self.command!r}")

    @property
    def version(self) -> str:
        """The program, and what package of Debian's it is of, if of any."""
        package = dpkg_query("--search", os.path.realpath(self._path)).partition(":")[0]
        told = dpkg_query("--show", "--showformat=${Package} ${Version}", package) if package else ""
        return f"{self._name_of_program} ({told})" if told else self._name_of_program

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._url.format(address=(*self.hosts, self.address)[0], port=self.port)

    def argv(self) -> Sequence[str]:
        own = {"name": self.name, "dir": self.directory, "address": self.address}
        return words(self.command, {**self._places, **own, "port": self.port, "apt_port": self.port})


def words(command: str, places: Mapping[str, object]) -> list[str]:
    """The words of a command line with its places filled; raises BadValue for one that is none."""
    try:
        split = shlex.split(command)
        named = [field for word in split for _, field, _, _ in string.Formatter().parse(word) if field is not None]
    except ValueError as error:
        raise BadValue("command", command, f"words as in a shell, with places such as {{port}} ({error})") from error
    unknown = [field for field in named if field not in places]
    if unknown or not split:
        known = ", ".join(f"{{{place}}}" for place in places)
        raise BadValue("command", command, f"a program and its arguments; places are {known}")
    return [word.format_map(places) for word in split]
