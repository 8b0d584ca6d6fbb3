"""Signatures by the test keys, and the keyring that trusts them; made by gpg once, then kept by content."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeGuard

from pkgsuite import cache
from pkgsuite.formats import openpgp
from pkgsuite.model.signature import Signature
from pkgsuite.system import gpg

__all__ = ["keyring", "public_keys", "sign", "sign_texts"]

KEYS = Path(__file__).parent / "keys"

KNOWN = ("trusted", "expired", "stranger", "introducer", "marginal")
"""The keys in the keyring of a machine."""

PUBLIC = ("trusted", "expired")
"""The keys of a keyring for programs that ask nobody whom to trust: what is in it is trusted."""

ULTIMATELY, MARGINALLY = 6, 4
OWNERS = {
    "867B4C3EEF233B76491DD5ED1FFFA2792AACCF18": ULTIMATELY,
    "AA6FA7FCB5C709AA7FFDACA76F455CD0B766BA03": MARGINALLY,
}
"""How far machines trust the owners of `trusted` and `introducer`, by the fingerprints of those keys."""

SIGNED_AT = "20200102T000000"
"""When all signatures were made, so that the same bytes get the same signature everywhere."""

OTHER_BYTES = b"What was signed is not what is there.\n"
TEXTUAL = ("--textmode", "--digest-algo", openpgp.DIGEST)
OPTIONS = {"expired": ("--default-sig-expire", "1d")}
"""What gpg is told for a fault."""


def sign(wanted: Iterable[tuple[bytes, Signature | None]]) -> list[bytes | None]:
    """The signature of each content, None where there is to be none.

    gpg runs only for what was never signed before. Raises ProgramMissing where it is not installed.
    """
    return run([Job(data, how) if is_signed(how) else None for data, how in wanted])


def sign_texts(wanted: Iterable[tuple[bytes, Signature | None]]) -> list[bytes | None]:
    """The same for texts, whose signatures do not depend on how their lines end."""
    return run([Job(text, how, TEXTUAL) if is_signed(how) else None for text, how in wanted])


def is_signed(how: Signature | None) -> TypeGuard[Signature]:
    """Whether there is a signature at all."""
    return how is not None and how.fault != "missing"


def run(jobs: list[Job | None]) -> list[bytes | None]:
    """The signatures of *jobs*; gpg runs for all together that were never done before."""
    missing = {job.digest: job for job in jobs if job and cache.get(job.digest) is None}
    if missing:
        with gpg.Home(map(secret, {job.how.key for job in missing.values()})) as home:
            for job in missing.values():
                job.run(home)
    return [job.signature if job else None for job in jobs]


class Job:
    """One content to be signed."""

    def __init__(self, data: bytes, how: Signature, options: tuple[str, ...] = ()) -> None:
        self._data = OTHER_BYTES if how.fault == "bad" else data
        self._options = (*options, *OPTIONS.get(how.fault, ()))
        self.how = how
        self.digest = digest(secret(how.key), " ".join(self._options).encode(), self._data)

    def run(self, home: gpg.Home) -> None:
        """Let gpg sign it."""
        signature = home.sign(self._data, user(self.how.key), at=SIGNED_AT, options=self._options)
        cache.put(self.digest, signature)

    @property
    def signature(self) -> bytes:
        """The signature that was made, damaged where that is wanted."""
        made = cache.get(self.digest)
        assert made is not None
        return made[: len(made) // 2] if self.how.fault == "corrupted" else made


def keyring() -> dict[str, bytes]:
    """The files of a gpg home that knows and trusts the test keys, by name; raises ProgramMissing without gpg."""
    made_of = digest(*map(secret, KNOWN), repr(OWNERS).encode())
    kept = {name: cache.get(f"{made_of}.{name}") for name in gpg.KEYRING}
    found = {name: content for name, content in kept.items() if content is not None}
    if len(found) < len(kept):
        with gpg.Home(map(secret, KNOWN)) as home:
            home.trust(OWNERS)
            found = home.keyring()
        for name, content in found.items():
            cache.put(f"{made_of}.{name}", content)
    return found


def public_keys() -> bytes:
    """A keyring of nothing but public keys, as gpgv reads it; raises ProgramMissing without gpg."""
    made_of = digest(*map(secret, PUBLIC))
    found = cache.get(made_of)
    if found is None:
        with gpg.Home(map(secret, PUBLIC)) as home:
            found = home.keyring()["pubring.gpg"]
        cache.put(made_of, found)
    return found


def digest(*contents: bytes) -> str:
    """The name in the cache of what is made from *contents*."""
    whole = hashlib.sha256(SIGNED_AT.encode())
    for content in contents:
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()


@functools.cache
def secret(name: str) -> bytes:
    """The armored secret key."""
    return (KEYS / f"{name}.asc").read_bytes()


def user(name: str) -> str:
    """How gpg finds the key."""
    return f"<{name}@pkgsuite.invalid>"
