"""What events tell of one scenario while it runs: each changes its record and names what is to be shown anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from pkgsuite import events

from .scenario import PENDING, Bar, Peer, Scenario

__all__ = ["HEAD", "KINDS", "LOG", "NODES", "RULES", "TIMELINE", "Told", "finish", "take"]

HEAD, RULES, TIMELINE, LOG, NODES = "head", "rules", "timeline", "log", "nodes"
"""The parts of the window that show one scenario."""

Told: TypeAlias = (
    "events.Queue | events.Launched | events.Command | events.Judging | events.Rule | events.Changed | events.Kept | "
    "events.Node | events.Usage | events.Log | events.Output"
)

TEST_ITSELF = "test"
"""Who speaks in the log where no machine and no node does."""


def take(scenario: Scenario, event: Told) -> tuple[str, ...]:
    """Write *event* into the record of its scenario; gives the parts that changed."""
    return TELLERS[type(event)](scenario, event)


def of_queue(scenario: Scenario, event: events.Queue) -> tuple[str, ...]:
    """Commands wait."""
    scenario.peer(event.machine).waiting += len(event.commands)
    return (TIMELINE,)


def of_launched(scenario: Scenario, event: events.Launched) -> tuple[str, ...]:
    """A command begins."""
    at = scenario.at(event.at)
    peer = born(scenario, event.machine, at)
    peer.waiting = max(0, peer.waiting - 1)
    scenario.bars.append(Bar(event.number, event.machine, event.command, event.argv, event.at or at))
    return (TIMELINE, NODES)


def of_command(scenario: Scenario, event: events.Command) -> tuple[str, ...]:
    """A command has ended; it may be that nobody told when it began."""
    begun = event.at or max(scenario.started_at, scenario.last_at - event.seconds)
    scenario.at(begun + event.seconds)
    born(scenario, event.machine, begun)
    bar = scenario.bar(event.number, event.machine)
    if bar is None:
        bar = Bar(event.number, event.machine, event.command, event.argv, begun)
        scenario.bars.append(bar)
    bar.seconds, bar.status, bar.returncode = event.seconds, event.status, event.returncode
    bar.peak_rss_bytes = event.peak_rss_bytes
    if (event.machine, bar.number) not in scenario.heard:
        scenario.log.add(event.machine, f"$ {event.command}\n{whole(event.output)}")
    if event.returncode:
        scenario.log.add(event.machine, f"[{event.status or f'exit status {event.returncode}'}]\n")
    return (TIMELINE, LOG, NODES)


def of_judging(scenario: Scenario, event: events.Judging) -> tuple[str, ...]:
    """Rules will be judged."""
    for rule in event.rules:
        scenario.expect(event.machine, rule)
    return (HEAD, RULES)


def of_rule(scenario: Scenario, event: events.Rule) -> tuple[str, ...]:
    """A rule was judged."""
    scenario.judge(event)
    return (HEAD, RULES, TIMELINE)


def of_changed(scenario: Scenario, event: events.Changed) -> tuple[str, ...]:
    """Files of a machine have changed."""
    scenario.changed[event.machine] = event
    return (RULES,)


def of_kept(scenario: Scenario, event: events.Kept) -> tuple[str, ...]:
    """A sandbox was kept."""
    scenario.kept[event.machine] = event.path
    return (HEAD,)


def of_node(scenario: Scenario, event: events.Node) -> tuple[str, ...]:
    """A node has started or ended."""
    at = scenario.at(event.at)
    peer = scenario.peer(event.node, event.kind)
    peer.kind, peer.url, peer.state = event.kind, event.url or peer.url, event.state
    if event.state == "started":
        peer.started_at, peer.ended_at = event.at or at, 0.0
    else:
        peer.ended_at = event.at or at
    if event.log and event.node not in scenario.log.sources():
        scenario.log.add(event.node, whole(event.log))
    return (HEAD, TIMELINE, LOG, NODES)


def of_usage(scenario: Scenario, event: events.Usage) -> tuple[str, ...]:
    """A sample of what the processes of a machine or node use."""
    born(scenario, event.source, scenario.at(event.at)).take(event)
    return (TIMELINE, NODES)


def of_log(scenario: Scenario, event: events.Log) -> tuple[str, ...]:
    """Somebody has said something; the first words of a command stand below the command."""
    scenario.at(event.at)
    running = scenario.bar(0, event.source)
    if running is not None and (event.source, running.number) not in scenario.heard:
        scenario.heard.add((event.source, running.number))
        scenario.log.add(event.source, f"$ {running.command}\n")
    scenario.log.add(event.source, event.text)
    return (LOG,)


def of_output(scenario: Scenario, event: events.Output) -> tuple[str, ...]:
    """The test itself has written something."""
    scenario.log.add(TEST_ITSELF, whole(event.text))
    return (LOG,)


TELLERS: dict[type[Any], Callable[[Scenario, Any], tuple[str, ...]]] = {
    events.Queue: of_queue,
    events.Launched: of_launched,
    events.Command: of_command,
    events.Judging: of_judging,
    events.Rule: of_rule,
    events.Changed: of_changed,
    events.Kept: of_kept,
    events.Node: of_node,
    events.Usage: of_usage,
    events.Log: of_log,
    events.Output: of_output,
}

KINDS = tuple(TELLERS)


def finish(scenario: Scenario, at: float) -> None:
    """Nothing of the scenario goes on: close its log, its commands and its nodes; forget rules that came to nothing."""
    scenario.log.end()
    scenario.claims = [claim for claim in scenario.claims if claim.state != PENDING or claim.machine]
    for bar in scenario.bars:
        if bar.seconds is None:
            bar.seconds, bar.status, bar.returncode = max(0.0, at - bar.at), "did not end", -1
    for peer in scenario.peers.values():
        peer.ended_at, peer.waiting = peer.ended_at or at, 0


def born(scenario: Scenario, name: str, at: float) -> Peer:
    """The machine or node of that name, which lives from when it is first heard of."""
    peer = scenario.peer(name)
    peer.started_at = peer.started_at or at
    return peer


def whole(text: str) -> str:
    """*text* as whole lines."""
    return text if text.endswith("\n") or not text else f"{text}\n"
