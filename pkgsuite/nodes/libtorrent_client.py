"""A BitTorrent client on libtorrent, run as a script by whichever Python has that: shares files until a signal."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

SETTINGS: dict[str, Any] = {
    "active_downloads": -1,
    "active_limit": 10_000,
    "active_seeds": -1,
    "allow_multiple_connections_per_ip": True,
    "alert_mask": 0x1 | 0x40,
    "close_redundant_connections": False,
    "enable_dht": False,
    "enable_incoming_utp": False,
    "enable_lsd": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": False,
    "enable_upnp": False,
    "min_reconnect_time": 1,
    "ssrf_mitigation": False,
    "validate_https_trackers": False,
}
"""What a closed network of few machines needs; the mask is errors and states.

By itself it goes for three torrents at a time, even if nobody has those; tries peers over UDP first for four seconds;
and hangs up on a peer that it has met without the only piece of a torrent, at the moment when that has it.
"""


def main(path: str) -> int:
    """Share what the JSON file at *path* says."""
    import libtorrent  # type: ignore[import-not-found,unused-ignore]

    with open(path, encoding="utf-8") as file:
        told = json.load(file)
    more = {"listen_interfaces": told["listen"], "outgoing_interfaces": told["listen"].rpartition(":")[0]}
    session = libtorrent.session({**SETTINGS, **more, "upload_rate_limit": told["upload_rate_limit"]})
    torrents = [
        session.add_torrent({"ti": libtorrent.torrent_info(name), "save_path": told["directory"]})
        for name in told["torrents"]
    ]
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    while signal.sigtimedwait((signal.SIGINT, signal.SIGTERM), 0.2) is None:
        for alert in session.pop_alerts():
            print(alert.message(), flush=True)
        tell(told["taken"], sum(each.status().total_payload_download for each in torrents))
    return 0


def tell(path: str, taken: int) -> None:
    """Let the file at *path* hold how many bytes of pieces were taken; who reads it never sees half of a number."""
    with open(f"{path}.new", "w", encoding="ascii") as file:
        file.write(str(taken))
    os.replace(f"{path}.new", path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
