"""A headless Chromium, driven by the WebDriver protocol (W3C) with nothing but the standard library."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pkgsuite.system.wait import wait_until

__all__ = ["DOWN", "ENTER", "ESCAPE", "Browser", "needs_chromium", "opened"]

ENTER, ESCAPE, DOWN = "\ue007", "\ue00c", "\ue015"
"""Keys by their WebDriver names."""

TIMEOUT = 120
"""Seconds for anything a browser does; only a machine that hangs needs them."""

OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

PROGRAMS = [shutil.which(name) for name in ("chromium", "chromedriver")]

needs_chromium = unittest.skipUnless(
    all(PROGRAMS), "no chromium with its driver; get it with: apt-get install chromium chromium-driver"
)


class Browser:
    """One window of a browser."""

    def __init__(self, address: str) -> None:
        self._address = address

    def call(self, method: str, path: str, **values: Any) -> Any:
        """Call the driver, and give what it answers; raises AssertionError with what it complains of."""
        request = urllib.request.Request(
            self._address + path,
            json.dumps(values).encode() if method == "POST" else None,
            {"Content-Type": "application/json"},
            method=method,
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=TIMEOUT) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {json.load(error)['value']['message']}") from error

    def open(self, path: Path, fragment: str = "") -> None:
        """Load a file anew."""
        self.call("POST", "/url", url="about:blank")
        self.call("POST", "/url", url=path.as_uri() + fragment)

    def run(self, script: str, *arguments: Any) -> Any:
        """What the body of a function returns in the page."""
        return self.call("POST", "/execute/sync", script=script, args=list(arguments))

    def count(self, selector: str) -> int:
        """How many elements that *selector* finds are there to be seen."""
        script = "return [...document.querySelectorAll(arguments[0])].filter((each) => each.checkVisibility()).length"
        return int(self.run(script, selector))

    def text(self, selector: str) -> str:
        """What can be read in the first element that *selector* finds."""
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    def click(self, selector: str) -> None:
        """Click, as a mouse would, on what *selector* finds."""
        found = self.call("POST", "/element", using="css selector", value=selector)
        self.call("POST", f"/element/{next(iter(found.values()))}/click")

    def type(self, text: str) -> None:
        """Press the keys of *text* wherever the focus is."""
        keys = [{"type": kind, "value": each} for each in text for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", actions=[{"type": "key", "id": "keyboard", "actions": keys}])

    def wait_for(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something that the page does is done."""
        wait_until(holds, timeout=TIMEOUT, what=what)

    def develop(self, command: str, **values: Any) -> Any:
        """Call the protocol of the developers' tools."""
        return self.call("POST", "/goog/cdp/execute", cmd=command, params=values)

    def emulate(self, *, dark: bool = False, medium: str = "") -> None:
        """Take a system for dark, or the window for paper."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.develop("Emulation.setEmulatedMedia", media=medium, features=features)

    def resize(self, width: int, height: int) -> None:
        """Give the page a window of this size in pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.develop("Emulation.setDeviceMetricsOverride", **size)

    def set_scripts(self, *, enabled: bool) -> None:
        """Run scripts in pages that are loaded from now on, or not."""
        self.develop("Emulation.setScriptExecutionDisabled", value=not enabled)

    def complaints(self) -> list[str]:
        """What the browser had to say about the page since it was asked last: errors, refused loads."""
        return [entry["message"] for entry in self.call("POST", "/se/log", type="browser")]

    def picture(self) -> bytes:
        """A PNG of the window."""
        return base64.b64decode(self.call("GET", "/screenshot"))

    def paper(self) -> bytes:
        """A PDF of the page as it is printed."""
        return base64.b64decode(self.call("POST", "/print"))


@contextlib.contextmanager
def opened() -> Iterator[Browser]:
    """A browser with a profile of its own, which is gone with all its processes when the block ends."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, driver(home) as address:
        options = {"args": [*OPTIONS, f"--user-data-dir={home}/profile"], "binary": PROGRAMS[0]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = Browser(address).call("POST", "/session", capabilities={"alwaysMatch": wanted})
        browser = Browser(f"{address}/session/{session['sessionId']}")
        try:
            yield browser
        finally:
            browser.call("DELETE", "")


@contextlib.contextmanager
def driver(home: str) -> Iterator[str]:
    """The address of a driver that runs until the block ends."""
    log = Path(home, "driver.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(PROGRAMS[1]), "--port=0"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home},
            start_new_session=True,
        )
    try:
        wait_until(lambda: port(log) or process.poll() is not None, timeout=TIMEOUT, what="chromedriver says its port")
        if not port(log):
            raise AssertionError(f"chromedriver did not start:\n{log.read_text()}")
        yield f"http://127.0.0.1:{port(log)}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def port(log: Path) -> str:
    """The port that a driver says it listens on, or nothing yet."""
    found = re.search(r"successfully on port (\d+)\.", log.read_text())
    return found[1] if found else ""
