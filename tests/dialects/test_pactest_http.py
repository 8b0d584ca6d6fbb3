"""Replies of the dialect's server."""

from __future__ import annotations

import unittest

from pkgsuite.dialects.pactest_http import Reply, Server, answer
from tests.loopback import has_loopback, urlopen

REPLIES: dict[str, Reply] = {
    "/text": "hello",
    "/bytes": b"0123456789",
    "/dict": {"code": 418, "headers": {"X-Name": "value"}, "body": "tea"},
}


def ask(
    path: str, wanted: str = "", method: str = "GET", replies: dict[str, Reply] = REPLIES
) -> tuple[int, str, bytes]:
    """Status, head and body."""
    status, reply = answer(replies, f"{method} {path} HTTP/1.1", {"range": wanted} if wanted else {})
    head, _, body = reply.partition(b"\r\n\r\n")
    return status, head.decode(), body


class AnswerTest(unittest.TestCase):
    def test_texts_bytes_and_dicts(self):
        self.assertEqual((200, b"hello"), ask("/text")[::2])
        self.assertEqual((200, b"0123456789"), ask("/bytes")[::2])
        status, head, body = ask("/dict")
        self.assertEqual((418, b"tea"), (status, body))
        self.assertIn("X-Name: value", head)
        self.assertIn("Content-Length: 3", head)

    def test_what_is_unknown_is_404_unless_there_is_a_fallback(self):
        self.assertEqual(404, ask("/else")[0])
        self.assertEqual((200, b"any"), ask("/else", replies={"": "any"})[::2])

    def test_row_7_both_ends_of_a_range_count(self):
        for wanted, body, told in (
            ("bytes=0-3", b"0123", "0-3/10"),
            ("bytes=4-", b"456789", "4-9/10"),
            ("bytes=8-99", b"89", "8-9/10"),
            ("bytes=-2", b"89", "8-9/10"),
        ):
            with self.subTest(wanted):
                status, head, seen = ask("/bytes", wanted)
                self.assertEqual((206, body), (status, seen))
                self.assertIn(f"Content-Range: bytes {told}", head)
                self.assertIn(f"Content-Length: {len(body)}", head)

    def test_ranges_that_cannot_be(self):
        self.assertEqual(416, ask("/bytes", "bytes=10-")[0])
        for wanted in ("bytes=-", "lines=1-2", "bytes=a-b"):
            self.assertEqual((200, b"0123456789"), ask("/bytes", wanted)[::2])

    def test_head_has_no_body_and_other_methods_are_refused(self):
        self.assertEqual((200, b""), ask("/text", method="HEAD")[::2])
        self.assertEqual(501, ask("/text", method="POST")[0])

    @unittest.skipUnless(has_loopback(), "the loopback interface is down (ip link set lo up)")
    def test_it_serves_and_keeps_a_log(self):
        server = Server(REPLIES)
        self.addCleanup(server.close)
        server.start()

        with urlopen(f"{server.url}/text") as reply:
            body = reply.read()

        self.assertEqual(b"hello", body)
        self.assertEqual(['127.0.0.1 "GET /text HTTP/1.1" 200'], server.log)
