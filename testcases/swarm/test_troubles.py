"""What goes wrong in swarms: whoever is left gives what is missing, and nothing wrong is ever taken."""

from __future__ import annotations

import signal
from pathlib import Path

from pkgsuite import (
    Bandwidth,
    Package,
    announced,
    apt,
    cached,
    fetched_from_cache,
    fetched_from_mirror,
    fetched_from_peers,
    given_to_peers,
    node_alive,
    output,
    served,
)

from .packages import EIGHT, KB, SAMPLE, Swarm, package

UPDATE = "apt-get update"
BIG = package("fop-doc", 400 * KB)
PATIENT = "apt-get -o Acquire::http::Timeout=120 -d install"


class Troubled(Swarm):
    """A slow peer that has a large package, and another that wants it."""

    def setUp(self):
        super().setUp()
        self.mirror.publish("repository", [BIG, *(each for each in SAMPLE if each.name != BIG.name)])
        self.first = self.start_downloader(self.tracker, self.mirror, upload_bytes_per_s=200 * KB)
        self.download(self.first)

    def download(self, downloader, *names):
        """Let the machine of *downloader* fetch the large package, or others."""
        self.queue_all(downloader, UPDATE, f"{PATIENT} {' '.join(names or [BIG.name])}")
        self.run_queue(timeout=180)

    def has_given_some(self, downloader=None):
        """Whether a peer has given some blocks and still does."""
        return any(note.is_open and note.sent_bytes for note in (downloader or self.first).exchanged)


class TheTrackerDies(Troubled, on=apt):
    """A tracker is only needed to find each other."""

    def test_in_the_midst(self):
        """Who has found its peers goes on with them."""
        second = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=60)

        with self.when(self.has_given_some, self.tracker.signal):
            self.download(second)

        self.check(second, ~node_alive(self.tracker.name), fetched_from_peers(BIG.name), fetched_from_mirror("*", 0))

    def test_it_returns_in_the_midst(self):
        """It knows at once who is there, and hears of those who became complete while it was away."""
        second = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=60)
        with (
            self.when(self.has_given_some, self.tracker.signal),
            self.when(lambda: not self.tracker.is_alive, self.tracker.restart),
        ):
            self.download(second)
        self.first.stop()
        third = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=60)

        self.download(third)

        self.check(third, node_alive(self.tracker.name), fetched_from_peers(BIG.name), fetched_from_mirror("*", 0))
        self.check(second, given_to_peers(BIG.name, 1), announced(BIG.name, "completed"))

    def test_it_was_never_there(self):
        """Then there is the mirror."""
        self.tracker.signal()
        second = self.start_downloader(self.tracker, self.mirror)

        self.download(second)

        self.check(second, fetched_from_mirror(BIG.name, 1), fetched_from_peers("*", 0), ~announced(BIG.name))

    def test_one_of_two(self):
        """Those who know both find each other by the one that is left."""
        other = self.start_tracker(name="other", interval_s=2)
        giver = self.start_downloader([self.tracker, other], self.mirror)
        self.download(giver, "doc-iana")
        self.tracker.signal()
        taker = self.start_downloader([self.tracker, other], self.mirror, http=False, give_up_s=60)

        self.download(taker, "doc-iana")

        self.check(taker, fetched_from_peers("doc-iana"), fetched_from_mirror("*", 0), node_alive("other"))
        self.check(giver, given_to_peers("doc-iana", 1))


class APeerDies(Troubled, on=apt):
    """What a peer did not give comes from elsewhere; what it gave is kept."""

    def test_killed_in_the_midst(self):
        """The mirror is asked for the rest alone."""
        second = self.start_downloader(self.tracker, self.mirror)

        with self.when(self.has_given_some, self.first.signal):
            self.download(second)

        self.check(second, cached(BIG.name, "1.0-1"), ~node_alive(self.first.name))
        (note,) = (note for note in second.fetched if note.package == BIG.name)
        self.assertGreater(note.from_peers, 0)
        self.assertEqual(note.from_peers + note.from_mirror, note.size)
        self.assert_same(second)

    def test_stopped_in_the_midst(self):
        """Its silence costs one timeout."""
        second = self.start_downloader(self.tracker, self.mirror, timeout_s=2)
        self.addCleanup(self.first.signal, signal.SIGCONT)

        with self.when(self.has_given_some, lambda: self.first.signal(signal.SIGSTOP)):
            self.download(second)

        (note,) = (note for note in second.fetched if note.package == BIG.name)
        self.assertGreater(note.from_mirror, 0)
        self.assertEqual(note.from_peers + note.from_mirror, note.size)
        self.assert_same(second)

    def test_killed_and_back(self):
        """Without a mirror, the rest is waited for."""
        second = self.start_downloader(self.tracker, self.mirror, http=False, timeout_s=2, give_up_s=90)

        with (
            self.when(self.has_given_some, self.first.signal),
            self.when(lambda: not self.first.is_alive, self.first.restart),
        ):
            self.download(second)

        self.check(second, fetched_from_peers(BIG.name, 1), fetched_from_mirror("*", 0))
        self.assert_same(second)

    def test_nobody_is_left(self):
        """Without a mirror apt is told that nobody has it."""
        second = self.start_downloader(self.tracker, self.mirror, http=False, timeout_s=1, give_up_s=2)
        self.first.signal()
        self.machine_of(second).run(UPDATE)

        self.machine_of(second).refuses(f"{PATIENT} {BIG.name}", says="E: Failed to fetch http://")

        self.check(second, ~cached(BIG.name, "1.0-1"), fetched_from_peers("*", 0), served(self.path(BIG.name), 1))

    def assert_same(self, downloader):
        """The machine has what the mirror has."""
        self.check_all(downloader, [BIG.name])


class APeerLies(Troubled, on=apt):
    """A peer whose disk was damaged gives wrong bytes without knowing it."""

    def setUp(self):
        super().setUp()
        self.damage(self.first, BIG.name)

    def damage(self, downloader, name):
        """Change every block of a file that a downloader has, behind its back."""
        for path in Path(downloader.options.cache_dir, "pool").iterdir():
            if path.stat().st_size == self.size(name):
                with open(path, "r+b") as file:
                    for at in range(0, self.size(name), 8 * 1024):
                        file.seek(at)
                        file.write(b"poison")

    def test_the_mirror_has_the_right_ones(self):
        """What the peer gave is thrown away."""
        second = self.start_downloader(self.tracker, self.mirror)

        self.download(second)

        self.check_all(second, [BIG.name], fetched_from_mirror(BIG.name, size=self.size(BIG.name)))
        self.check(second, ~fetched_from_peers(BIG.name))
        self.assertIn("it gave wrong bytes", [note.ending for note in second.exchanged])

    def test_an_honest_peer_has_the_right_ones(self):
        """Without a mirror the liar is found out."""
        third = self.start_downloader(self.tracker, self.mirror, upload_bytes_per_s=200 * KB)
        self.download(third)
        second = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=90)

        self.download(second)

        self.check_all(second, [BIG.name], fetched_from_peers(BIG.name, size=self.size(BIG.name)))
        (note,) = (note for note in second.fetched if note.package == BIG.name)
        self.assertEqual(note.peers, (third.peer,))

    def test_nobody_has_the_right_ones(self):
        """Then apt gets nothing."""
        second = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=3)
        self.machine_of(second).run(UPDATE)

        self.machine_of(second).refuses(f"{PATIENT} {BIG.name}", says="E: Failed to fetch http://")

        self.check(second, ~cached(BIG.name, "1.0-1"))


class TheMirrorDies(Troubled, on=apt):
    """Peers carry on without it."""

    def test_before(self):
        """Who knows the index takes packages from peers."""
        second = self.start_downloader(self.tracker, self.mirror)
        self.machine_of(second).run(UPDATE)
        self.mirror.signal()

        self.machine_of(second).run(f"{PATIENT} {BIG.name}", timeout=180)

        self.check(second, ~node_alive(self.mirror.name), fetched_from_peers(BIG.name), fetched_from_mirror("*", 0))

    def test_for_an_update_it_is_needed(self):
        """An old index is not passed off as a new one."""
        self.mirror.signal()

        self.machine_of(self.first).refuses(UPDATE, says="E: Failed to fetch http://")


class Interrupted(Troubled, on=apt):
    """What has come in part is not lost."""

    def test_the_downloader_starts_anew_in_the_midst(self):
        """Apt fails, or asks again by itself; the next attempt goes on where that ended."""
        second = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=60)
        machine = self.machine_of(second)
        machine.run(UPDATE)

        with self.when(self.has_given_some, second.restart):
            machine.execute(f"{PATIENT} {BIG.name}", timeout=180)
        machine.run(f"{PATIENT} {BIG.name}", timeout=180)

        self.check_all(second, [BIG.name], fetched_from_cache(BIG.name), fetched_from_mirror("*", 0))
        note = [note for note in second.fetched if note.package == BIG.name][-1]
        self.assertGreater(note.from_cache, 0)
        self.assertEqual(note.from_cache + note.from_peers, note.size)

    def test_the_mirror_breaks_off(self):
        """What it gave stays; it is asked for the rest alone when it is back."""
        alone = self.start_downloader((), self.mirror)
        machine = self.machine_of(alone)
        machine.run(UPDATE)
        self.mirror.fault(Bandwidth(200 * KB), "*.deb")

        with self.when(lambda: self.has_part(alone), self.mirror.signal):
            machine.refuses(f"{PATIENT} {BIG.name}", says="E: Failed to fetch http://", timeout=180)
        self.mirror.restart()
        machine.run(f"{PATIENT} {BIG.name}", timeout=180)

        self.check_all(alone, [BIG.name], fetched_from_cache(BIG.name))
        note = [note for note in alone.fetched if note.package == BIG.name][-1]
        self.assertEqual(note.from_cache + note.from_mirror, note.size)

    def has_part(self, downloader):
        """Whether a part of a file is on its disk."""
        return any(path.stat().st_size > 50 * KB for path in Path(downloader.options.cache_dir, "partial").iterdir())


class TheIndexChanges(Troubled, on=apt):
    """New packages appear on the mirror while the swarm is at work."""

    def test_a_new_version(self):
        """Who updates takes the new one, from peers too; who does not still gets the old one from them."""
        self.mirror.publish("repository", [BIG.upgraded("2.0-1"), *SAMPLE[:3]])
        second = self.start_downloader(self.tracker, self.mirror)
        self.download(second)
        third = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=60)

        self.download(third)
        self.download(self.first)

        self.check(second, cached(BIG.name, "2.0-1"), fetched_from_mirror(BIG.name, 1))
        self.check(third, cached(BIG.name, "2.0-1"), fetched_from_peers(BIG.name), fetched_from_mirror("*", 0))
        self.check(
            self.first, cached(BIG.name, "2.0-1"), fetched_from_peers(BIG.name), fetched_from_mirror(BIG.name, 1)
        )

    def test_another_content_under_the_same_name(self):
        """It is another torrent, and nobody mixes them up."""
        changed = package(BIG.name, 300 * KB)
        self.mirror.publish("repository", [changed, *SAMPLE[:3]])
        second = self.start_downloader(self.tracker, self.mirror)

        self.download(second)

        self.check_all(second, [BIG.name], fetched_from_mirror(BIG.name, size=self.size(BIG.name)))
        self.check(second, fetched_from_peers("*", 0))

    def test_an_old_index(self):
        """Who has the index of before gets what that names, as long as a peer has it."""
        second = self.start_downloader(self.tracker, self.mirror)
        self.machine_of(second).run(UPDATE)
        self.mirror.publish("repository", [Package("other")])
        self.mirror.remove(self.path(BIG.name))

        self.machine_of(second).run(f"{PATIENT} {BIG.name}", timeout=180)

        self.check(second, cached(BIG.name, "1.0-1"), fetched_from_peers(BIG.name), output("^Get:1 http://"))


class EightOfThem(Troubled, on=apt):
    """The rules themselves: they notice when a peer is taken away."""

    def test_without_its_peer_a_downloader_asks_the_mirror(self):
        """What holds with the peer is broken without."""
        self.download(self.first, *EIGHT)
        self.first.stop()
        second = self.start_downloader(self.tracker, self.mirror)

        self.download(second, *EIGHT)

        with self.assertRaisesRegex(AssertionError, r"✗ FETCHED_FROM_PEERS=fop-doc\n +expected  fop-doc from peers"):
            self.check(second, fetched_from_peers(BIG.name))
        with self.assertRaisesRegex(AssertionError, r"✗ !FETCHED_FROM_MIRROR=fop-doc\n"):
            self.check(second, ~fetched_from_mirror(BIG.name))
