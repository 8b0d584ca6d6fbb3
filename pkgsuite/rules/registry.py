"""Every kind of rule there is, by its name."""

from __future__ import annotations

from pkgsuite.rules import always, cache, commands, elsewhere, files, nodes, packages, swarm, transaction
from pkgsuite.rules.base import Kind

__all__ = ["KINDS", "RULES"]

KINDS: tuple[Kind, ...] = (
    *commands.KINDS,
    *packages.KINDS,
    *transaction.KINDS,
    *files.KINDS,
    *cache.KINDS,
    *elsewhere.KINDS,
    *nodes.KINDS,
    *swarm.KINDS,
    *always.KINDS,
)

RULES: dict[str, Kind] = {name: kind for kind in KINDS for name in kind.names}
"""Kinds by each of their names."""
