"""The arrows between modules point down: what may import what, checked over every import."""

from __future__ import annotations

import ast
import graphlib
import unittest
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.checkout import TOP, needs_checkout

LAYERS = {
    "errors": "",
    "values": "",
    "version": "",
    "later": "",
    "statedir": "",
    "links": "",
    "model": "errors links values",
    "events": "errors values",
    "cache": "later system",
    "signing": "formats model cache system",
    "workshop": "errors formats managers signing system",
    "keep": "errors later system values",
    "system": "errors later links values",
    "formats": "errors model values",
    "rules": "errors model values",
    "managers": "errors model formats values",
    "nodes": "errors model formats system values",
    "mirroring": "errors model managers nodes",
    "snapshot": "errors model",
    "fork": "errors events system",
    "telling": "events later model system",
    "beside": "system",
    "machine": "errors model managers system snapshot telling beside values",
    "queue": "errors model machine values",
    "indexer": "errors formats values",
    "story": "errors model keep",
    "variants": "errors managers",
    "trial": "errors events managers system fork cache keep variants",
    "judging": "errors model events machine rules keep story trial telling",
    "linking": "errors events machine system judging",
    "hosting": "errors model managers machine nodes system workshop mirroring linking",
    "programs": "formats nodes hosting",
    "swarm": "errors machine nodes rules hosting",
    "stand_ins": "formats nodes programs swarm",
    "scenario": "errors model managers machine nodes system workshop mirroring queue story swarm stand_ins",
    "dialects": "errors later model events formats managers rules machine judging story variants nodes scenario "
    "workshop values",
    "runner": "errors events system version values",
    "reports": "errors events values",
    "doctor": "errors events managers system version values",
    "mutants": "errors events managers values",
    "reopen": "errors keep managers system values",
    "commands": "errors later statedir events model cache keep system doctor mutants reopen runner reports dialects "
    "machine managers nodes values",
    "cli": "errors version commands reports",
    "__main__": "cli",
    "pkgsuite": "errors linking model scenario rules managers machine nodes",
    "gui": "errors events",
    "testcases": "pkgsuite rules",
}
"""What each module or package of pkgsuite may import of pkgsuite besides itself; `pkgsuite` is the root package."""

MOVED = ("gui", "testcases")
"""Folders that lie elsewhere once installed, so that they import their own modules relatively."""

FOLDERS = ("pkgsuite", *MOVED)

NEVER_IMPORTED = ("tests", "benchmarks")


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a module imports, absolute; *is_hidden* tells that it does so in a function."""

    line: int
    target: str
    is_hidden: bool
    is_relative: bool


def imports(module: str, source: str, *, is_package: bool = False) -> Iterator[Import]:
    """Everything that *source*, the text of *module*, imports."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    hidden = {node for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            above, is_relative = "", False
        elif isinstance(node, ast.ImportFrom):
            above, is_relative = source_of(node, module, is_package=is_package) + ".", node.level > 0
        else:
            continue
        for alias in node.names:
            yield Import(node.lineno, above + alias.name, node in hidden, is_relative)


def source_of(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    """The module that a `from … import` of *module* imports from, absolute."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + is_package]
    return ".".join([*kept, *filter(None, [node.module])])


def layer_of(name: str) -> str:
    """The row of LAYERS for what is imported as *name*; what is no module of pkgsuite comes from its root."""
    first, *rest = name.split(".")
    return rest[0] if first == "pkgsuite" and rest and rest[0] in LAYERS else first


def broken_arrows(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """What is wrong with the imports of *module*, a sentence each."""
    layer = layer_of(module)
    if layer == "pkgsuite" != module:
        return [f"{module} has no row in LAYERS"]
    return [
        f"{module}:{each.line} imports {each.target}: {trouble}"
        for each in imports(module, source, is_package=is_package)
        if (trouble := trouble_with(each, layer))
    ]


def trouble_with(each: Import, layer: str) -> str:
    """What is wrong with an import in *layer*, or nothing."""
    top, target = each.target.partition(".")[0], layer_of(each.target)
    if top not in FOLDERS + NEVER_IMPORTED:
        return ""
    if each.is_hidden:
        return "it is hidden in a function"
    if target == layer:
        return "its own modules are imported relatively" if layer in MOVED and not each.is_relative else ""
    if target in LAYERS[layer].split():
        return ""
    if target == "pkgsuite":
        return "modules are imported, never the root package"
    return f"{layer} may import {LAYERS[layer] or 'nothing of ours'}"


def sources() -> Iterator[tuple[str, str, bool]]:
    """Every module in the folders: its name, its text, and whether it is a package."""
    for path in (path for folder in FOLDERS for path in sorted((TOP / folder).rglob("*.py"))):
        parts = path.relative_to(TOP).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        yield ".".join(parts[:-1] if is_package else parts), path.read_text(encoding="utf-8"), is_package


def circle(modules: Mapping[str, Iterable[Import]]) -> str:
    """The first circle of imports among *modules*, in words, or nothing."""
    graph = {
        name: {found for each in imported if (found := module_of(each.target, modules)) != name}
        for name, imported in modules.items()
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return " imports ".join(reversed(error.args[1]))
    return ""


def module_of(name: str, modules: Container[str]) -> str:
    """The module that *name* is or lies in; nothing where it is none of *modules*."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


@needs_checkout
class LayersTest(unittest.TestCase):
    def test_every_import_points_down(self):
        for name, text, is_package in sources():
            with self.subTest(name):
                self.assertEqual([], broken_arrows(name, text, is_package=is_package))

    def test_no_imports_go_round(self):
        modules = {name: tuple(imports(name, text, is_package=is_package)) for name, text, is_package in sources()}

        self.assertEqual("", circle(modules))

    def test_no_rows_of_the_table_go_round(self):
        graphlib.TopologicalSorter({layer: below.split() for layer, below in LAYERS.items()}).prepare()

    def test_every_layer_may_import_only_layers(self):
        self.assertLessEqual({name for below in LAYERS.values() for name in below.split()}, set(LAYERS))


class CheckerTest(unittest.TestCase):
    """What the check lets pass, and what it says of the rest."""

    def test_it_names_the_module_the_line_the_import_and_what_may_be(self):
        self.assertEqual(
            ["pkgsuite.formats.tar:2 imports pkgsuite.system.world: formats may import errors model values"],
            broken_arrows("pkgsuite.formats.tar", "import os\nfrom pkgsuite.system import world\n"),
        )

    def test_it_catches_every_form_of_a_bad_import(self):
        for module, text, trouble in (
            ("pkgsuite.errors", "import pkgsuite.model", "errors may import nothing of ours"),
            ("pkgsuite.rules.base", "from ..system.world import World", "rules may import errors model values"),
            ("pkgsuite.rules.base", "from pkgsuite import Scenario", "modules are imported, never the root package"),
            ("pkgsuite.rules.base", "import pkgsuite", "modules are imported, never the root package"),
            ("pkgsuite.rules.base", "def f():\n from pkgsuite import errors", "it is hidden in a function"),
            ("pkgsuite.runner.pool", "from gui import state", "runner may import errors events system version values"),
            ("pkgsuite.runner.pool", "import tests.tally", "runner may import errors events system version values"),
            ("gui.window", "from gui import state", "its own modules are imported relatively"),
            ("gui.window", "from pkgsuite.gui import state", "its own modules are imported relatively"),
            ("gui.window", "from pkgsuite.runner import pool", "gui may import errors events"),
            ("testcases.apt.test_a", "from pkgsuite.machine import Machine", "testcases may import pkgsuite rules"),
        ):
            with self.subTest(f"{module}: {text}"):
                self.assertEqual([trouble], [told.partition(": ")[2] for told in broken_arrows(module, text)])

    def test_it_lets_good_imports_pass(self):
        for module, text in {
            "pkgsuite.formats.deb": "from pkgsuite.errors import BadArchive\nfrom pkgsuite.formats import tar",
            "pkgsuite.runner.cluster": "def f():\n import distributed\n import json",
            "gui.window": "import tkinter\nfrom . import state\nfrom pkgsuite import events",
            "testcases.apt.test_a": "from pkgsuite import Scenario, apt\nfrom ..common.samples import SAMPLE",
        }.items():
            with self.subTest(module):
                self.assertEqual([], broken_arrows(module, text))

    def test_it_asks_for_a_row_for_a_new_module(self):
        self.assertEqual(["pkgsuite.helpers has no row in LAYERS"], broken_arrows("pkgsuite.helpers", ""))

    def test_it_shows_the_way_round(self):
        modules = {name: tuple(imports(name, text)) for name, text in {"a": "import b.x", "b": "import a"}.items()}

        self.assertIn(circle(modules), ("a imports b imports a", "b imports a imports b"))

    def test_relative_imports_of_a_package_count_from_itself(self):
        self.assertEqual(
            ["gui.state.State"], [each.target for each in imports("gui", "from .state import State", is_package=True)]
        )
