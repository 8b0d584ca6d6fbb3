"""How a file is signed, and what is wrong with the signature on request."""

from __future__ import annotations

from enum import Enum, unique

__all__ = ["Signature"]


@unique
class Signature(Enum):
    """A detached OpenPGP signature by one of the test keys, whose secrets are public.

    A value is the name of the key and what is wrong with the signature itself, if anything.
    """

    GOOD = ("trusted", "")
    """By a key that machines trust."""

    MISSING = ("trusted", "missing")
    """None, where there should be one."""

    BAD = ("trusted", "bad")
    """Of other bytes."""

    CORRUPTED = ("trusted", "corrupted")
    """Only the first half of it."""

    EXPIRED = ("trusted", "expired")
    """Valid for a day that has passed."""

    EXPIRED_KEY = ("expired", "")
    """By a key that machines trusted until it expired; it was still valid when it signed."""

    UNKNOWN_KEY = ("unknown", "")
    """By a key that machines do not have."""

    UNTRUSTED_KEY = ("stranger", "")
    """By a key that machines have and nobody vouches for."""

    MARGINAL_KEY = ("marginal", "")
    """By a key that only somebody vouches for who is trusted marginally."""

    def __repr__(self) -> str:
        return str(self)

    @property
    def key(self) -> str:
        """The name of the key."""
        return self.value[0]

    @property
    def fault(self) -> str:
        """What is wrong with the signature itself: `missing`, `bad`, `corrupted`, `expired`, or nothing."""
        return self.value[1]
