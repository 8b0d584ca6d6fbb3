"""Whether this machine can talk to itself; in a new network namespace it cannot until lo is up."""

from __future__ import annotations

import socket
import unittest
import urllib.request
from http.client import HTTPResponse

__all__ = ["NO_LOOPBACK", "has_loopback", "setUpModule", "urlopen"]

NO_LOOPBACK = "the loopback interface is down (ip link set lo up)"


def has_loopback() -> bool:
    """Whether 127.0.0.1 can be reached."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("127.0.0.1", 9))
    except OSError:
        return False
    return True


def setUpModule() -> None:
    """Skip a module that serves on the host's loopback where there is none."""
    if not has_loopback():
        raise unittest.SkipTest(NO_LOOPBACK)


def urlopen(url: str) -> HTTPResponse:
    """The answer to a request for what is on this machine, so that no proxy is asked; builds of packages name one."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    answer: HTTPResponse = opener.open(url, timeout=60)
    return answer
