"""A downloader gets every file right, from wherever it can, and tells from where."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import unittest
from pathlib import Path

from pkgsuite.errors import BadValue
from pkgsuite.model.package import Package
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.downloader import Downloader, Options
from pkgsuite.nodes.faults import Bandwidth, NoRange, Refusing, Status, Truncated, WrongHash
from pkgsuite.nodes.tracker import Tracker
from pkgsuite.system.wait import wait_until
from tests.loopback import setUpModule  # noqa: F401 - unittest calls it
from tests.nodes.swarms import BIG, PACKAGES, SMALL, WithSwarm, repository


class FromTheMirror(WithSwarm):
    """A downloader alone."""

    def test_everything(self) -> None:
        """Every file that the mirror has comes as it is; each is asked for once."""
        downloader = self.start_empty()
        for _ in range(2):
            for path, data in sorted(
                self.files.items(), key=lambda file: ("pool" in file[0], "Release" not in file[0])
            ):
                with self.subTest(path):
                    answer = self.get(downloader, path)

                    self.assertEqual((answer.status, answer.body), (200, data))
        for path in self.files:
            if "by-hash" not in path and "Release" not in path:
                self.assertLessEqual(self.mirror.served(path), 1, path)

    def test_as_a_proxy(self) -> None:
        """An absolute target leads to the same file."""
        downloader = self.start()
        client = http.client.HTTPConnection(downloader.address, downloader.port, timeout=30)
        self.addCleanup(client.close)

        client.request("GET", f"{self.mirror.url}/{self.path(SMALL)}")

        self.assertEqual(client.getresponse().read(), self.archive(SMALL))
        self.assertEqual(self.sources(downloader, SMALL), [(0, len(self.archive(SMALL)), 0)])

    def test_from_the_disk(self) -> None:
        """What came once is there, in parts too, and for HEAD."""
        downloader = self.start()
        self.fetch(downloader)

        part = self.get(downloader, self.path(BIG), Range="bytes=100-199")
        head = self.get(downloader, self.path(BIG), "HEAD")

        self.assertEqual((part.status, part.body), (206, self.archive(BIG)[100:200]))
        self.assertEqual(head.headers["content-length"], str(len(self.archive(BIG))))
        self.assertEqual(self.sources(downloader)[1:], [(0, 0, len(self.archive(BIG)))] * 2)

    def test_by_hash(self) -> None:
        """A path by hash is the same file as the one by name."""
        downloader = self.start()
        index = self.files["dists/sid/main/binary-amd64/Packages.xz"]
        path = next(path for path, data in self.files.items() if "by-hash/SHA256" in path and data == index)

        self.assertEqual(self.get(downloader, path).body, index)
        self.assertEqual(self.mirror.served(path), 0)

    def test_a_mirror_that_breaks_off(self) -> None:
        """What is missing is asked for, and no more."""
        downloader = self.start()
        self.mirror.fault(Truncated(after=100_000), "*.deb", times=1)

        self.fetch(downloader)

        asked = [served.range for served in self.mirror.journal if served.path == self.path(BIG)]
        self.assertEqual(asked[0], "")
        self.assertRegex(asked[1], r"^bytes=98304-")

    def test_a_mirror_without_ranges(self) -> None:
        """It sends everything anew."""
        downloader = self.start()
        self.mirror.fault(Truncated(after=100_000), "*.deb", times=1)
        self.mirror.fault(NoRange())

        self.fetch(downloader)

    def test_troubles(self) -> None:
        """What cannot be had is told with a status, and works once the mirror is well."""
        downloader = self.start()
        for fault, status in ((Status(404), 404), (Status(500), 502), (WrongHash(), 502), (Truncated(after=0), 502)):
            with self.subTest(repr(fault)):
                self.mirror.fault(fault, "*.deb")
                self.assertEqual(self.get(downloader, self.path(BIG)).status, status)
                self.mirror.heal()
        self.mirror.fault(Refusing())
        self.assertEqual(self.get(downloader, self.path(BIG)).status, 502)
        self.assertEqual(self.get(downloader, "dists/sid/Release").status, 502)
        self.mirror.heal()

        self.fetch(downloader)

        self.assertEqual([bool(note.trouble) for note in downloader.fetched if note.package], [True] * 5 + [False])

    def test_a_mirror_that_is_stopped(self) -> None:
        """Its silence costs one timeout."""
        downloader = self.start(timeout_s=0.5)
        os.kill(self.mirror.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.mirror.pid, signal.SIGCONT)

        self.assertEqual(self.get(downloader, self.path(BIG)).status, 504)

    def test_an_index_that_changes(self) -> None:
        """A new Release file and index take the place of the old ones."""
        downloader = self.start()
        self.fetch(downloader)
        fresh = repository(*PACKAGES, Package("new", "2"))
        self.mirror.put(fresh)

        self.files = fresh
        self.refresh(downloader)

        path = next(path for path in fresh if path.endswith("new_2_all.deb"))
        self.assertEqual(self.get(downloader, path).body, fresh[path])
        self.fetch(downloader)
        self.assertEqual(self.sources(downloader, "new"), [(0, len(fresh[path]), 0)])
        self.assertEqual(self.sources(downloader)[-1], (0, 0, len(self.archive(BIG))))

    def test_many_clients_at_once(self) -> None:
        """A file that is on its way is fetched once, whoever waits for it."""
        downloader = self.start()
        self.mirror.fault(Bandwidth(400_000), "*.deb")

        self.fetch_together([downloader] * 8)

        self.assertEqual(self.mirror.served(self.path(BIG)), 1)
        self.assertEqual(len(self.sources(downloader)), 8)

    def test_what_is_no_path_of_a_mirror(self) -> None:
        """It is told how to ask, and never asks itself."""
        downloader = self.start()
        me = f"{downloader.address}:{downloader.port}"
        for path in (f"/{me}/{me}/x", "/", "/no%20host/x", f"/{self.mirror.address}:99999/x", "/localhost"):
            client = http.client.HTTPConnection(downloader.address, downloader.port, timeout=30)
            client.request("GET", path)
            with self.subTest(path):
                self.assertEqual(client.getresponse().status, 404)
            client.close()


class FromPeers(WithSwarm):
    """Downloaders together."""

    def test_everything_from_one_peer(self) -> None:
        """Both ends count the same, and the mirror nothing more."""
        first, second = self.start("first"), self.start("second", http=False)
        self.fetch(first)

        self.fetch(second)

        size = len(self.archive(BIG))
        self.assertEqual(self.sources(second), [(size, 0, 0)])
        self.assertEqual([note.peers for note in second.fetched if note.package], [(first.peer,)])
        self.assertEqual(sum(note.sent_bytes for note in first.exchanged), size)
        self.assertEqual(sum(note.received_bytes for note in second.exchanged), size)
        self.assertEqual(self.mirror.served(self.path(BIG)), 1)

    def test_blocks_of_several_peers(self) -> None:
        """Whoever has it gives a share, when no one can give all of it at once."""
        givers = [self.start(f"giver{number}", upload_bytes_per_s=50_000) for number in range(3)]
        self.fetch_together(givers)
        taker = self.start("taker", http=False)

        self.fetch(taker)

        gave = [sum(note.sent_bytes for note in giver.exchanged) for giver in givers]
        (peers,) = (note.peers for note in taker.fetched if note.package)
        self.assertGreater(len(peers), 1, gave)

    def test_nobody_has_it(self) -> None:
        """Without a mirror that is an error after a while; with one it is no matter."""
        alone = self.start("alone", http=False, give_up_s=0.5)

        self.assertEqual(self.get(alone, self.path(BIG)).status, 504)
        self.assertEqual(self.mirror.served(self.path(BIG)), 0)

    def test_waiting_for_somebody_who_gets_it(self) -> None:
        """A peer that gets it from the mirror meanwhile gives it on."""
        first, second = self.start("first"), self.start("second", http=False, give_up_s=20.0)
        waiting = threading.Thread(target=self.fetch, args=(second,))
        waiting.start()
        wait_until(lambda: bool(second.announced), timeout=20, what="the second waits")

        self.fetch(first)
        waiting.join()

        self.assertEqual(self.sources(second), [(len(self.archive(BIG)), 0, 0)])

    def test_a_limit_of_uploads(self) -> None:
        """Peers take turns, and all get it."""
        first = self.start("first", most_uploads=1, upload_bytes_per_s=1_000_000)
        self.fetch(first)
        takers = [self.start(f"taker{number}", http=False, give_up_s=25.0) for number in range(3)]

        self.fetch_together(takers)

        for taker in takers:
            self.assertEqual(self.sources(taker), [(len(self.archive(BIG)), 0, 0)])

    def test_limits_of_speed(self) -> None:
        """It takes at least as long as the limit says, less what may pass at once."""
        first = self.start("first", upload_bytes_per_s=400_000)
        self.fetch(first)
        second = self.start("second", http=False)
        self.fetch(second)
        third = self.start("third", download_bytes_per_s=400_000, trackers=())
        self.fetch(third)

        least_s = len(self.archive(BIG)) / 400_000 - 0.3
        for downloader in (second, third):
            (note,) = (note for note in downloader.fetched if note.package)
            self.assertGreater(note.seconds, least_s, note)

    def test_a_peer_that_was_killed(self) -> None:
        """The tracker still tells of it, in vain: the mirror gives what it cannot."""
        first, second = self.start("first"), self.start("second")
        self.fetch(first)
        first.signal(signal.SIGKILL)

        self.fetch(second)

        self.assertEqual(self.sources(second), [(0, len(self.archive(BIG)), 0)])

    def test_a_peer_that_is_stopped(self) -> None:
        """Its silence costs one timeout."""
        first, second = self.start("first"), self.start("second", timeout_s=0.5)
        self.fetch(first)
        os.kill(first.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, first.pid, signal.SIGCONT)

        self.fetch(second)

        self.assertEqual(self.sources(second), [(0, len(self.archive(BIG)), 0)])

    def test_other_peers_are_known_without_a_tracker(self) -> None:
        """Who gave one package is asked for another while the tracker is gone."""
        first, second = self.start("first"), self.start("second", http=False)
        for name in (BIG, SMALL):
            self.fetch(first, name)
        self.fetch(second)
        self.tracker.signal(signal.SIGKILL)

        self.fetch(second, SMALL)

        self.assertEqual(self.sources(second, SMALL), [(len(self.archive(SMALL)), 0, 0)])

    def test_a_tracker_that_comes_back(self) -> None:
        """It has forgotten everybody, and is told again."""
        first = self.start("first")
        self.tracker.signal(signal.SIGKILL)
        wait_until(lambda: not self.tracker.is_alive, timeout=20, what="the tracker is gone")
        self.fetch(first)
        self.tracker.restart()
        second = self.start("second", http=False, give_up_s=25.0)

        self.fetch(second)

        self.assertEqual(self.sources(second), [(len(self.archive(BIG)), 0, 0)])

    def test_two_trackers(self) -> None:
        """Both are told, so that one is enough."""
        other = Tracker("other")
        self.addCleanup(other.close)
        other.start()
        both = (self.tracker.url, other.url)
        first, second = self.start("first", trackers=both), self.start("second", trackers=both, http=False)
        self.tracker.signal(signal.SIGKILL)
        wait_until(lambda: not self.tracker.is_alive, timeout=20, what="the tracker is gone")

        self.fetch(first)
        self.fetch(second)

        self.assertEqual(self.sources(second), [(len(self.archive(BIG)), 0, 0)])
        self.assertEqual({note.tracker for note in second.announced if not note.trouble}, {other.url})

    def test_a_good_bye(self) -> None:
        """One that ends is forgotten by the tracker."""
        first = self.start("first")
        self.fetch(first)
        name = self.torrent(BIG).info_hash.hex()
        self.assertEqual(self.tracker.scrape()[name].complete, 1)

        first.stop()

        self.assertEqual(self.tracker.scrape()[name].complete, 0)
        self.assertEqual([note.event for note in first.announced], ["started", "completed", "stopped"])


class Again(WithSwarm):
    """A downloader that starts anew."""

    def test_it_has_what_it_had(self) -> None:
        """Files and what indexes say are known at once, and offered to peers."""
        first = self.start("first")
        self.fetch(first)
        self.mirror.fault(Refusing())
        first.restart()

        self.fetch(first)

        self.mirror.heal()
        second = self.start("second", http=False)
        self.fetch(second)
        self.assertEqual(self.sources(first)[-1], (0, 0, len(self.archive(BIG))))
        self.assertEqual(self.sources(second), [(len(self.archive(BIG)), 0, 0)])

    def test_what_was_changed_on_disk_is_not_believed(self) -> None:
        """Its sum is wrong, so it is fetched anew."""
        first = self.start("first")
        self.fetch(first)
        first.stop()
        for path in Path(first.options.cache_dir, "pool").iterdir():
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
        first.restart()
        self.refresh(first)

        self.fetch(first)

        self.assertEqual(self.sources(first)[-1], (0, len(self.archive(BIG)), 0))
        self.assertIn("was not what its name says", first.log)

    def test_a_directory_among_the_files(self) -> None:
        """It is none of ours, and keeps nobody from starting."""
        first = self.start("first")
        first.stop()
        other = Path(first.options.cache_dir, "pool", "other")
        other.mkdir()

        first.restart()

        self.assertTrue(other.is_dir())
        self.refresh(first)

    def test_what_came_in_part(self) -> None:
        """Even one that was killed goes on where it ended."""
        first = self.start("first")
        self.mirror.fault(Bandwidth(100_000), "*.deb")
        threading.Thread(target=self._try, args=(first,), daemon=True).start()
        part = Path(first.options.cache_dir, "partial")
        wait_until(lambda: any(each.stat().st_size > 50_000 for each in part.iterdir()), timeout=30, what="a part")
        first.signal(signal.SIGKILL)
        self.mirror.heal()
        first.restart()

        self.fetch(first)

        (_, from_mirror, from_cache) = self.sources(first)[-1]
        self.assertGreater(from_cache, 30_000)
        self.assertEqual(from_mirror + from_cache, len(self.archive(BIG)))

    def test_a_part_that_is_wrong(self) -> None:
        """What an earlier life left may be damaged; then all of it comes anew, and nobody is blamed."""
        giver, taker = self.start("giver"), self.start("taker", http=False)
        self.fetch(giver)
        partial = Path(taker.options.cache_dir, "partial")
        known = next(Path(giver.options.cache_dir, "pool").glob("*"))
        for each in Path(giver.options.cache_dir, "pool").iterdir():
            known = each if each.stat().st_size == len(self.archive(BIG)) else known
        Path(partial, known.name).write_bytes(b"\0" * 32768)
        Path(partial, f"{known.name}.runs").write_bytes(b"\0\0\0\0\0\0\0\2" + b"half")

        self.fetch(taker)

        self.assertEqual(self.sources(taker), [(len(self.archive(BIG)), 0, 0)])

    def _try(self, downloader: Downloader) -> None:
        try:
            self.get(downloader, self.path(BIG))
        except (OSError, http.client.HTTPException):
            return


class Choices(unittest.TestCase):
    """What a downloader may be told."""

    def test_wrong_ones(self) -> None:
        """Each is refused by name."""
        for options in (
            {"cache_dir": "/dev/null"},
            {"trackers": ("udp://a:1",)},
            {"upload_bytes_per_s": -1},
            {"most_uploads": 0},
            {"timeout_s": 0},
        ):
            with self.subTest(options), self.assertRaises(BadValue):
                Options(**{"cache_dir": "/tmp", **options})  # type: ignore[arg-type]

    def test_ports(self) -> None:
        """The first of a range that is free is taken."""
        first = Downloader("first", Options("/tmp"), address="127.0.0.77", peer_ports=range(10000, 10010))
        second = Downloader("second", Options("/tmp"), address="127.0.0.77", peer_ports=range(10000, 10010))
        nodes: list[Node] = [first, second]
        for node in nodes:
            self.addCleanup(node.close)

        self.assertEqual(second.peer_port, first.peer_port + 1)
