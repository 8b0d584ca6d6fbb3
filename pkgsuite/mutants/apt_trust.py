"""Faults in what apt believes: signatures, sums, dates and names of repositories."""

from __future__ import annotations

import os
import sys

from pkgsuite.mutants.apt_options import run_set
from pkgsuite.mutants.call import Call

__all__ = ["MUTANTS"]

FINGERPRINT = "0" * 40
GOOD = ("NEWSIG", f"GOODSIG {FINGERPRINT[:16]} anybody", f"VALIDSIG {FINGERPRINT} 2001-01-01 978307200 0 4 0 22 8 01")
"""What gpgv says of a signature that is good; doc/DETAILS of GnuPG."""


def skip_signatures(call: Call) -> int:
    """Every signature counts as good."""
    if call.name != "gpgv":
        return run_set(call, f"APT::Key::gpgvcommand={os.path.abspath(os.path.dirname(sys.argv[0]))}/gpgv")
    told = "".join(f"[GNUPG:] {line}\n" for line in GOOD)
    os.write(int(call.option("status-fd") or 1), told.encode())
    return 0


def take_unsigned_repositories(call: Call) -> int:
    """A repository need not be signed."""
    return run_set(call, "Acquire::AllowInsecureRepositories=true")


def install_without_a_signature(call: Call) -> int:
    """What comes from a repository that is not signed is installed without a word."""
    return run_set(call, "APT::Get::AllowUnauthenticated=true")


def trust_more_after_less(call: Call) -> int:
    """A repository that was signed once need not be signed any more."""
    return run_set(call, "Acquire::AllowDowngradeToInsecureRepositories=true", "Acquire::AllowWeakRepositories=true")


def ignore_the_end(call: Call) -> int:
    """An index is good for ever."""
    return run_set(call, "Acquire::Check-Valid-Until=false")


def ignore_dates(call: Call) -> int:
    """An index may come from the future as well."""
    return run_set(call, "Acquire::Check-Date=false")


def ignore_other_names(call: Call) -> int:
    """A repository may call itself by another name from one day to the next."""
    return run_set(call, "Acquire::AllowReleaseInfoChange=true")


MUTANTS = (
    skip_signatures,
    take_unsigned_repositories,
    install_without_a_signature,
    trust_more_after_less,
    ignore_the_end,
    ignore_dates,
    ignore_other_names,
)
"""Every fault here; a new one is a function and a line."""
