"""Call a function in a world from a plain test, and get its answer back."""

from __future__ import annotations

import json
import os
import traceback
import unittest
from collections.abc import Callable
from typing import Any

from pkgsuite.system.ladder import Isolation, the_world


def answer_of(function: Callable[[], Any], world: Isolation | None = None) -> Any:
    """What *function* returns when a joined child calls it, by way of JSON; its exception fails the test."""
    world = world or the_world()
    reader, writer = os.pipe()
    pid = world.fork()
    if pid == 0:
        try:
            told = {"answer": function()}
        except BaseException:
            told = {"error": traceback.format_exc()}
        os.write(writer, json.dumps(told).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    told = json.loads(text)
    if "error" in told:
        raise unittest.TestCase.failureException(told["error"])
    return told["answer"]
