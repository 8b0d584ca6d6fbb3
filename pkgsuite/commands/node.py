"""`pkgsuite node`: run one node alone, to see how any program gets along with it."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

from pkgsuite.errors import BadValue
from pkgsuite.model.journal import Note, encode
from pkgsuite.nodes import addresses, faults, tls
from pkgsuite.nodes.content import Tree
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.server import Server

__all__ = ["add", "main"]

EXAMPLES = """\
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


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "node", help="run a mirror alone", description="Run one node in the foreground until Ctrl-C."
    )
    kinds = parser.add_subparsers(title="nodes", metavar="KIND", required=True)
    mirror = kinds.add_parser(
        "mirror",
        help="serve a directory over HTTP, with faults on request",
        description="Serve a directory over HTTP/1.1 on loopback, and misbehave as told. Prints the URL, then each "
        "request and what became of it.",
        epilog=EXAMPLES.format(faults=", ".join(faults.FAULTS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mirror.add_argument("directory", metavar="DIR", help="what to serve")
    mirror.add_argument("--address", default="127.0.0.1", help="a loopback address (default: %(default)s)")
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
    mirror.add_argument("--json", action="store_true", help="each request as a JSON object in a line")
    mirror.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Serve until a signal; give the exit status."""
    if not Path(arguments.directory).is_dir():
        raise BadValue("DIR", arguments.directory, "a directory")

    def tell(note: Note) -> None:
        print(encode(note) if arguments.json else note, flush=True)

    wrong = [as_fault(words) for words in arguments.fault]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with addresses.listen(arguments.address, arguments.port) as listener:
        server = Server(listener, Tree(arguments.directory), Journal(told=tell), credentials=arguments.credentials)
        server.context = tls.context() if arguments.tls else None
        for fault, pattern, times in wrong:
            server.fault(fault, pattern, times)
        address, port = listener.getsockname()
        print(f"http{'s' if arguments.tls else ''}://{address}:{port}/", flush=True)
        server.run()
    return 0


def as_fault(words: list[str]) -> tuple[faults.Fault, str, int | None]:
    """A fault, its pattern and its times; raises BadValue."""
    text, pattern, times, *more = [*words, "*", "0"] if len(words) == 1 else [*words, "0"] if len(words) == 2 else words
    if more or not times.isdigit():
        raise BadValue("--fault", " ".join(words), "FAULT [PATTERN [TIMES]]")
    return faults.parse(text), pattern, int(times) or None
