"""Exceptions as text and back: what a traceback needs to look in one process as it did in another.

Nothing is pickled. The rebuilt exception has the type's name, the text, the notes, the causes, and a traceback of real
frame objects with the author's files, lines and columns, so that every reporter can print it its own way.
"""

from __future__ import annotations

import ast
import builtins
import sys
import traceback
from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FrameType, TracebackType
from typing import TypedDict

from pkgsuite.errors import BadRule, BadValue

__all__ = ["Told", "rebuild", "tell"]

MOST_FRAMES = 5000
MOST_TEXT = 1 << 20
MOST_DEPTH = 8

SYNTAX_FIELDS = ("msg", "filename", "lineno", "offset", "text", "end_lineno", "end_offset", "print_file_and_line")

GROUP: type[BaseException] | None = getattr(builtins, "BaseExceptionGroup", None)
"""Exception groups came with Python 3.11."""

Position = tuple["int | None", "int | None", "int | None", "int | None"]


class ToldFrame(TypedDict):
    """One frame: where it is, whether it belongs to the test framework, and its variables if they were asked for."""

    file: str
    name: str
    line: int
    position: list[int | None]
    is_framework: bool
    variables: dict[str, str]


class Told(TypedDict):
    """One exception as JSON holds it."""

    module: str
    qualname: str
    text: str
    syntax: dict[str, str | int | None]
    notes: list[str]
    frames: list[ToldFrame]
    cause: Told | None
    context: Told | None
    is_suppressed: bool
    group: list[Told]


class Shown(str):
    """A text that is its own repr: what is left of a value that stayed in the other process."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def tell(error: BaseException, *, with_variables: bool = False, depth: int = 0) -> Told:
    """All that can be said of *error*."""

    def deeper(other: BaseException | None) -> Told | None:
        if other is None or depth >= MOST_DEPTH:
            return None
        return tell(other, with_variables=with_variables, depth=depth + 1)

    kind = type(error)
    inner: tuple[BaseException, ...] = getattr(error, "exceptions", ()) if is_group(error) else ()
    return Told(
        module=kind.__module__,
        qualname=kind.__qualname__,
        text=text_of(error)[:MOST_TEXT],
        syntax={name: getattr(error, name, None) for name in SYNTAX_FIELDS} if isinstance(error, SyntaxError) else {},
        notes=[str(note) for note in getattr(error, "__notes__", ())],
        frames=[tell_frame(*step, with_variables) for step in steps(error)],
        cause=deeper(error.__cause__),
        context=deeper(error.__context__),
        is_suppressed=error.__suppress_context__,
        group=[told for told in map(deeper, inner) if told],
    )


def text_of(error: BaseException) -> str:
    """What a traceback prints behind the type, suggestions included."""
    if is_group(error):
        return str(getattr(error, "message", ""))
    try:
        return str(traceback.TracebackException(type(error), error, error.__traceback__, lookup_lines=False, limit=1))
    except Exception:
        return f"<{type(error).__name__} that cannot be printed>"


def is_group(error: BaseException) -> bool:
    """Whether *error* is an exception group."""
    return GROUP is not None and isinstance(error, GROUP)


def steps(error: BaseException) -> list[tuple[FrameType, int, int]]:
    """The frames of the traceback with line and instruction, the ones of this package at its end left out."""
    found: list[tuple[FrameType, int, int]] = []
    step = error.__traceback__
    while step is not None and len(found) < MOST_FRAMES:
        found.append((step.tb_frame, step.tb_lineno, step.tb_lasti))
        step = step.tb_next
    is_ours = next((test for kind, test in OURS.items() if isinstance(error, kind)), None)
    while is_ours and len(found) > 1 and is_ours(found[-1][0]):
        found.pop()
    return found


def is_framework(frame: FrameType) -> bool:
    """Whether the frame belongs to what runs and judges tests."""
    return "__unittest" in frame.f_globals


def is_suite(frame: FrameType) -> bool:
    """Whether the frame belongs to this package, its scenarios excepted."""
    name = str(frame.f_globals.get("__name__"))
    return name.startswith("pkgsuite.") and not name.startswith("pkgsuite.testcases.")


OURS: dict[type[BaseException], Callable[[FrameType], bool]] = {
    AssertionError: is_framework,
    BadValue: is_suite,
    BadRule: is_suite,
}
"""Whose frames at the end of a traceback say nothing of where the author went wrong, by the kind of exception."""


def tell_frame(frame: FrameType, line: int, instruction: int, with_variables: bool) -> ToldFrame:
    """All that can be said of one frame."""
    variables = {name: safe_repr(value) for name, value in frame.f_locals.items()} if with_variables else {}
    return ToldFrame(
        file=frame.f_code.co_filename,
        name=frame.f_code.co_name,
        line=line,
        position=list(position_of(frame.f_code, instruction)),
        is_framework=is_framework(frame),
        variables=variables,
    )


def position_of(code: CodeType, instruction: int) -> Position:
    """Line, last line, column and last column of an instruction; None where the compiler did not keep them."""
    if sys.version_info >= (3, 11) and instruction >= 0:
        for index, position in enumerate(code.co_positions()):
            if 2 * index == instruction:
                return position
    return (None, None, None, None)


def safe_repr(value: object) -> str:
    """The repr of *value*, whatever it does."""
    try:
        return repr(value)[:MOST_TEXT]
    except Exception:
        return f"<{type(value).__name__} whose repr fails>"


def rebuild(told: Told) -> BaseException:
    """An exception that prints as the told one."""
    error = instance(told)
    for note in told["notes"]:
        if hasattr(error, "add_note"):
            error.add_note(note)
    error.__cause__ = rebuild(told["cause"]) if told["cause"] else None
    error.__context__ = rebuild(told["context"]) if told["context"] else None
    error.__suppress_context__ = told["is_suppressed"]
    following: TracebackType | None = None
    for frame in reversed(told["frames"]):
        following = rebuild_step(frame, following)
    return error.with_traceback(following)


def instance(told: Told) -> BaseException:
    """An exception of the told type, or of a stand-in that bears its name."""
    kind = known_type(told)
    if told["group"] and GROUP is not None:
        return GROUP(told["text"], [rebuild(one) for one in told["group"]])
    if kind is AssertionError:
        return AssertionError(told["text"]) if told["text"] else AssertionError()
    try:
        stand_in = stand_in_for(kind, told)
        error = stand_in.__new__(stand_in)
    except Exception:
        stand_in = stand_in_for(Exception, told)
        error = stand_in.__new__(stand_in)
    for name, value in told["syntax"].items():
        setattr(error, name, value)
    return error


def known_type(told: Told) -> type[BaseException]:
    """The exception type that is known here under the told name, else Exception."""
    found: object = sys.modules.get(told["module"])
    for part in told["qualname"].split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else Exception


def stand_in_for(kind: type[BaseException], told: Told) -> type[BaseException]:
    """A subclass of *kind* that bears the told name and prints the told text."""
    text = told["text"]
    body = {
        "__module__": told["module"],
        "__qualname__": told["qualname"],
        "__init__": lambda self, *args: None,
        "__str__": lambda self: text,
    }
    return type(told["qualname"].rpartition(".")[2], (kind,), body)


def rebuild_step(told: ToldFrame, following: TracebackType | None) -> TracebackType:
    """A traceback entry with a real frame: code compiled to stand at the told place, run to its point and left."""
    has_columns = None not in told["position"]
    position = told["position"] if has_columns else [told["line"], told["line"], 0, 0]
    reached: list[tuple[FrameType, int]] = []

    def stop() -> None:
        frame = sys._getframe(1)
        reached.append((frame, frame.f_lasti))

    code = code_at(told["file"], told["name"], *position)
    names: dict[str, object] = {
        "__stop__": stop,
        "__name__": "",
        **({"__unittest": True} if told["is_framework"] else {}),
    }
    variables: dict[str, object] = {name: Shown(text) for name, text in told["variables"].items()}
    exec(code, names, variables)
    frame, instruction = reached[0]
    return TracebackType(following, frame, instruction if has_columns else -1, told["line"])


@lru_cache(maxsize=1024)
def code_at(file: str, name: str, line: int, last_line: int, column: int, last_column: int) -> CodeType:
    """Code that does nothing but call `__stop__`, and says it stands at that place."""
    call = ast.Call(ast.Name("__stop__", ast.Load()), [], [])
    module = ast.Module([ast.Expr(call)], [])
    for node in ast.walk(module):
        if isinstance(node, (ast.expr, ast.stmt)):
            node.lineno, node.end_lineno = line, last_line
            node.col_offset, node.end_col_offset = column, last_column
    return compile(module, file, "exec").replace(co_name=name)
