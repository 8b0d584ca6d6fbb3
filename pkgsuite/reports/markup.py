"""Elements of HTML and XML from text that nobody trusts: what is no Markup is escaped."""

from __future__ import annotations

import html

from pkgsuite.reports.readable import readable

__all__ = ["Markup", "join", "tag"]


class Markup(str):
    """Text in which `<` and `&` mean something."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: str | int | bool | None) -> Markup:
    """The element *name*, with what is in it; None is left out, and so is an attribute that is None or False.

    Of the names of attributes, `_` stands for `-`, and one at the end for nothing: `class_`, `data_state`.
    """
    words = "".join(map(attribute, attributes.items()))
    return Markup(f"<{name}{words}>{join(*children)}</{name}>")


def join(*children: str | None) -> Markup:
    """Text and elements one after the other."""
    return Markup("".join(child if isinstance(child, Markup) else escape(child) for child in children if child))


def attribute(item: tuple[str, str | int | bool | None]) -> str:
    """One attribute with the space before it, or nothing."""
    name, value = item[0].rstrip("_").replace("_", "-"), item[1]
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value), quote=True)}"'


def escape(text: str, *, quote: bool = False) -> str:
    """*text* so that it is only text; in quotes, with its ends of lines as references."""
    text = html.escape(readable(text), quote=quote)
    return text.replace("\n", "&#10;").replace("\t", "&#9;") if quote else text
