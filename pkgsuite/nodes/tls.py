"""TLS for nodes: a test authority that nobody trusts by default, and a certificate for all loopback addresses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

__all__ = ["AUTHORITY", "context"]

HERE = Path(__file__).parents[1] / "data" / "tls"
AUTHORITY = HERE / "authority.pem"
"""The certificate of the authority, for clients that are to trust it."""


def context() -> ssl.SSLContext:
    """What a server needs."""
    import ssl  # most tests need no TLS, and it takes long to load

    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(HERE / "server.pem")
    return made
