"""Tests run by a cluster: a real one of dask on the loopback, parts of which are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pkgsuite import events
from pkgsuite.runner.cluster import Batch, batches_of
from pkgsuite.runner.groups import in_groups
from pkgsuite.runner.schedule import Schedule
from pkgsuite.system.wait import wait_until
from tests.command_line import CommandLineTest, command
from tests.runner.clusters import READY_S, DaskCluster, needs_dask
from tests.runner.samples import load

ENDS = """
    import os, unittest
    class Ends(unittest.TestCase):
        @classmethod
        def setUpClass(cls): print("set up once")
        def test_1(self): print("printed there")
        def test_2(self): self.fail("no")
        def test_3(self): os._exit(3)
        @unittest.skip("not there")
        def test_4(self): pass
    class Others(unittest.TestCase):
        def test_5(self): print(os.environ["PKGSUITE_TEST_TOLD"], os.getcwd())
        def test_6(self): pass
        def test_7(self): pass
        def test_8(self): pass
"""

FATAL = """
    import pathlib, psutil, time, unittest
    HERE = pathlib.Path(__file__).parent
    def words(process): return " ".join(process.info["cmdline"] or ())
    def kill(kind, count=None):
        parents = [each.pid for each in psutil.Process().parents()]
        found = [each for each in psutil.process_iter(["cmdline"]) if f"{HERE}/cluster/" in words(each)]
        found = [each for each in found if kind in words(each) and (each.pid in parents or count is None)]
        for each in found[:count]:
            each.kill()
    class First(unittest.TestCase):
        def test_1(self): pass
        def test_2(self):
            with open(HERE / "runs", "a") as file: file.write("x")
            if (HERE / "once").exists() and (HERE / "runs").read_text() == "x":
                kill("dask_worker", 1)
            for kind in ("dask_worker", "dask_scheduler"):
                if (HERE / kind).exists():
                    kill(kind)
                    time.sleep(3600)
        def test_3(self): pass
    for number in range(6):
        setattr(First, f"test_more_{number}", lambda self: None)
"""


def is_gone(path: Path) -> bool:
    """Whether nothing is there."""
    return not path.exists()


CALL = """
import sys
from pkgsuite import cli
from pkgsuite.runner import cluster
cluster.CONNECT_S, cluster.NO_WORKERS_S = 2.0, 3.0
sys.exit(cli.main(sys.argv[1:]))
"""
"""The command line with less patience."""


class ClusterTest(CommandLineTest):
    """A run of a stranger's, by a cluster that has its files in `cluster`."""

    def cluster(self, workers: int = 2) -> DaskCluster:
        """A scheduler with workers."""
        (self.place / "cluster").mkdir()
        found = DaskCluster(self, self.place / "cluster")
        if workers:
            found.add_workers(workers)
        return found

    def run_impatiently(self, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """A run with less patience."""
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", CALL, "run", *map(str, words)],
            cwd=self.place,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=READY_S * 3,
            check=False,
        )

    def told_by(self, *words: object, **variables: str) -> tuple[int, list[events.Event]]:
        """The exit status and the events of such a run, which are checked for what holds of every run."""
        done = self.run_impatiently("--report=jsonl=-", *words, **variables)
        told = [events.decode(line) for line in done.stdout.splitlines()]
        plan, end = told[0], told[-1]
        assert isinstance(plan, events.Plan) and isinstance(end, events.Done), done.stderr
        results = Counter(event.test for event in told if isinstance(event, events.Result))
        starts = Counter(event.test for event in told if isinstance(event, events.Started))
        self.assertEqual(results, starts)
        self.assertEqual({*results.values()}, {1})
        self.assertEqual(end.not_run + len(results), len(plan.tests))
        self.assertLessEqual({*results}, {*plan.tests})
        return done.returncode, told


@needs_dask
class RealClusterTest(ClusterTest):
    """With a scheduler and two workers that are processes."""

    def outcomes(self, told: Sequence[events.Event]) -> dict[str, str]:
        """The outcome of each test by its method."""
        return {event.test.rpartition(".")[2]: event.outcome for event in told if isinstance(event, events.Result)}

    def test_every_end_is_told_as_at_home(self) -> None:
        self.write("test_ends.py", ENDS)
        cluster = self.cluster()

        status, told = self.told_by("test_ends", "--cluster", cluster.address, PKGSUITE_TEST_TOLD="told there")

        ends = {"test_1": "passed", "test_2": "failed", "test_3": "crashed", "test_4": "skipped"}
        ends |= dict.fromkeys(("test_5", "test_6", "test_7", "test_8"), "passed")
        self.assertEqual((status, self.outcomes(told)), (1, ends))
        self.assertEqual({event.worker for event in told if isinstance(event, events.Result)}, {1, 2})
        said = "".join(event.text for event in told if isinstance(event, events.Output))
        self.assertIn("printed there\n", said)
        self.assertIn(f"told there {self.place}\n", said)
        self.assertEqual(told[0].jobs, 2)  # type: ignore[union-attr]

        status, told = self.told_by("test_ends", "-k", "Others", "--repeat=3", "--seed=1", "--cluster", cluster.address)

        names = {f"test_ends.Others.test_{test} #{number}" for test in (5, 6, 7, 8) for number in (1, 2, 3)}
        self.assertEqual({event.test for event in told if isinstance(event, events.Result)}, names)

        status, told = self.told_by("test_ends", "--failfast", "--cluster", cluster.address)

        self.assertEqual(status, 1)
        self.assertTrue({"failed", "crashed"} & {*self.outcomes(told).values()})

    def test_a_worker_that_is_lost_loses_no_test(self) -> None:
        """What it had in hand runs again elsewhere; what had a result keeps it."""
        self.write("test_fatal.py", FATAL)
        (self.place / "once").touch()

        status, told = self.told_by("test_fatal", "--cluster", self.cluster().address)

        self.assertEqual((status, {*self.outcomes(told).values()}), (0, {"passed"}))
        self.assertEqual((self.place / "runs").read_text(), "xx")
        notes = " ".join(event.text for event in told if isinstance(event, events.Note))
        self.assertIn("a worker of the cluster was lost", notes)

    def test_without_workers_or_scheduler_the_rest_has_crashed(self) -> None:
        for kind, words in (
            ("dask_worker", "the cluster has had no worker, or no scheduler, for 3 s"),
            ("dask_scheduler", "the cluster has had no worker|the scheduler does not know it any more"),
        ):
            with self.subTest(kind), tempfile.TemporaryDirectory() as place:
                self.place = Path(place).resolve()
                self.write("test_fatal.py", FATAL)
                (self.place / kind).touch()

                status, told = self.told_by("test_fatal", "--cluster", self.cluster().address)

                outcomes = self.outcomes(told)
                self.assertEqual((status, len(outcomes), outcomes["test_2"]), (1, 9, "crashed"))
                lost = [e for e in told if isinstance(e, events.Result) and e.outcome == "crashed"]
                for event in lost:
                    self.assertRegex(event.reason, words)

    def test_a_run_that_is_killed_leaves_nothing_behind_there(self) -> None:
        self.write(
            "test_long.py",
            """
            import os, time, unittest
            class A(unittest.TestCase):
                def test_it(self):
                    with open("pid", "w") as file: print(os.getpid(), file=file)
                    time.sleep(3600)
            """,
        )
        cluster = self.cluster(1)
        path = self.place / "pid"
        for number in (signal.SIGKILL, signal.SIGTERM):
            runner = subprocess.Popen(
                command("run", "test_long", "--cluster", cluster.address),
                cwd=self.place,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self.addCleanup(runner.kill)
            wait_until(lambda: path.exists() and path.read_text().endswith("\n"), timeout=READY_S, what="the test runs")
            proc = Path("/proc", path.read_text().strip())
            path.unlink()

            runner.send_signal(number)
            runner.wait()

            wait_until(partial(is_gone, proc), timeout=READY_S, what="its test is gone")

    def test_interrupts(self) -> None:
        """The first lets tests end that run there, the second ends them; both times the rest is not run."""
        self.write(
            "test_wait.py",
            """
            import pathlib, time, unittest
            class A(unittest.TestCase): pass
            def test(self):
                pathlib.Path(self.id() + ".began").touch()
                while not pathlib.Path("go").exists(): time.sleep(0.05)
            for number in range(12):
                setattr(A, f"test_{number}", test)
            """,
        )
        address = self.cluster().address
        for count, outcome in ((1, "passed"), (2, "error")):
            runner = subprocess.Popen(
                command("run", "test_wait", "--no-history", "--report=jsonl=run.jsonl", "--cluster", address),
                cwd=self.place,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self.addCleanup(runner.kill)
            wait_until(self.have_two_begun, timeout=READY_S, what="two tests run there")
            for number in range(1, count + 1):
                runner.send_signal(signal.SIGINT)
                wait_until(partial(self.has_noted, number), timeout=READY_S, what="the interrupt is heard")
            if count == 1:
                (self.place / "go").touch()
            self.assertEqual(runner.wait(READY_S), 130)

            told = [events.decode(line) for line in (self.place / "run.jsonl").read_text().splitlines()]
            found = [event.outcome for event in told if isinstance(event, events.Result)]
            self.assertEqual(({*found}, len(found) in (2, 3, 4)), ({outcome}, True))
            self.assertEqual(told[-1].not_run, 12 - len(found))  # type: ignore[union-attr]
            for path in (*self.place.glob("*.began"), self.place / "go", self.place / "run.jsonl"):
                path.unlink(missing_ok=True)

    def have_two_begun(self) -> bool:
        """Whether the run has told so of two tests."""
        path = self.place / "run.jsonl"
        return path.exists() and path.read_text().count('"event": "started"') >= 2

    def has_noted(self, number: int) -> bool:
        """Whether the run has heard an interrupt, or has ended."""
        text = (self.place / "run.jsonl").read_text()
        return ("stopping" in text) if number == 1 else ('"is_interrupted": true' in text)

    def test_a_scheduler_alone(self) -> None:
        self.write("test_ends.py", ENDS)
        cluster = self.cluster(0)

        self.assert_refused(self.run_impatiently("test_ends", "--cluster", cluster.address), "it has no workers")

    def test_nobody_answers(self) -> None:
        self.write("test_ends.py", ENDS)

        for address in ("tcp://127.0.0.1:9", "nonsense", "foo://127.0.0.1:1"):
            done = self.run_impatiently("test_ends", "--cluster", address)
            self.assert_refused(done, f"--cluster {address}: no scheduler of dask answers there")


class WithoutDaskTest(CommandLineTest):
    def test_what_to_install_is_said(self) -> None:
        self.write("test_ends.py", ENDS)
        self.write("distributed.py", "raise ImportError('not here')")

        done = self.call("run", "test_ends", "--cluster", "tcp://127.0.0.1:9")

        self.assert_refused(done, "--cluster needs", "pip install distributed", "apt-get install python3-distributed")


class BatchesTest(unittest.TestCase):
    """How tests are put together, which needs no cluster."""

    def batches(self, tests: Sequence[unittest.TestCase], names: Sequence[str], slots: int = 2) -> list[Batch]:
        """The batches of *tests*."""
        return batches_of([test.id() for test in tests], names, Schedule(in_groups(tests)), slots)

    def test_every_test_is_in_one_batch_and_fixtures_are_shared_in_one(self) -> None:
        body = {f"test_{number}": lambda case: None for number in range(7)}
        fixture = {"setUpClass": classmethod(lambda cls: None)}
        kinds = [type(f"Case{n}", (unittest.TestCase,), {**body, **(fixture if n % 2 else {})}) for n in range(9)]
        tests = load(*kinds)

        found = self.batches(tests, [test.id() for test in tests])

        self.assertEqual(Counter(name for each in found for name in each.all()), Counter(test.id() for test in tests))
        self.assertGreater(len(found), 4)
        for kind in kinds[1::2]:
            self.assertEqual(sum(any(f".{kind.__qualname__}." in name for name in each.all()) for each in found), 1)

    def test_names_come_back(self) -> None:
        batch = Batch()
        for test, name in (("a", "a #4"), ("b", "b"), ("a", "a #7"), ("c", "c #2")):
            batch.add(test, name)

        self.assertEqual(batch.ids(), ["a", "a", "b", "c"])
        told = ("a #1", "a #2", "a #3", "b", "c", "d", "d #1")
        self.assertEqual([batch.name_of(each) for each in told], ["a #4", "a #7", None, "b", "c #2", None, None])

    def test_nothing(self) -> None:
        self.assertEqual(self.batches([], []), [])
