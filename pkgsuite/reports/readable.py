"""Text of others made fit to be read: what a terminal would obey or hide is left out or shown as an escape."""

from __future__ import annotations

import re

__all__ = ["capped", "readable"]

SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours and movements: CSI
    "|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)"  # titles and links: OSC
    "|\x1b[PX^_][^\x1b]*\x1b\\\\"  # DCS, SOS, PM, APC
    "|\x1b[ -/]*[0-~]"
)
"""What ECMA-48 calls control functions, the ends of which are there."""

UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff"  # unseen, or they turn the text round
    "\ud800-\udfff]"
)

ESCAPED_BYTES = range(0xDC80, 0xDD00)
"""The lone surrogates in which Python keeps bytes that are no UTF-8."""


def readable(text: str) -> str:
    """*text* as a terminal would leave it; control characters, lone surrogates and the like as escapes.

    What comes out has only characters that XML 1.0 allows, and can be encoded as UTF-8.
    """
    if not UNREADABLE.search(text):
        return text
    text = SEQUENCE.sub("", text)
    if "\r" in text:
        text = "\n".join(map(last_drawn, text.split("\n")))
    return UNREADABLE.sub(escape, text)


def last_drawn(line: str) -> str:
    """What is left of a line in which a progress bar went back to the start, and drew anew."""
    return line.rstrip("\r").rpartition("\r")[2]


def escape(found: re.Match[str]) -> str:
    """The character found, as Python writes it."""
    code = ord(found[0])
    if code in ESCAPED_BYTES:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def capped(text: str, most: int) -> str:
    """*text*, or its first quarter and its end with a line between that says how much is missing: *most* characters."""
    if len(text) <= most:
        return text
    head = most // 4
    missing = len(text) - most
    return f"{text[:head]}\n… {missing:,} characters are left out here …\n{text[head + missing :]}"
