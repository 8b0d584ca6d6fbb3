"""`pkgsuite run`: run scenarios, show progress, write reports."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pkgsuite import events, keep, statedir
from pkgsuite.commands import run_options
from pkgsuite.commands.run_choice import choose
from pkgsuite.commands.run_status import status_of
from pkgsuite.later import later
from pkgsuite.reports import registry
from pkgsuite.reports.console import Console
from pkgsuite.reports.screen import Screen
from pkgsuite.runner import session
from pkgsuite.runner.channel import Channel
from pkgsuite.runner.crew import Crew
from pkgsuite.runner.history import History
from pkgsuite.runner.output import Logs
from pkgsuite.runner.times import read as read_times

if TYPE_CHECKING:
    from pkgsuite import doctor
    from pkgsuite.runner import cluster
else:
    doctor = later("pkgsuite.doctor")
    cluster = later("pkgsuite.runner.cluster")

__all__ = ["add", "main"]

NO_PLACE = "no history is kept: no directory is fit for it; set XDG_STATE_HOME"

Hearer = Callable[[events.Event], object]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "run",
        help="run scenarios and say what came of them",
        description="Run scenarios, or any unittest tests, and say what came of them.",
        epilog=run_options.EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run_options.describe(parser)
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Run and give the exit status."""
    for variable, value in ((keep.MODE, arguments.keep), (keep.DIRECTORY, arguments.keep_dir)):
        if value is not None:
            os.environ[variable] = value
    if any(name.startswith("PKGSUITE_") for name in os.environ):
        doctor.check_settings()
    keep.prepare()
    here = os.getcwd()  # modules of tests may go elsewhere
    with ExitStack() as stack:
        channel = None if arguments.events_fd is None else Channel(arguments.events_fd)
        if channel is not None:
            stack.callback(channel.close)
        place = None if arguments.no_history else statedir.directory()
        times = read_times(arguments.times) if arguments.times else None
        history = History(place, times)
        choice = choose(arguments, history, times)
        notes = [*choice.notes, *([] if place or arguments.no_history else [NO_PLACE])]
        seed = random.randrange(1 << 32) if arguments.seed == -1 else arguments.seed
        elsewhere = cluster_of(arguments, seed, stack)
        jobs = elsewhere.slots if elsewhere else max(1, min(arguments.jobs, len(choice.tests)))
        is_echoed = jobs == 1 and not elsewhere and not arguments.quiet
        reports = stack.enter_context(registry.opened(arguments.report, here))
        screen = Screen(sys.stderr if registry.take_stdout(arguments.report) else sys.stdout)
        console = Console(screen, quiet=arguments.quiet, is_echoed=is_echoed)

        hearers = [console.event, reports.event, *([channel.event] if channel else [])]
        stack.enter_context(screen.shared())
        options = session.Options(
            jobs=jobs,
            failfast=arguments.failfast,
            timeout=arguments.timeout,
            seed=seed,
            memory=history,
            logs=Logs(logs_directory()),
            echo=screen.echo if is_echoed else None,
            tick=console.tick if screen.is_live else None,
            remote=channel,
            shard=str(arguments.shard or ""),
            others=choice.others,
            gather=elsewhere.crew if elsewhere else Crew,
        )
        done = session.run(choice.tests, Audience(history, hearers, notes).hear, options)
    return status_of(done)


def cluster_of(arguments: argparse.Namespace, seed: int | None, stack: ExitStack) -> cluster.Cluster | None:
    """The cluster that is to run the tests, closed with *stack*; None where they are run here."""
    if not arguments.cluster:
        return None
    words = ["--jobs=1", "--no-history", *arguments.names]
    words += [] if arguments.timeout is None else [f"--timeout={arguments.timeout}"]
    words += [] if seed is None else [f"--seed={seed}"]
    found = cluster.Cluster(arguments.cluster, words)
    stack.callback(found.close)
    return found


class Audience:
    """All that hear of a run; *notes*, and what is wrong with the *history*, are told when their time has come."""

    def __init__(self, history: History, hearers: Sequence[Hearer], notes: Sequence[str]) -> None:
        self._history = history
        self._hearers = hearers
        self._notes = notes

    def hear(self, event: events.Event) -> None:
        """Tell one event to all: notes behind the plan, and before the end."""
        self._history.event(event)
        if isinstance(event, events.Done):
            self._tell_notes(())
        self._tell(event)
        if isinstance(event, events.Plan):
            self._tell_notes(self._notes)

    def _tell_notes(self, notes: Sequence[str]) -> None:
        for note in filter(None, [*notes, self._history.take_note()]):
            self._tell(events.Note(note))

    def _tell(self, event: events.Event) -> None:
        for hearer in self._hearers:
            hearer(event)


def logs_directory() -> Path | None:
    """Where this run may write what is too long; it is made when that comes up."""
    place = statedir.directory()
    return place / "logs" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}" if place else None
