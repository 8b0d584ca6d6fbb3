"""`pkgsuite node`: run one node alone, to see how any program gets along with it."""

from __future__ import annotations

import argparse
import math
import signal
import socket
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from pkgsuite.errors import BadValue, SuiteError
from pkgsuite.model.journal import Note, encode
from pkgsuite.nodes import addresses, downloader, faults, tls
from pkgsuite.nodes.content import Tree
from pkgsuite.nodes.downloader import Options
from pkgsuite.nodes.ending import ends_gently
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.loop import Loop
from pkgsuite.nodes.server import Server
from pkgsuite.nodes.tracker import INTERVAL_S, Clerk

__all__ = ["add", "main"]

KB = 1000

OF_A_MIRROR = """\
examples:
  python3 -m pkgsuite node mirror /srv/debian                       serve a directory at a free port
  python3 -m pkgsuite node mirror . --port 8000 --json              a journal of requests as JSON lines
  python3 -m pkgsuite node mirror . --fault 'Status(503, 5)'        every request fails
  python3 -m pkgsuite node mirror . --fault 'Truncated(1000)' '*.deb' 2
                                                                    the first two packages break off
  python3 -m pkgsuite node mirror . --fault 'Latency(0.2)' --fault 'Bandwidth(100000)'
                                                                    a slow mirror
  python3 -m pkgsuite node mirror . --credentials user:password --tls

faults: {faults}
"""

OF_A_TRACKER = """\
examples:
  python3 -m pkgsuite node tracker                                  at a free port
  python3 -m pkgsuite node tracker --port 6969 --interval 60 --cache_dir /var/lib/tracker
  curl 'http://127.0.0.1:6969/scrape'                               who has what
"""

OF_A_DOWNLOADER = """\
examples:
  python3 -m pkgsuite node downloader --apt_port 9988 --force_tracker http://127.0.0.1:6969/announce
  deb http://127.0.0.1:9988/deb.debian.org/debian bookworm main     in sources.list(5), or in apt.conf(5):
  Acquire::http::Proxy "http://127.0.0.1:9988";
  python3 -m pkgsuite node downloader --address 127.0.0.3 --disable_http_downloader 1 --max_upload_rate 100 \\
      --minport 10000 --maxport 10999 --force_tracker http://127.0.0.1:6969/announce --cache_dir /var/cache/downloader

Options with an underscore have DebTorrent's names and meanings. Only files whose SHA-1 sum the index tells
are shared; Debian's own indexes no longer tell it, so of these all comes from the mirror.
"""

Kinds: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add(commands: Kinds) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "node",
        help="run a mirror, a tracker or a downloader alone",
        description="Run one node in the foreground until Ctrl-C.",
    )
    kinds = parser.add_subparsers(title="nodes", metavar="KIND", required=True)
    add_mirror(kinds)
    add_tracker(kinds)
    add_downloader(kinds)


def add_kind(
    kinds: Kinds, name: str, about: str, description: str, epilog: str, run: Callable[[argparse.Namespace], object]
) -> argparse.ArgumentParser:
    """One kind of node, with the options that all have."""
    parser = kinds.add_parser(
        name,
        help=about,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--address", default="127.0.0.1", help="a loopback address (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="each thing that it did as a JSON object in a line")
    parser.set_defaults(main=main, run=run)
    return parser


def add_mirror(kinds: Kinds) -> None:
    """Describe mirrors."""
    mirror = add_kind(
        kinds,
        "mirror",
        "serve a directory over HTTP, with faults on request",
        "Serve a directory over HTTP/1.1 on loopback, and misbehave as told.\nPrints the URL, then each request and "
        "what became of it.",
        OF_A_MIRROR.format(faults=", ".join(faults.FAULTS)),
        run_mirror,
    )
    mirror.add_argument("directory", metavar="DIR", help="what to serve")
    mirror.add_argument("--port", type=int, default=0, help="where to listen (default: a free port)")
    mirror.add_argument("--credentials", metavar="USER:PASSWORD", default="", help="without which nobody gets anything")
    mirror.add_argument("--tls", action="store_true", help=f"speak TLS, by the test authority {tls.AUTHORITY}")
    mirror.add_argument(
        "--fault",
        action="append",
        nargs="+",
        default=[],
        metavar=("FAULT", "PATTERN TIMES"),
        help="what is wrong: for all paths or those that match, for all requests or so many; more than once if wanted",
    )


def add_tracker(kinds: Kinds) -> None:
    """Describe trackers."""
    tracker = add_kind(
        kinds,
        "tracker",
        "tell peers of each other",
        "Answer announces and scrapes over HTTP on loopback (BEP 3, 23, 48).\nPrints the URL, then each announce.",
        OF_A_TRACKER,
        run_tracker,
    )
    tracker.add_argument("--port", type=int, default=0, help="where to listen (default: a free port)")
    often = "how often peers are to announce (%(default)g)"
    tracker.add_argument("--interval", type=float, default=INTERVAL_S, metavar="SECONDS", help=often)
    tracker.add_argument("--cache_dir", default="", metavar="DIR", help="remember there who was in which swarm")
    tracker.add_argument("--log_level", type=int, default=0, metavar="N", help="accepted and not needed: all is told")


def add_downloader(kinds: Kinds) -> None:
    """Describe downloaders."""
    parser = add_kind(
        kinds,
        "downloader",
        "apt's proxy that takes packages from peers",
        "Be apt's proxy on loopback, take packages from peers by BitTorrent and from the mirror at need.\nPrints where "
        "apt and where peers find it, then each file, announce and connection.",
        OF_A_DOWNLOADER,
        run_downloader,
    )
    parser.add_argument("--apt_port", type=int, default=0, metavar="PORT", help="where apt asks (default: a free port)")
    parser.add_argument("--minport", type=int, default=0, metavar="PORT", help="the first port for peers to be tried")
    parser.add_argument("--maxport", type=int, default=0, metavar="PORT", help="the last one (default: a free port)")
    parser.add_argument(
        "--force_tracker", action="append", default=[], metavar="URL", help="a tracker; more than once if wanted"
    )
    parser.add_argument(
        "--disable_http_downloader", type=int, default=0, choices=(0, 1), help="1: files of packages from peers alone"
    )
    for name, ends in (("upload", "to peers"), ("download", "from peers and mirrors")):
        parser.add_argument(f"--max_{name}_rate", type=float, default=0.0, metavar="KB", help=f"kB/s {ends}, 0 for any")
    parser.add_argument(
        "--max_uploads", type=int, default=10, metavar="N", help="peers given to at a time (%(default)s)"
    )
    parser.add_argument("--security", type=int, default=0, choices=(0, 1), help="1: one connection for each address")
    parser.add_argument(
        "--cache_dir", default="", metavar="DIR", help="where files are kept (default: a new directory)"
    )
    parser.add_argument("--download_dir", default="", metavar="DIR", help="another place for packages")
    parser.add_argument("--timeout", type=float, default=10.0, metavar="SECONDS", help="how long others may be silent")
    parser.add_argument("--give_up", type=float, default=20.0, metavar="SECONDS", help="how long peers alone may take")
    parser.add_argument("--log_level", type=int, default=30, metavar="N", help="10 all, 20 troubles, 30 warnings")


def main(arguments: argparse.Namespace) -> int:
    """Run the node until a signal; give the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # a shell lets what runs in the background ignore the first
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    arguments.run(arguments)
    return 0


def journal(arguments: argparse.Namespace) -> Journal:
    """A journal that is printed."""

    def tell(note: Note) -> None:
        print(encode(note) if arguments.json else note, flush=True)

    return Journal(told=tell)


def run_mirror(arguments: argparse.Namespace) -> None:
    """Serve a directory."""
    if not Path(arguments.directory).is_dir():
        raise BadValue("DIR", arguments.directory, "a directory")
    if arguments.credentials and not all(arguments.credentials.partition(":")):
        raise BadValue("--credentials", arguments.credentials, "USER:PASSWORD")
    wrong = [as_fault(words) for words in arguments.fault]
    with addresses.listen(arguments.address, arguments.port) as listener:
        server = Server(listener, Tree(arguments.directory), journal(arguments), credentials=arguments.credentials)
        server.context = tls.context() if arguments.tls else None
        for fault, pattern, times in wrong:
            server.fault(fault, pattern, times)
        address, port = listener.getsockname()
        print(f"http{'s' if arguments.tls else ''}://{address}:{port}/", flush=True)
        server.run()


def as_fault(words: list[str]) -> tuple[faults.Fault, str, int | None]:
    """A fault, its pattern and its times; raises BadValue."""
    text, pattern, times, *more = [*words, "*", "0"] if len(words) == 1 else [*words, "0"] if len(words) == 2 else words
    if more or not times.isdigit():
        raise BadValue("--fault", " ".join(words), "FAULT [PATTERN [TIMES]]")
    return faults.parse(text), pattern, int(times) or None


def run_tracker(arguments: argparse.Namespace) -> None:
    """Answer announces."""
    if not 0 < arguments.interval <= 86400:
        raise BadValue("--interval", arguments.interval, "seconds above 0, a day at most")
    if arguments.cache_dir and not Path(arguments.cache_dir).is_dir():
        raise BadValue("--cache_dir", arguments.cache_dir, "a directory")
    with addresses.listen(arguments.address, arguments.port) as listener:
        address, port = listener.getsockname()
        url = f"http://{address}:{port}/announce"
        clerk = Clerk(arguments.interval, journal(arguments), url, arguments.cache_dir)
        print(url, flush=True)
        with ends_gently(clerk.save):
            Loop({listener: clerk.serve}).run()


def run_downloader(arguments: argparse.Namespace) -> None:
    """Be apt's proxy."""
    least, most = arguments.minport, arguments.maxport
    if most and (not least or most < least):
        raise BadValue("--maxport", most, f"a port from --minport={least} on, or 0 for that port alone")
    with tempfile.TemporaryDirectory(prefix="pkgsuite-downloader-") as place:
        options = Options(
            arguments.cache_dir or place,
            tuple(arguments.force_tracker),
            http=not arguments.disable_http_downloader,
            upload_bytes_per_s=bytes_of("--max_upload_rate", arguments.max_upload_rate),
            download_bytes_per_s=bytes_of("--max_download_rate", arguments.max_download_rate),
            most_uploads=arguments.max_uploads,
            timeout_s=arguments.timeout,
            give_up_s=arguments.give_up,
            download_dir=arguments.download_dir,
            security=bool(arguments.security),
            log_level=arguments.log_level,
        )
        ports = range(least, (most or least) + 1)
        with (
            addresses.listen(arguments.address, arguments.apt_port) as apt,
            first_of(arguments.address, ports) as peers,
        ):
            print("http://{}:{}".format(*apt.getsockname()), flush=True)
            print("peers at {}:{}".format(*peers.getsockname()), flush=True)
            downloader.live(options, apt, peers, journal(arguments))


def bytes_of(option: str, rate: float) -> int:
    """Bytes per second for a rate in kB/s; raises BadValue for what is no number."""
    if not math.isfinite(rate):
        raise BadValue(option, rate, "kB/s, or 0 for any")
    return int(rate * KB)


def first_of(address: str, ports: Sequence[int]) -> socket.socket:
    """A socket that listens at the first of *ports* that is free; raises SuiteError."""
    for port in ports[:-1]:
        try:
            return addresses.listen(address, port)
        except SuiteError:
            continue
    return addresses.listen(address, ports[-1])
