"""OpenPGP's text forms of what gpg has signed: ASCII armour and clear-signed messages; RFC 4880, sections 6 and 7."""

from __future__ import annotations

import base64
import textwrap

from pkgsuite.errors import BadValue

__all__ = ["DIGEST", "armored", "clear_signed", "signed_text"]

DIGEST = "SHA512"
"""The digest that a clear-signed message names; signatures of texts are to be made with it."""

SIGNATURE = "PGP SIGNATURE"
WIDTH = 64
POLYNOMIAL, START, BITS = 0x1864CFB, 0xB704CE, 24


def armored(signature: bytes) -> bytes:
    """A detached signature as text."""
    encoded = base64.b64encode(signature).decode()
    sum_of_it = base64.b64encode(checksum(signature).to_bytes(BITS // 8, "big")).decode()
    lines = [f"-----BEGIN {SIGNATURE}-----", "", *textwrap.wrap(encoded, WIDTH), f"={sum_of_it}"]
    return "\n".join([*lines, f"-----END {SIGNATURE}-----", ""]).encode()


def checksum(data: bytes) -> int:
    """The CRC-24 that ends an armour."""
    found = START
    for byte in data:
        found ^= byte << (BITS - 8)
        for _ in range(8):
            found <<= 1
            if found >> BITS:
                found ^= POLYNOMIAL
    return found


def signed_text(text: bytes) -> bytes:
    """The part of *text* that its clear signature is of: all but the last newline; raises BadValue."""
    if any(line != line.rstrip() for line in text.split(b"\n")):
        raise BadValue("text", text[:80], "lines with no blank at their ends, which a clear signature would not cover")
    return text.removesuffix(b"\n")


def clear_signed(text: bytes, signature: bytes) -> bytes:
    """*text* with its signature, a textual one of `signed_text` made with `DIGEST`, as one message."""
    lines = [b"- " + line if line.startswith(b"-") else line for line in signed_text(text).split(b"\n")]
    head = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: {DIGEST}\n\n".encode()
    return head + b"\n".join(lines) + b"\n" + armored(signature)
