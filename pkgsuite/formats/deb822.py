"""Paragraphs of fields, the text form of everything that dpkg and apt read and write; deb822(5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pkgsuite.errors import BadArchive, BadValue

__all__ = ["Paragraph", "parse", "unsigned", "write"]

NAME = re.compile(r"[!\"$-,.-9;-~][!-9;-~]*")
FIELD = re.compile(rf"({NAME.pattern})[ \t]*:[ \t]*(.*)", re.DOTALL)

SIGNED = b"-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
END_OF_SIGNATURE = b"-----END PGP SIGNATURE-----"


class Paragraph(Mapping[str, str]):
    """Fields by name, in their order; case does not matter in names.

    The lines of a value are separated by newlines, without the blank that marks a continuation line.
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields = {name.lower(): (name, value) for name, value in pairs}

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __eq__(self, other: object) -> bool:
        """Whether the same fields hold the same values; their order does not matter."""
        if not isinstance(other, Mapping):
            return NotImplemented
        theirs = {str(name).lower(): value for name, value in other.items()}
        return {name: value for name, (_, value) in self._fields.items()} == theirs

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Paragraph({dict(self)!r})"


def write(paragraphs: Iterable[Mapping[str, str]]) -> bytes:
    """Paragraphs, a blank line behind each; fields that are empty are left out. Raises BadValue naming the field."""
    return b"".join(paragraph(fields) + b"\n" for fields in paragraphs if fields)


def paragraph(fields: Mapping[str, str]) -> bytes:
    """One paragraph without a blank line."""
    lines = []
    for name, value in fields.items():
        if not NAME.fullmatch(name):
            raise BadValue("field", name, "a name of printable ASCII without ':', not starting with '#' or '-'")
        if "\n" in value:
            lines.append(folded(name, value))
        elif value:
            lines.append(f"{name}: {value}\n")
    return "".join(lines).encode("utf-8", "surrogateescape")


def folded(name: str, value: str) -> str:
    """A field of several lines; the first may be empty."""
    first, *rest = value.split("\n")
    if not all(line.strip() for line in rest):
        raise BadValue(name, value, "no blank line in the value: it would end the paragraph; write '.' for one")
    head = f"{name}: {first}" if first else f"{name}:"
    return "\n ".join([head, *rest]) + "\n"


def parse(data: bytes) -> list[Paragraph]:
    """The paragraphs of a file, comments left out; raises BadArchive with line, field, expected and seen."""
    found: list[Paragraph] = []
    fields: dict[str, tuple[str, list[str]]] = {}
    lines: list[str] | None = None
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        line = line.removesuffix("\r")
        if line[:1] == "#":
            continue
        if not line.strip():
            if fields:
                found.append(finished(fields))
            fields, lines = {}, None
        elif line[0] in " \t":
            if lines is None:
                raise BadArchive(f"deb822, line {number}: expected a field, seen the continuation line {line[:80]!r}")
            lines.append(line[1:].rstrip())
        else:
            field = FIELD.fullmatch(line)
            if not field:
                raise BadArchive(f"deb822, line {number}: expected NAME: VALUE, seen {line[:80]!r}")
            name, value = field.groups()
            if name.lower() in fields:
                raise BadArchive(f"deb822, line {number}: expected the field {name[:80]} once, seen it again")
            lines = [value.rstrip()]
            fields[name.lower()] = (name, lines)
    if fields:
        found.append(finished(fields))
    return found


def finished(fields: Mapping[str, tuple[str, list[str]]]) -> Paragraph:
    """The paragraph of names with the lines of their values."""
    return Paragraph((name, "\n".join(lines)) for name, lines in fields.values())


def unsigned(data: bytes) -> bytes:
    """What a clear-signed message says, its armour taken off; anything else as it is. Raises BadArchive."""
    if not data.startswith(SIGNED):
        return data
    _, blank, message = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    text, begun, signature = message.partition(b"\n" + SIGNATURE + b"\n")
    if not (blank and begun and END_OF_SIGNATURE in signature):
        raise BadArchive(f"clear-signed message: expected a text, {SIGNATURE.decode()} and its end, seen no such thing")
    return b"\n".join(line.removeprefix(b"- ") for line in text.split(b"\n")) + b"\n"
