"""All about one test as JSON, from which the page draws it when it is opened."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from typing import Any

from pkgsuite import events
from pkgsuite.reports.gathering import Attempt, Curve, Test
from pkgsuite.reports.html.comparing import compare
from pkgsuite.reports.readable import readable

__all__ = ["as_json", "judged", "of_test"]

MOST_PROCESSES = 40

Record = dict[str, Any]


def as_json(value: object) -> str:
    """*value* as JSON that may stand in an element `script`: plain ASCII without `<`, `>` and `&`."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def of_test(test: Test) -> Record:
    """All about *test*; texts are readable, times count from the start of their attempt."""
    planned = test.planned or events.Planned(test.id)
    record: Record = cleaned(
        {
            "id": test.id,
            "group": test.group,
            "name": test.name,
            "state": test.state,
            "description": test.description,
            "file": planned.file,
            "line": planned.line,
            "tags": planned.tags,
            "usual_s": planned.expected_s,
            "past": test.past,
            "is_flaky": test.is_flaky,
            "is_new": test.is_new,
            "again": f"python3 -m pkgsuite run {shlex.quote(test.id)}",
            "attempts": [of_attempt(attempt) for attempt in test.attempts],
        }
    )
    return record


def of_attempt(attempt: Attempt) -> Record:
    """One attempt, from its result to what it wrote."""
    result = attempt.result
    output = attempt.output
    return {
        "state": attempt.state,
        "is_flaky": attempt.is_flaky,
        "seconds": result.seconds if result else None,
        "at": attempt.at,
        "worker": attempt.worker,
        "reason": result.reason if result else "",
        "details": result.details if result else "",
        "rules": [*map(of_rule, attempt.rules), *({"rule": r, "machine": m} for m, r in attempt.pending())],
        "commands": [of_command(number, each, attempt.at) for number, each in sorted(attempt.commands.items())],
        "waiting": waiting(attempt),
        "nodes": list(of_nodes(attempt)),
        "changes": [
            {"machine": each.machine, "created": each.created, "modified": each.modified, "deleted": each.deleted}
            for each in attempt.changes
        ],
        "curves": [of_curve(source, curve, attempt.at) for source, curve in attempt.curves.items()],
        "logs": [{"source": source, "text": text} for source, text in attempt.logs.items()],
        "output": {"text": output.text, "log": output.log, "size": output.size_bytes} if output else None,
        "kept": [{"machine": each.machine, "path": each.path} for each in attempt.kept],
        "notes": attempt.notes,
        "left_out": [f"{count:,} {name}" for name, count in attempt.left_out.items() if count],
    }


def of_rule(rule: events.Rule) -> Record:
    """A rule that was judged; what is broken has the lines to show."""
    record: Record = {"rule": rule.rule, "machine": rule.machine, "held": rule.held}
    record |= {"expected": rule.expected, "seen": rule.seen}
    return record | ({} if rule.held else {"lines": judged(rule)})


def judged(rule: events.Rule) -> list[tuple[str, str]]:
    """What a broken rule expected beside what was seen."""
    return compare(readable(rule.expected), readable(rule.seen))


def of_command(number: int, command: events.Command | events.Launched, start: float) -> Record:
    """A command that has ended, or one that has not."""
    record: Record = {"number": number, "machine": command.machine, "command": command.command}
    record |= {"line": shlex.join(command.argv), "at": since(command.at, start)}
    if isinstance(command, events.Launched):
        return record
    return record | {
        "status": command.status,
        "is_zero": command.returncode == 0,
        "seconds": command.seconds,
        "cpu_s": command.user_s + command.system_s,
        "peak": command.peak_rss_bytes,
        "output": command.output,
        "log": command.log,
    }


def waiting(attempt: Attempt) -> list[str]:
    """Commands that were in a queue when the test ended, and never began."""
    queued = [f"{queue.machine}$ {command}" for queue in attempt.queues for command in queue.commands]
    for command in attempt.commands.values():
        line = f"{command.machine}$ {command.command}"
        if line in queued:
            queued.remove(line)
    return queued


def of_nodes(attempt: Attempt) -> Iterator[Record]:
    """Each life of each node: when it started and ended, as far as that is known."""
    alive: dict[str, Record] = {}
    for event in attempt.nodes:
        if event.state == "started":
            alive[event.node] = {"node": event.node, "kind": event.kind, "url": event.url, "log": event.log}
            alive[event.node] |= {"from": since(event.at, attempt.at), "to": None}
            yield alive[event.node]
        elif event.node in alive:
            alive.pop(event.node).update(to=since(event.at, attempt.at), log=event.log, url=event.url)


def of_curve(source: str, curve: Curve, start: float) -> Record:
    """CPU in percent of one core between the samples, and memory at each of them."""
    before = (start or (curve.samples[0].at if curve.samples else 0.0), 0.0)
    shares = []
    for sample in curve.samples:
        passed = sample.at - before[0]
        shares.append(round(100 * max(0.0, sample.cpu_s - before[1]) / passed, 1) if passed > 0 else 0.0)
        before = (sample.at, sample.cpu_s)
    return {
        "source": source,
        "at": [since(sample.at, start) for sample in curve.samples],
        "cpu": shares,
        "rss": [sample.rss_bytes for sample in curve.samples],
        "processes": [
            {"pid": each.pid, "parent": each.parent, "name": each.name, "cpu_s": each.cpu_s, "rss": each.rss_bytes}
            for each in (curve.samples[-1].processes[:MOST_PROCESSES] if curve.samples else ())
        ],
    }


def since(at: float, start: float) -> float | None:
    """Seconds from *start* to *at*, where both are known."""
    return round(max(0.0, at - start), 4) if at and start else None


def cleaned(value: Any, clean: Callable[[str], str] = readable) -> Any:
    """*value* with every text in it made readable."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: cleaned(each, clean) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [cleaned(each, clean) for each in value]
    return value
