"""HTTP with one client: each of its requests answered as somebody decides, and noted."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TypeAlias

from pkgsuite.model.journal import Served
from pkgsuite.nodes import dates, http
from pkgsuite.nodes.answer import Answer, said_no
from pkgsuite.nodes.connection import Connection, Gone
from pkgsuite.nodes.journal import Journal
from pkgsuite.values import dataclass

__all__ = ["Conversation", "Respond"]

Respond: TypeAlias = Callable[[http.Request], "AbstractContextManager[Answer]"]
"""The answer to a request; what it is made of is let go of afterwards."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """How clients are spoken with: what is answered, and where that is noted."""

    respond: Respond
    journal: Journal

    def hold(self, connection: Connection) -> None:
        """Answer one request after the other until the client has no more."""
        try:
            for head in connection.heads():
                self._answer(connection, http.parse(head))
        except http.BadRequest as trouble:
            self._refuse(connection, trouble)
        except Gone:
            pass
        finally:
            connection.close()

    def _answer(self, connection: Connection, request: http.Request) -> None:
        with self.respond(request) as answer:
            answer = replace(
                answer.with_header("Date", dates.show(int(time.time()))),
                keeps_alive=answer.keeps_alive and request.keeps_alive,
                has_body=answer.has_body and request.method != "HEAD",
            )
            note = Served(
                request.method,
                request.place,
                answer.status,
                answer.promised if answer.has_body else 0,
                query=request.query,
                range=request.headers.get("range", ""),
                client=connection.client,
            )
            self._send(connection, answer, note)

    def _refuse(self, connection: Connection, trouble: http.BadRequest) -> None:
        answer = said_no(trouble)
        try:
            note = Served("", "", answer.status, answer.promised, fault=str(trouble), client=connection.client)
            self._send(connection, answer, note)
        except Gone:
            pass

    def _send(self, connection: Connection, answer: Answer, note: Served) -> None:
        entry = self.journal.begin(note)
        try:
            connection.send(answer, entry)
        finally:
            self.journal.end(entry)
