"""A crew whose workers are those of a dask cluster: tests go there in batches, and their events come back live.

Nothing of ours is imported there by name: a batch is a process of `pkgsuite run` on the worker's machine. Where a
worker is lost, dask gives its batch to another; what had a result by then keeps it. Where nobody is left, or a batch
has lost as many workers as the scheduler allows, its tests have crashed.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import logging
import os
import selectors
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from pkgsuite import events
from pkgsuite.errors import SuiteError
from pkgsuite.runner import errand
from pkgsuite.runner.plan import bare
from pkgsuite.runner.schedule import Schedule
from pkgsuite.runner.terms import Terms
from pkgsuite.values import dataclass

__all__ = ["Cluster", "ClusterCrew"]

CONNECT_S = 10.0
NO_WORKERS_S = 20.0
"""How long a cluster may be without workers, or its scheduler without an answer."""

PATIENCE_S = 10.0
"""How long the events of a batch may come later than its end."""

GLANCE_S = 0.5
"""How often it is seen to that all is well."""

BATCHES_A_WORKER = 4
LEAST_BATCH_S = 2.0
"""How long a batch takes at least, where that is known: it has to start a process."""

REMEDY = "pip install distributed, or apt-get install python3-distributed"


@dataclass(slots=True)
class Batch:
    """Tests that go to a worker together, by their ids; *names* are those in the plan, for each id in their order."""

    names: dict[str, list[str]] = field(default_factory=dict)
    size: int = 0
    attempt: str = ""
    buffer: str = ""
    is_over: bool = False
    future: Any = None
    waits_until: float | None = None

    def add(self, test: str, name: str) -> None:
        """Add a test."""
        self.names.setdefault(test, []).append(name)
        self.size += 1

    def ids(self) -> list[str]:
        """The ids, as often as each is to be run."""
        return [test for test, names in self.names.items() for _ in names]

    def name_of(self, told: str) -> str | None:
        """The name in the plan of what the batch's own run calls *told*."""
        names = self.names.get(told) or self.names.get(bare(told), [])
        number = int(told[len(bare(told)) + 2 :]) if told not in self.names and told != bare(told) else 1
        return names[number - 1] if 0 < number <= len(names) else None

    def all(self) -> list[str]:
        """The names of all its tests."""
        return [name for names in self.names.values() for name in names]


def portable() -> dict[str, Any]:
    """The functions of the module `errand` as those of no module, which dask sends with their code."""
    functions: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(inspect.getsource(errand), errand.__file__ or "errand", "exec"), functions)
    return functions


class Cluster:
    """The cluster whose scheduler is at *address*; raises SuiteError where none answers, or it has no workers."""

    def __init__(self, address: str, words: Sequence[str]) -> None:
        """*words* are those of `pkgsuite run` on a worker."""
        try:
            dask: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise SuiteError(
                f"--cluster needs Python's package distributed ({error}); get it with: {REMEDY}"
            ) from error
        for name in ("distributed", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            importlib.import_module("distributed.comm.addressing").get_address_host_port(address)
            self.client = dask.Client(address, timeout=CONNECT_S, set_as_default=False, name="pkgsuite")
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            raise SuiteError(f"--cluster {address}: no scheduler of dask answers there ({error})") from error
        self.address = address
        self.words = words
        self.slots = self._slots()

    def _slots(self) -> int:
        """How many batches can run at once."""
        try:
            with contextlib.suppress(Exception):
                self.client.wait_for_workers(1, timeout=CONNECT_S)
            slots = int(sum(self.client.nthreads().values()))
        except Exception as error:
            self.close()
            raise SuiteError(f"--cluster {self.address}: its scheduler does not answer ({error})") from error
        if not slots:
            self.close()
            raise SuiteError(f"--cluster {self.address}: it has no workers; start one with: dask worker {self.address}")
        return slots

    def close(self) -> None:
        """Let go of it; what still runs for us is cancelled by the scheduler."""
        with contextlib.suppress(Exception):
            self.client.close(timeout=CONNECT_S)

    def crew(
        self, tests: Sequence[Any], schedule: Schedule, send: Callable[[events.Event], object], terms: Terms
    ) -> ClusterCrew:
        """A crew that runs *tests* there, as Crew does here."""
        ids = [test.id() for test in tests]
        return ClusterCrew(self, lambda: batches_of(ids, terms.names, schedule, self.slots), send)


def batches_of(ids: Sequence[str], names: Sequence[str], schedule: Schedule, slots: int) -> list[Batch]:
    """The tests of a *schedule*, cut where no fixture is shared, into batches that keep *slots* workers busy."""
    given = []
    held = None
    while (taken := schedule.next(held)) is not None:
        held = taken[0]
        given.append((held, taken[1], held.expected_s(taken[1])))
    known = [expected_s for *_, expected_s in given if expected_s]
    usual_s = sum(known) / len(known) if known else 0.0
    weights = [expected_s or usual_s or 1.0 for *_, expected_s in given]
    most = max(sum(weights) / (slots * BATCHES_A_WORKER), LEAST_BATCH_S if known else 1.0)
    found: list[Batch] = []
    filled, before = most, None
    for (group, number, _), weight in zip(given, weights, strict=True):
        is_bound = group is before and group.is_whole
        if not is_bound and filled + weight / 2 > most:
            found.append(Batch())
            filled = 0.0
        found[-1].add(ids[number], names[number])
        filled, before = filled + weight, group
    return found


class ClusterCrew:
    """Gives batches away and hears of them, in one thread; what it offers is what Crew offers."""

    def __init__(
        self, cluster: Cluster, divide: Callable[[], Sequence[Batch]], send: Callable[[events.Event], object]
    ) -> None:
        self._cluster = cluster
        self._divide = divide
        self._batches: Sequence[Batch] = ()
        self._send = send
        self._topic = f"pkgsuite-{uuid.uuid4().hex}"
        self._inbox: deque[Callable[[], None]] = deque()
        self._came = os.eventfd(0, os.EFD_NONBLOCK)
        self._selector = selectors.DefaultSelector()
        self._workers: dict[str, int] = {}
        self._started: dict[str, Batch] = {}
        self._had_result: set[str] = set()
        self._is_stopped = self._is_told = False
        self._reason = ""
        self._well_at = 0.0
        self._functions = portable()

    def listen(self, descriptor: int, action: Callable[[], object], kinds: int = selectors.EVENT_READ) -> None:
        """Call *action* whenever there is something to read at *descriptor*, or room to write."""
        self._selector.register(descriptor, kinds, action)

    def stop_listening(self, descriptor: int) -> None:
        """Call nothing for it any more."""
        with contextlib.suppress(KeyError):
            self._selector.unregister(descriptor)

    def stop(self) -> None:
        """Give out no more tests; those that run end as they would."""
        self._is_stopped = True

    def stop_now(self, reason: str) -> None:
        """End everything; tests that run are in error for this *reason*."""
        self._is_stopped, self._reason = True, reason

    # The work

    def work(self) -> None:
        """Run all tests; whatever this raises, nothing of it goes on in the cluster."""
        client = self._cluster.client
        self._well_at = time.monotonic()
        self._batches = () if self._is_stopped else self._divide()
        self.listen(self._came, self._empty_inbox)
        client.subscribe_topic(self._topic, self._put)
        try:
            self._submit()
            while not all(batch.is_over for batch in self._batches):
                for key, _ in self._selector.select(GLANCE_S):
                    key.data()
                self._tell_stop()
                self._look_after()
        finally:
            self.stop_listening(self._came)
            with contextlib.suppress(Exception):
                client.cancel([batch.future for batch in self._batches if not batch.is_over], force=True)

    def _submit(self) -> None:
        """Give all batches to the scheduler."""
        environment = {name: value for name, value in os.environ.items() if name.startswith("PKGSUITE_")}
        environment |= {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        common = {"words": [*self._cluster.words], "directory": os.getcwd(), "environment": environment}
        for number, batch in enumerate(self._batches):
            told = {**common, "topic": self._topic, "batch": number, "ids": batch.ids()}
            batch.future = self._cluster.client.submit(
                self._functions["carry_out"],
                told,
                pure=False,
                retries=0,
                priority=-number,
                key=f"{self._topic}-{number}",
            )
            batch.future.add_done_callback(self._put_end(batch))

    def _put(self, told: tuple[float, Any]) -> None:
        """Take a piece of events, in a thread of dask's."""
        self._inbox.append(lambda: self._hear(told[1]))
        os.eventfd_write(self._came, 1)

    def _put_end(self, batch: Batch) -> Callable[[Any], None]:
        """What notes the end of a batch, in a thread of dask's."""

        def put(future: Any) -> None:
            self._inbox.append(lambda: self._take_end(batch, future))
            os.eventfd_write(self._came, 1)

        return put

    def _empty_inbox(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._came)
        while self._inbox:
            self._inbox.popleft()()

    # What comes back

    def _hear(self, piece: Mapping[str, Any]) -> None:
        """Take a piece of the events of a batch."""
        batch = self._batches[piece["batch"]]
        if batch.is_over:
            return
        if batch.attempt != piece["attempt"]:
            if batch.attempt:
                left = len([name for name in batch.all() if name not in self._had_result])
                self._send(
                    events.Note(f"a worker of the cluster was lost; {left} tests run again on {piece['worker']}")
                )
            batch.attempt, batch.buffer = piece["attempt"], ""
        *lines, batch.buffer = (batch.buffer + piece.get("text", "")).split("\n")
        worker = self._workers.setdefault(piece["worker"], len(self._workers) + 1)
        for line in lines:
            with contextlib.suppress(events.UnknownKind):
                self._take(batch, events.decode(line), worker)
        if "end" in piece:
            how = f"pkgsuite there ended with {piece['end']['status']}"
            self._close(batch, f"it has no result from {piece['worker']}: {how}", piece["end"]["said"])

    def _take(self, batch: Batch, event: events.Event, worker: int) -> None:
        """Pass on an event as one of this run."""
        if isinstance(event, (events.Plan, events.Planned, events.Done)):
            return
        told = getattr(event, "test", "")
        name = batch.name_of(told) if told else ""
        if name is None or name in self._had_result:
            return
        if isinstance(event, events.Started):
            if name not in self._started:
                self._started[name] = batch
                self._send(replace(event, test=name, worker=worker))
        elif isinstance(event, events.Result):
            self._had_result.add(name)
            self._send(replace(event, test=name, worker=worker))
        else:
            changed: Any = {"test": name} if told != name else {}
            self._send(replace(event, **changed))

    def _take_end(self, batch: Batch, future: Any) -> None:
        """Note that dask has done with a batch; its last piece may still be on its way."""
        if batch.is_over:
            return
        if future.status == "finished":
            batch.waits_until = time.monotonic() + PATIENCE_S
            return
        error = None
        with contextlib.suppress(Exception):
            error = future.exception()
        words = " ".join(str(error or "").split()) or "the scheduler does not know it any more"
        self._close(batch, f"it was lost in the cluster: {words}")

    def _close(self, batch: Batch, reason: str, said: str = "") -> None:
        """Have done with a batch; its tests without a result were lost for this *reason*."""
        if not batch.is_over:
            batch.is_over = True
            self._lose(batch, reason, said)
            with contextlib.suppress(Exception):
                batch.future.release()

    def _lose(self, batch: Batch, reason: str, said: str = "") -> None:
        """Tell what became of the tests of a batch that have no result."""
        for name in batch.all():
            if name in self._had_result or (self._is_stopped and name not in self._started):
                continue
            if name not in self._started:
                self._send(events.Started(name, "", time.time()))
            self._had_result.add(name)
            outcome, words = ("error", self._reason) if self._reason else ("crashed", reason)
            details = f"{words}\n{said}".rstrip()
            self._send(events.Result(name, outcome, 0.0, words, details, time.time()))

    # Ends

    def _tell_stop(self) -> None:
        """Take back what has not begun; what runs is told to stop, or ended."""
        if self._reason:
            for batch in self._batches:
                self._close(batch, self._reason)
        elif self._is_stopped and not self._is_told:
            self._is_told = True
            waiting = [batch for batch in self._batches if not batch.is_over and not batch.attempt]
            with contextlib.suppress(Exception):
                self._cluster.client.cancel([batch.future for batch in waiting])
                self._cluster.client.run(self._functions["steer"], self._topic, "stop")

    def _look_after(self) -> None:
        """See to it that the cluster lives, and that nothing is waited for in vain."""
        now = time.monotonic()
        if self._is_well():
            self._well_at = now
        is_left_alone = now - self._well_at > NO_WORKERS_S
        for batch in self._batches:
            if is_left_alone:
                self._close(batch, f"the cluster has had no worker, or no scheduler, for {NO_WORKERS_S:g} s")
            elif batch.waits_until is not None and now > batch.waits_until:
                self._close(batch, "its worker of the cluster did not tell the end of it")

    def _is_well(self) -> bool:
        """Whether the scheduler answers and has workers."""
        client = self._cluster.client
        try:
            return client.status == "running" and bool(client.nthreads())
        except Exception:
            return False
