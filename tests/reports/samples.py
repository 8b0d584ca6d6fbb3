"""Runs made up of events as real ones tell them, with as many tests as wanted and every kind of end."""

from __future__ import annotations

import random
from collections.abc import Iterator

from pkgsuite import events

__all__ = ["BEGAN", "HOSTILE", "run"]

BEGAN = 1_790_000_000.0

HOSTILE = (
    "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>&amp;\"'\x00\x1b[31m\udcff\u202e]]>"
)
"""Text that is up to no good in HTML, XML, JSON and terminals."""

MODULES = (
    "testcases.pacman.test_install",
    "testcases.pacman.test_upgrade",
    "testcases.pacman.test_signatures",
    "testcases.apt.test_install",
    "testcases.apt.test_repository",
    "testcases.swarm.test_download",
    "testcases.common.test_conflicts",
)

OUTCOMES = ("passed",) * 180 + ("failed",) * 6 + ("error",) * 2 + ("skipped",) * 8 + ("xfailed",) * 2
OUTCOMES += ("xpassed", "crashed")

WORDS = ("provider", "choice", "file", "conflict", "needed", "reinstall", "held", "package", "expired", "key", "hash")

REASONS = {
    "failed": "2 of 6 rules are broken: PKG_VERSION=dummy|1.0-2",
    "error": "SuiteError: no package called dumy in any repository; there are dummy, other",
    "skipped": "no pacman on PATH; install it or set PKGSUITE_PACMAN",
    "xfailed": "expected to fail",
    "xpassed": "expected to fail, and passed",
    "crashed": "its process was ended by SIGSEGV",
}

OUTPUT = """\
:: Synchronizing package databases...
 core                  \x1b[1m1204 B\x1b[0m   118 KiB/s 00:00 [################] 100%
resolving dependencies...
looking for conflicting packages...
error: failed to prepare transaction (could not satisfy dependencies)
:: installing dummy (1.0-2) breaks dependency 'dummy=1.0-1' required by other
"""

TRACEBACK = """\
Traceback (most recent call last):
  File "/src/testcases/pacman/test_upgrade.py", line 31, in test_upgrade
    self.check(installed("dummy", "1.0-2"), unchanged("etc/dummy.conf"))
pkgsuite.errors.RuleBroken: 2 of 6 rules are broken
"""

RULES = (
    ("RETCODE=0", "exit status 0", "exit status 0", "exit status 1"),
    ("PKG_EXIST=dummy", "dummy installed", "dummy 1.0-2", "dummy 1.0-1"),
    ("PKG_VERSION=dummy|1.0-2", "version 1.0-2", "version 1.0-2", "version 1.0-1"),
    ("FILE_EXIST=etc/dummy.conf", "a file etc/dummy.conf", "a file of 7 bytes", "nothing"),
    ("SERVED=core.db|1", "core.db served once", "1 time", "3 times"),
)

DIFFERENCE = (
    "peer-a  started\npeer-a  announced\npeer-b  re-announced after restart\npeer-a  completed\npeer-b  completed",
    "peer-a  started\npeer-a  announced\npeer-b  connection refused, gave up after 3 tries\npeer-a  completed",
)


def run(
    count: int = 40, *, jobs: int = 2, seed: int = 7, hostile: bool = True, done: bool = True
) -> Iterator[events.Event]:
    """The events of a run of *count* tests; the same every time."""
    dice = random.Random(seed)
    ids = [test_id(dice, number) for number in range(count)]
    if hostile and ids:
        ids[-1] = f"testcases.odd.test_hostile.Odd.test_{HOSTILE}"
    outcomes = {test: dice.choice(OUTCOMES) for test in ids}
    outcomes.update(zip(ids, events.OUTCOMES, strict=False))
    outcomes.update(dict.fromkeys(ids[-1:], "failed"))
    yield events.Plan(tuple(ids), jobs, seed, BEGAN)
    for test in ids:
        yield planned(dice, test, outcomes[test])
    clocks = [BEGAN + 0.2] * jobs
    for test in ids:
        worker = clocks.index(min(clocks))
        for event in one_test(dice, test, outcomes[test], clocks[worker], worker + 1):
            yield event
        assert isinstance(event, events.Result)
        clocks[worker] = event.at + 0.01
    yield events.Note("2 sandboxes of an earlier run were cleaned up")
    yield events.Trouble("tearDownModule (testcases.apt.test_install)", "OSError: [Errno 28] full", TRACEBACK)
    if done:
        counts = {name: list(outcomes.values()).count(name) for name in events.OUTCOMES}
        yield events.Done({name: n for name, n in counts.items() if n}, max(clocks) - BEGAN, 0, 1)


def test_id(dice: random.Random, number: int) -> str:
    """The id of a test, which no other number has."""
    words = dice.sample(WORDS, 3)
    manager = dice.choice(("pacman", "apt"))
    return f"{MODULES[number % len(MODULES)]}.{words[0].title()}.test_{'_'.join(words)}_{number}_on_{manager}"


def planned(dice: random.Random, test: str, outcome: str) -> events.Planned:
    """What is known before."""
    past = [dice.choices(("passed", "failed"), (20, 1))[0] for _ in range(dice.choice((0, 3, 5, 5, 8)))]
    past += [] if dice.random() < 0.3 or outcome not in events.OUTCOMES or not past else [outcome]
    file = "/".join(test.split(".")[:3]) + ".py"
    description = "The tracker dies at 40 % and comes back; peers re-announce and finish."
    rules = tuple(rule for rule, *_ in RULES)
    return events.Planned(test, description, file, dice.randint(10, 300), ("slow", "network"), 2.5, rules, tuple(past))


def one_test(dice: random.Random, test: str, outcome: str, at: float, worker: int) -> Iterator[events.Event]:
    """A test from its start to its result."""
    seconds = round(dice.uniform(0.05, 9.0), 3)
    yield events.Started(test, at=at, worker=worker)
    if outcome != "skipped":
        yield from scenario(dice, test, outcome, at, seconds)
    details = TRACEBACK if outcome in ("failed", "error", "crashed") else ""
    flaky = dice.random() < 0.02
    yield events.Result(test, outcome, seconds, REASONS.get(outcome, ""), details, at + seconds, worker, flaky)


def scenario(dice: random.Random, test: str, outcome: str, at: float, seconds: float) -> Iterator[events.Event]:
    """What happens within a test."""
    odd = HOSTILE if "hostile" in test else ""
    yield events.Node(test, "mirror1", "mirror", "http://127.0.0.2:8080/", "started", at=at + seconds * 0.05)
    if dice.random() < 0.5:
        yield events.Node(test, "tracker1", "tracker", "http://127.0.0.3:6969/", "started", at=at + seconds * 0.1)
    yield events.Queue(test, "machine", ("pacman -Sy", f"pacman -Su --noconfirm{odd}"))
    for number, (command, start, end) in enumerate(
        (("pacman -Sy", 0.12, 0.4), (f"pacman -Su --noconfirm{odd}", 0.42, 0.9)), 1
    ):
        argv = ("/usr/bin/pacman", "--root", "/srv/root", *command.split()[1:])
        began = at + seconds * start
        yield events.Launched(test, "machine", number, command, argv, began)
        if outcome == "crashed" and number == 2:
            yield events.Judging(test, "machine", tuple(rule for rule, *_ in RULES))
            return
        returncode = int(outcome == "failed" and number == 2)
        took = seconds * (end - start)
        output, log = OUTPUT + odd, f"/var/log/{number}.log"
        ended = (f"exit {returncode}", returncode, took, took / 2, took / 9, 24 << 20, output, number, began, log)
        yield events.Command(test, "machine", command, argv, *ended)
    yield from samples(dice, test, at, seconds)
    said = f"GET /core.db 200 1204\nGET /dummy-1.0-2.pkg.tar.gz 200{odd}\n"
    yield events.Log(test, "mirror1", said, at + seconds / 2)
    created = ("/etc/dummy.conf.pacnew", f"/usr/bin/dummy{odd}")
    yield events.Changed(test, "machine", created, ("/var/lib/pacman/local",), ("/usr/bin/old",))
    yield events.Judging(test, "machine", tuple(rule + odd for rule, *_ in RULES))
    for rule, expected, held, broken in RULES:
        is_held = outcome != "failed" or rule.startswith(("RETCODE", "FILE"))
        yield events.Rule(test, "machine", rule + odd, is_held, expected, held if is_held else broken + odd)
    if outcome == "failed":
        yield events.Rule(test, "mirror1", "JOURNAL=peers", False, *DIFFERENCE)
        yield events.Kept(test, "machine", f"/tmp/kept/{test}.tar")
    yield events.Output(test, f"printed by the test{odd}\n", "/var/log/output", 1 << 30)


def samples(dice: random.Random, test: str, at: float, seconds: float) -> Iterator[events.Usage]:
    """What a machine and a node use, ten times."""
    for source in ("machine", "mirror1"):
        cpu = 0.0
        for step in range(1, 11):
            cpu += dice.uniform(0, 0.12) * seconds
            memory = int((20 + step + dice.random() * 4) * (1 << 20))
            processes = (
                events.Process(2, 1, "sandbox", 0.01, 2 << 20),
                events.Process(7, 2, "pacman -Su", cpu, memory),
            )
            yield events.Usage(test, source, at + seconds * step / 10, cpu, memory, processes)
