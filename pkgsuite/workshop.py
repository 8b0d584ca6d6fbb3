"""What managers cannot make themselves, because programs of the host make it: signatures, and zst without a module."""

from __future__ import annotations

from pkgsuite import signing
from pkgsuite.errors import Unsupported
from pkgsuite.formats import compression
from pkgsuite.managers.base import Workshop
from pkgsuite.system import gpg, zstd

__all__ = ["THE_WORKSHOP", "compress", "keyring", "public_keys"]


def compress(content: bytes, name: str) -> bytes:
    """*content* under a compression, zst by the program where this Python has no module for it; raises Unsupported."""
    try:
        return compression.compress(content, name)
    except Unsupported:
        return zstd.compress(content)


def keyring() -> dict[str, bytes]:
    """The keyring of a machine, whose manager runs gpg itself; raises ProgramMissing where it would find none."""
    gpg.find("gpg")
    return signing.keyring()


def public_keys() -> bytes:
    """A keyring for gpgv; raises ProgramMissing where the manager would not find that."""
    gpg.find("gpgv")
    return signing.public_keys()


THE_WORKSHOP = Workshop(compress, signing.sign, keyring, signing.sign_texts, public_keys)
