"""What can be wrong with a mirror, by name: values that say themselves and change an offer or an answer.

`repr(fault)` is the text that `parse` reads, which is how faults travel to a mirror that runs.
"""

from __future__ import annotations

import ast
import re
from dataclasses import fields, replace
from urllib.parse import quote

from pkgsuite.errors import BadValue
from pkgsuite.nodes.answer import CLOSE, RESET, STALL, Answer, said
from pkgsuite.nodes.content import Flipped, InMemory, Offer
from pkgsuite.values import dataclass

__all__ = [
    "FAULTS",
    "Bandwidth",
    "CloseOnError",
    "Date",
    "Fault",
    "FirstFail",
    "Latency",
    "NoKeepAlive",
    "NoRange",
    "Redirect",
    "Refusing",
    "Reset",
    "Stall",
    "Status",
    "Swapped",
    "Truncated",
    "WrongContentRange",
    "WrongHash",
    "WrongSize",
    "parse",
]

REDIRECTS = (301, 302, 303, 307, 308)


class Fault:
    """One thing that is wrong; the base changes nothing."""

    __slots__ = ()

    def describe(self) -> str:
        """What is wrong, in a few words."""
        return repr(self)

    def offer(self, offer: Offer) -> Offer:
        """What stands under a path, as the fault has it."""
        return offer

    def answer(self, answer: Answer, path: str) -> Answer:
        """What is answered for *path*, as the fault has it."""
        return answer


def check_amount(field: str, value: object, *, least: float = 0, kind: type | tuple[type, ...] = int) -> None:
    """Refuse what is no quantity; raises BadValue."""
    if not isinstance(value, kind) or isinstance(value, bool) or not value >= least:  # type: ignore[operator]
        raise BadValue(field, value, f"a number from {least:g} on")


@dataclass(frozen=True, slots=True)
class Latency(Fault):
    """Each answer begins so many seconds late."""

    seconds: float

    def __post_init__(self) -> None:
        check_amount("seconds", self.seconds, kind=(int, float))

    def describe(self) -> str:
        return f"answers {self.seconds:g} s late"

    def answer(self, answer: Answer, path: str) -> Answer:
        return replace(answer, delay_s=answer.delay_s + self.seconds)


@dataclass(frozen=True, slots=True)
class Bandwidth(Fault):
    """Bodies come at this pace, each connection by itself."""

    bytes_per_s: int

    def __post_init__(self) -> None:
        check_amount("bytes_per_s", self.bytes_per_s, least=1)

    def describe(self) -> str:
        return f"sends {self.bytes_per_s} bytes a second"

    def answer(self, answer: Answer, path: str) -> Answer:
        return replace(answer, rate_bytes_per_s=self.bytes_per_s)


@dataclass(frozen=True, slots=True)
class Cut(Fault):
    """Only so many bytes of a body come."""

    after: int

    def __post_init__(self) -> None:
        check_amount("after", self.after)


@dataclass(frozen=True, slots=True)
class Truncated(Cut):
    """The connection is closed after so many bytes of a body."""

    def describe(self) -> str:
        return f"closes after {self.after} bytes"

    def answer(self, answer: Answer, path: str) -> Answer:
        return replace(answer, cut_at=self.after, ending=CLOSE)


@dataclass(frozen=True, slots=True)
class Reset(Cut):
    """The connection breaks after so many bytes of a body."""

    def describe(self) -> str:
        return f"resets after {self.after} bytes"

    def answer(self, answer: Answer, path: str) -> Answer:
        return replace(answer, cut_at=self.after, ending=RESET)


@dataclass(frozen=True, slots=True)
class Stall(Cut):
    """Silence after so many bytes of a body, until the mirror is healed or the client gives up."""

    def describe(self) -> str:
        return f"falls silent after {self.after} bytes"

    def answer(self, answer: Answer, path: str) -> Answer:
        return replace(answer, cut_at=self.after, ending=STALL)


@dataclass(frozen=True, slots=True)
class Status(Fault):
    """Another status in place of every answer; *retry_after* is in seconds."""

    code: int
    retry_after: int | None = None

    def __post_init__(self) -> None:
        if self.code not in range(400, 600):
            raise BadValue("code", self.code, "the status of an error, from 400 to 599")
        if self.retry_after is not None:
            check_amount("retry_after", self.retry_after)

    def describe(self) -> str:
        later = "" if self.retry_after is None else f", try again after {self.retry_after} s"
        return f"answers {self.code}{later}"

    def answer(self, answer: Answer, path: str) -> Answer:
        wrong = said(self.code)
        if self.retry_after is not None:
            wrong = wrong.with_header("Retry-After", str(self.retry_after))
        return replace(wrong, keeps_alive=answer.keeps_alive)


@dataclass(frozen=True, slots=True)
class Redirect(Fault):
    """Another place to ask: *to* as it stands, or with the path behind it where it ends in a slash."""

    to: str
    code: int = 302

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[!-~]+", self.to):
            raise BadValue("to", self.to, "a URL, or a path")
        if self.code not in REDIRECTS:
            raise BadValue("code", self.code, f"one of {', '.join(map(str, REDIRECTS))}")

    def describe(self) -> str:
        return f"redirects to {self.to} ({self.code})"

    def answer(self, answer: Answer, path: str) -> Answer:
        target = self.to + quote(path, errors="surrogateescape") if self.to.endswith("/") else self.to
        return replace(said(self.code, Location=target), keeps_alive=answer.keeps_alive)


@dataclass(frozen=True, slots=True)
class WrongSize(Fault):
    """The head promises so many bytes more than there are, or fewer if it is below zero."""

    by: int

    def describe(self) -> str:
        return f"promises {abs(self.by)} bytes {'more' if self.by > 0 else 'less'} than there are"

    def answer(self, answer: Answer, path: str) -> Answer:
        return replace(answer, promised=max(answer.promised + self.by, 0), keeps_alive=False)


@dataclass(frozen=True, slots=True)
class WrongHash(Fault):
    """One byte of the content is wrong: the last, or the one at this place."""

    at: int = -1

    def describe(self) -> str:
        return f"turns the byte at {self.at} over"

    def offer(self, offer: Offer) -> Offer:
        return replace(offer, content=Flipped(offer.content, self.at)) if offer.content.size else offer


@dataclass(frozen=True, slots=True)
class Swapped(Fault):
    """Other content stands in place of what was published, and signed."""

    content: bytes

    def describe(self) -> str:
        return f"serves {len(self.content)} other bytes"

    def offer(self, offer: Offer) -> Offer:
        offer.content.close()
        return replace(offer, content=InMemory(self.content))


@dataclass(frozen=True, slots=True)
class NoRange(Fault):
    """Nothing is known of ranges: who asks for a part gets all."""

    def describe(self) -> str:
        return "ignores ranges"

    def offer(self, offer: Offer) -> Offer:
        return replace(offer, takes_ranges=False)


@dataclass(frozen=True, slots=True)
class WrongContentRange(Fault):
    """A part is said to begin so many bytes further on than it does."""

    by: int = 1

    def describe(self) -> str:
        return f"says of each part that it begins {self.by} bytes from where it does"

    def answer(self, answer: Answer, path: str) -> Answer:
        match = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.header("Content-Range"))
        if match is None:
            return answer
        start, last = (max(int(number) + self.by, 0) for number in match.groups()[:2])
        return answer.with_header("Content-Range", f"bytes {start}-{last}/{match[3]}")


@dataclass(frozen=True, slots=True)
class Date(Fault):
    """Dates lie so many seconds in the future of the true ones, in the past if it is below zero."""

    shift_s: int

    def describe(self) -> str:
        return f"shifts dates by {self.shift_s:+} s"

    def offer(self, offer: Offer) -> Offer:
        return replace(offer, mtime_s=max(offer.mtime_s + self.shift_s, 0))


@dataclass(frozen=True, slots=True)
class NoKeepAlive(Fault):
    """Each answer ends its connection."""

    def describe(self) -> str:
        return "closes each connection"

    def answer(self, answer: Answer, path: str) -> Answer:
        return replace(answer, keeps_alive=False)


@dataclass(frozen=True, slots=True)
class CloseOnError(Fault):
    """Each answer that is an error ends its connection."""

    def describe(self) -> str:
        return "closes on errors"

    def answer(self, answer: Answer, path: str) -> Answer:
        return replace(answer, keeps_alive=answer.keeps_alive and answer.status < 400)


@dataclass(frozen=True, slots=True)
class FirstFail(Fault):
    """The first requests for each path meet another fault."""

    count: int
    fault: Fault

    def __post_init__(self) -> None:
        check_amount("count", self.count, least=1)
        if not isinstance(self.fault, Fault) or isinstance(self.fault, (FirstFail, Refusing)):
            raise BadValue("fault", self.fault, "a fault of single answers")

    def describe(self) -> str:
        return f"{self.fault.describe()}, the first {self.count} times"


@dataclass(frozen=True, slots=True)
class Refusing(Fault):
    """Nobody answers: connections are refused and those that stand break."""

    def describe(self) -> str:
        return "refuses connections"


FAULTS: dict[str, type[Fault]] = {
    kind.__name__: kind
    for kind in (
        *(Bandwidth, CloseOnError, Date, FirstFail, Latency, NoKeepAlive, NoRange, Redirect, Refusing, Reset, Stall),
        *(Status, Swapped, Truncated, WrongContentRange, WrongHash, WrongSize),
    )
}
"""Every fault by its name."""


def parse(text: str) -> Fault:
    """The fault that *text* says, such as `Truncated(after=100)`; raises BadValue."""
    try:
        return build(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue("fault", text, f"a fault such as Truncated(after=100); known are {', '.join(FAULTS)}") from error


def build(node: ast.expr) -> Fault:
    """The fault of a call in a parsed text; raises ValueError, or TypeError for wrong arguments."""
    if isinstance(node, ast.Name):
        node = ast.Call(node, [], [])
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in FAULTS:
        raise ValueError("no fault")
    kind = FAULTS[node.func.id]
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if any(keyword.arg not in known for keyword in node.keywords):
        raise ValueError(f"{kind.__name__} has {', '.join(sorted(known)) or 'no fields'}")
    return kind(
        *(value_of(each) for each in node.args),
        **{str(keyword.arg): value_of(keyword.value) for keyword in node.keywords},
    )


def value_of(node: ast.expr) -> object:
    """A literal, or a fault within a fault."""
    return build(node) if isinstance(node, (ast.Call, ast.Name)) else ast.literal_eval(node)
