"""Every error mpgraph raises on purpose, as one tree.

    MpgraphError                     .code (MediaPipe's status), .locations (file:line:column)
    ├── InvalidArgumentError         also a ValueError
    │   └── ConfigError              a graph's text or structure is wrong
    ├── NotFoundError                also a RuntimeError; a stream, node or side packet does not exist
    ├── AlreadyExistsError           also a FileExistsError, as in MediaPipe's Python binding
    ├── FailedPreconditionError      also a RuntimeError; right call, wrong moment
    ├── UnavailableError             also a RuntimeError; "Graph is throttled.", a deadlock
    ├── OutOfRangeError              also a RuntimeError; "Graph is done."
    ├── CancelledError               also a RuntimeError
    ├── UnimplementedError           also a NotImplementedError
    ├── InternalError                also a RuntimeError
    ├── UnknownError                 also a RuntimeError
    │   └── GraphRunError            one run of a graph failed; .causes holds what happened, in order
    ├── ResourceNotFoundError        also a FileNotFoundError; a model or graph file
    ├── InferenceError               also a RuntimeError; no backend can run the model
    ├── GpuError                     also a RuntimeError; no GPU, a lost one, or its memory is full
    └── MediaError                   also a RuntimeError; a picture, video or camera cannot be read or written

The second bases are the classes MediaPipe's Python package raised for the same status, so
`except ValueError` written for it keeps working.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text file; `line` and `column` count from 1.

    used_at: of a place in a subgraph, where that subgraph is used, innermost use first.
    """

    file: str
    line: int
    column: int
    used_at: tuple[Location, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class MpgraphError(Exception):
    """Base of all errors of mpgraph.

    code: the name of the absl status code MediaPipe gives the same failure.
    message: what is wrong, with the hint at its end.
    location: where in the user's own file the cause is; it leads the message when known.
    hint: what to do about it, "" where that goes without saying.
    rule: a short name of the kind of mistake, such as "unknown-calculator", "" for those without one.
    raised_at: of what a calculator raised, the line of its author's file.
    """

    code = "Unknown"
    causes: tuple[BaseException, ...] = ()
    """The errors this one combines, first one first."""
    raised_at: Location | None = None

    def __init__(
        self, message: str, *, location: Location | None = None, hint: str = "", rule: str = ""
    ) -> None:
        self.hint = hint.strip()
        self.message = message = f"{message} {self.hint}" if self.hint else message
        self.location = location
        self.rule = rule
        super().__init__(f"{location}: {message}" if location else message)

    def __str__(self) -> str:
        # Some second bases (KeyError, OSError) would print the message in their own way.
        return f"{self.location}: {self.message}{self.uses}" if self.location else self.message

    @property
    def uses(self) -> str:
        """Of a mistake in a subgraph, ` (used at FILE:LINE:COLUMN)`; else ""."""
        used_at = self.location.used_at if self.location else ()
        return f" (used at {', '.join(map(str, used_at))})" if used_at else ""

    @property
    def statement(self) -> str:
        """The message without the hint."""
        return self.message.removesuffix(self.hint).rstrip(" ") if self.hint else self.message


class InvalidArgumentError(MpgraphError, ValueError):
    """An argument, packet or option has a value that is not allowed."""

    code = "InvalidArgument"


class ConfigError(InvalidArgumentError):
    """The text or the structure of a graph is wrong."""


class NotFoundError(MpgraphError, RuntimeError):
    """A named stream, side packet, node or type does not exist."""

    code = "NotFound"


class AlreadyExistsError(MpgraphError, FileExistsError):
    """A name or value was given twice."""

    code = "AlreadyExists"


class FailedPreconditionError(MpgraphError, RuntimeError):
    """The call is right, its moment is wrong."""

    code = "FailedPrecondition"


class UnavailableError(MpgraphError, RuntimeError):
    """The graph cannot take this now; trying again later may succeed."""

    code = "Unavailable"


class OutOfRangeError(MpgraphError, RuntimeError):
    """Past the end: the graph or the stream is done."""

    code = "OutOfRange"


class CancelledError(MpgraphError, RuntimeError):
    """The run was cancelled."""

    code = "Cancelled"


class UnimplementedError(MpgraphError, NotImplementedError):
    """MediaPipe has this; mpgraph does not."""

    code = "Unimplemented"


class InternalError(MpgraphError, RuntimeError):
    """A check inside the framework or a calculator failed."""

    code = "Internal"


class UnknownError(MpgraphError, RuntimeError):
    """A failure without a code of its own."""

    code = "Unknown"


class GraphRunError(UnknownError):
    """One run of a graph failed, for several reasons or for one outside mpgraph: see `causes`."""


class ResourceNotFoundError(MpgraphError, FileNotFoundError):
    """A graph, model or other file was not found on the resource path."""

    code = "NotFound"


class InferenceError(MpgraphError, RuntimeError):
    """No inference backend could load or run the model."""

    code = "Internal"


class GpuError(MpgraphError, RuntimeError):
    """There is no GPU to compute on, it was lost, or its memory is full."""

    code = "Internal"


class MediaError(MpgraphError, RuntimeError):
    """A picture, video or camera could not be read or written."""

    code = "Unknown"


_BY_CODE: dict[str, type[MpgraphError]] = {
    cls.code: cls
    for cls in (
        InvalidArgumentError,
        NotFoundError,
        AlreadyExistsError,
        FailedPreconditionError,
        UnavailableError,
        OutOfRangeError,
        CancelledError,
        UnimplementedError,
        InternalError,
    )
}


def code_of(error: BaseException) -> str:
    """The absl status code of an error; "Unknown" for one that is not mpgraph's."""
    return error.code if isinstance(error, MpgraphError) else "Unknown"


def with_code(code: str, message: str) -> MpgraphError:
    """An error of the class that stands for a status code."""
    return _BY_CODE.get(code, UnknownError)(message)


def ret_check(condition: object, message: str) -> None:
    """Raise InternalError unless `condition` holds, with the prefix of MediaPipe's RET_CHECK."""
    if not condition:
        raise InternalError(f"RET_CHECK failure: {message}")


def combined(comment: str, causes: Sequence[BaseException]) -> MpgraphError:
    """One error for several: `comment` and each message on its own line (MediaPipe's CombinedStatus).

    Its class is that of the causes' common status code, GraphRunError when they differ.
    """
    message = "\n".join([comment, *(str(cause) for cause in causes)])
    codes = {code_of(cause) for cause in causes}
    cls = _BY_CODE.get(codes.pop()) if len(codes) == 1 else None
    error = GraphRunError(message) if cls is None else cls(message)
    error.causes = tuple(causes)
    error.__cause__ = causes[0] if causes else None
    return error


def a_type(value: object) -> str:
    """The class of a value with its article: "an int", "a str"."""
    return with_article(type(value).__name__)


def with_article(name: str) -> str:
    """A class's name with its article."""
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"


_NEAR = 0.6  # The likeness of two names of which one may be meant by the other.
_AS_NEAR = 0.1  # How much less like than the nearest one a name may be to be named beside it.


def did_you_mean(name: str, known: Iterable[str], suffix: str = "") -> str:
    """Return ' Did you mean "x"?' for the nearest of `known`, or an empty string. Case counts little.

    Names of one letter are like too much, and get none.

    suffix: what most names end with, which makes none more like another.
    """
    if len(name) < 2:
        return ""
    from difflib import SequenceMatcher  # Rarely needed, and 2 ms of every start.

    matcher = SequenceMatcher(b=name.removesuffix(suffix).lower())
    least = _NEAR if len(name) > 3 else 0.5  # One letter more or less is much of a short name.
    near: list[tuple[float, str]] = []
    for candidate in dict.fromkeys(known):
        matcher.set_seq1(candidate.removesuffix(suffix).lower())
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
            ratio = matcher.ratio()
            if ratio >= least and candidate != name:
                near.append((ratio, candidate))
    near.sort(key=lambda pair: -pair[0])
    best = [candidate for ratio, candidate in near[:3] if ratio >= near[0][0] - _AS_NEAR]
    if not best:
        return ""
    return " Did you mean " + " or ".join(f'"{match}"' for match in best) + "?"
