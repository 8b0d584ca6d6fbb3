"""End-to-end tests for package managers, as ordinary unittest.

A public name is imported when it is first asked for, so that a command which needs few of them starts at once. Type
checkers and editors read the same names from `__init__.pyi`.
"""

import importlib
from typing import Any

HOMES = {
    "pkgsuite.errors": "BadRule BadValue RuleBroken SuiteError Unsupported",
    "pkgsuite.linking": "Link",
    "pkgsuite.machine": "Machine",
    "pkgsuite.managers.apt": "apt",
    "pkgsuite.managers.pacman": "pacman",
    "pkgsuite.model.command": "CommandResult",
    "pkgsuite.model.file": "File",
    "pkgsuite.model.package": "DEPENDENCY EXPLICIT Package",
    "pkgsuite.model.repository": "Archive Repository",
    "pkgsuite.model.signature": "Signature",
    "pkgsuite.nodes.caches": "AptCacherNg Nginx Squid",
    "pkgsuite.nodes.clients": "Aria2 Libtorrent",
    "pkgsuite.nodes.command": "Command",
    "pkgsuite.nodes.downloader": "Downloader",
    "pkgsuite.nodes.faults": (
        "Bandwidth CloseOnError Date Fault FirstFail Latency NoKeepAlive NoRange Redirect Refusing Reset "
        "Stall Status Swapped Truncated WrongContentRange WrongHash WrongSize"
    ),
    "pkgsuite.nodes.mirror": "Mirror",
    "pkgsuite.nodes.opentracker": "Opentracker",
    "pkgsuite.nodes.tracker": "Tracker",
    "pkgsuite.rules.base": "Rule",
    "pkgsuite.rules.text": "parse",
    "pkgsuite.rules.values": (
        "announced asked_from automatic backs_up cached cached_contents cached_file contents depends_on description "
        "directory dpkg_dist dpkg_new dpkg_old empty exists fetched_from_cache fetched_from_mirror "
        "fetched_from_peers file_type given_to_peers held in_group installed link lists_file mode modified "
        "no_core_dump no_stale_lock node_alive optionally_depends_on output owner pacnew pacorig pacsave "
        "peers provides reason returncode served served_by served_from state stderr transaction unasked unchanged "
        "unchanged_elsewhere"
    ),
    "pkgsuite.scenario": "Scenario",
}
"""The modules that public names live in, with the names."""

MODULES = {name: module for module, names in HOMES.items() for name in names.split()}

__all__ = sorted(MODULES)


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
