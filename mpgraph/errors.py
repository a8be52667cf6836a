"""The errors of mpgraph: a class for each of MediaPipe's status codes, and for resources and devices.

All are RuntimeErrors. The second bases are the other classes that MediaPipe's Python package raises for the
same status, so `except ValueError` written for it keeps working.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Location:
    """A position in a text file; `line` and `column` count from 1.

    used_at: for a position in a subgraph, where that subgraph is used, innermost use first.
    """

    file: str
    line: int
    column: int
    used_at: tuple[Location, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class MpgraphError(RuntimeError):
    """Base of all errors of mpgraph.

    code: the name of the absl status code that MediaPipe gives the same failure.
    statement: what is wrong.
    hint: what to do about it, "" where that is obvious.
    location: the cause's position in the user's own file; it leads the text when known.
    rule: a short name of the category of error, such as "unknown-calculator"; "" without a category.
    raised_at: the line of the author's file, if a calculator raised the error.
    causes: the errors that this one combines, in order.
    """

    code = "Unknown"
    causes: tuple[BaseException, ...] = ()
    """The errors that this one combines, in order."""
    raised_at: Location | None = None

    def __init__(
        self, statement: str, *, location: Location | None = None, hint: str = "", rule: str = ""
    ) -> None:
        self.statement = statement
        self.hint = hint.strip()
        self.location = location
        self.rule = rule
        super().__init__(f"{location}: {self.message}" if location else self.message)

    def __str__(self) -> str:
        # Some second bases (KeyError, OSError) would print the message in their own way.
        return f"{self.location}: {self.message}{self.uses}" if self.location else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # A process pool passes errors as pickles, and one that cannot be read there ends the pool.
        state = self.__dict__ | {"causes": tuple(_portable(cause) for cause in self.causes)}
        return _restored, (type(self), self.args), state

    @property
    def message(self) -> str:
        """The statement, followed by the hint."""
        return f"{self.statement} {self.hint}" if self.hint else self.statement

    @property
    def uses(self) -> str:
        """For an error inside a subgraph, ` (used at FILE:LINE:COLUMN)`; else ""."""
        used_at = self.location.used_at if self.location else ()
        return f" (used at {', '.join(map(str, used_at))})" if used_at else ""

    def with_context(
        self,
        prefix: str = "",
        suffix: str = "",
        *,
        location: Location | None = None,
        rule: str = "",
        cls: type[MpgraphError] | None = None,
    ) -> MpgraphError:
        """Return a copy of this error for a caller that knows more, with this error as its cause.

        prefix, suffix: are put around the statement.
        location, rule, cls: replace the error's own, if given. An error whose class has a constructor of
            its own becomes one of the class of its status code.
        """
        own = type(self) if type(self).__init__ is MpgraphError.__init__ else error_class(self.code)
        error = (cls or own)(
            f"{prefix}{self.statement}{suffix}",
            location=location or self.location,
            hint=self.hint,
            rule=rule or self.rule,
        )
        error.raised_at = self.raised_at
        error.__cause__ = self
        return error


class InvalidArgumentError(MpgraphError, ValueError):
    """An argument, packet or option has a value that is not allowed."""

    code = "InvalidArgument"


class ConfigError(InvalidArgumentError):
    """The text or the structure of a graph is wrong."""


class NotFoundError(MpgraphError):
    """A named stream, side packet, node or type does not exist."""

    code = "NotFound"


class AlreadyExistsError(MpgraphError, FileExistsError):
    """A name or value was given twice, or a file exists."""

    code = "AlreadyExists"


class FailedPreconditionError(MpgraphError):
    """The call is valid, but not in the current state of the object, such as before `start_run`."""

    code = "FailedPrecondition"


class PermissionDeniedError(MpgraphError, PermissionError):
    """A graph that is not trusted wants to read or write a file."""

    code = "PermissionDenied"


class UnavailableError(MpgraphError):
    """Not possible now, but maybe later: the graph throttles an input, or is deadlocked."""

    code = "Unavailable"


class OutOfRangeError(MpgraphError):
    """Past the end: the graph or the stream is done ("Graph is done.")."""

    code = "OutOfRange"


class CancelledError(MpgraphError):
    """The run was cancelled."""

    code = "Cancelled"


class DeadlineExceededError(MpgraphError, TimeoutError):
    """A wait took longer than its `timeout`; the message says what the graph waits for."""

    code = "DeadlineExceeded"


class UnimplementedError(MpgraphError, NotImplementedError):
    """MediaPipe supports this; mpgraph does not."""

    code = "Unimplemented"


class InternalError(MpgraphError):
    """A check inside the framework or a calculator failed."""

    code = "Internal"


class UnknownError(MpgraphError):
    """A failure without its own status code."""


class GraphRunError(UnknownError):
    """A run of a graph failed, for several reasons or for one outside mpgraph: see `causes`."""


class ResourceNotFoundError(MpgraphError, FileNotFoundError):
    """A graph, model or other file was not found on the resource path."""

    code = "NotFound"


class InferenceError(MpgraphError):
    """No inference backend could load or run the model."""

    code = "Internal"


class GpuError(MpgraphError):
    """There is no GPU to compute on, the device was lost, or its memory is full."""

    code = "Internal"


class MediaError(MpgraphError):
    """An image, video or camera could not be read or written."""


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
    """The absl status code of an error; "Unknown" for an error of other code."""
    return error.code if isinstance(error, MpgraphError) else "Unknown"


def error_class(code: str) -> type[MpgraphError]:
    """The class of errors with a status code; UnknownError for codes without a class."""
    return _BY_CODE.get(code, UnknownError)


def ret_check(condition: object, message: str | Callable[[], str]) -> None:
    """Raise InternalError unless `condition` holds, with the prefix of MediaPipe's RET_CHECK.

    message: a function where composing the text for nothing would take long.
    """
    if not condition:
        raise InternalError(f"RET_CHECK failure: {message if isinstance(message, str) else message()}")


def combined(comment: str, causes: Sequence[BaseException]) -> MpgraphError:
    """One error for several: `comment` and each message on its own line (MediaPipe's CombinedStatus).

    Its class is that of the causes' common status code, GraphRunError when they differ.
    """
    message = "\n".join([comment, *(str(cause) for cause in causes)])
    codes = {code_of(cause) for cause in causes}
    cls = _BY_CODE.get(codes.pop(), GraphRunError) if len(codes) == 1 else GraphRunError
    error = cls(message)
    error.causes = tuple(causes)
    error.__cause__ = causes[0] if causes else None
    return error


E = TypeVar("E", bound=BaseException)


def with_text(error: E) -> E | UnknownError:
    """An error whose text can be made: `error`, unless the `__str__` of its class, an author's, raises."""
    try:
        str(error)
    except Exception as failure:
        text = f"{type(error).__name__}, which has no text: its __str__() raised {a_type(failure)}."
        readable = UnknownError(text, rule="raised")
        readable.__cause__ = error
        return readable
    return error


def _restored(cls: type[MpgraphError], args: tuple[object, ...]) -> MpgraphError:
    # Not by the constructor, whose arguments are not the same in all classes, but by the `__new__` of the
    # built-in class that lays out the object: for an error that is an OSError too, not RuntimeError's.
    built_in: Any = cls
    while issubclass(built_in, MpgraphError):
        built_in = built_in.__base__
    error: MpgraphError = built_in.__new__(cls)
    error.args = args
    return error


def _portable(cause: BaseException) -> BaseException:
    """An error as it is if it survives pickling; else one with the same text."""
    import pickle

    try:
        pickle.loads(pickle.dumps(cause))
    except Exception:  # Whatever the methods of an author's class raise.
        return UnknownError(f"{type(cause).__name__}: {cause}")
    return cause


def a_type(value: object) -> str:
    """The name of a value's class with its article: "an int", "a str"."""
    return with_article(type(value).__name__)


def with_article(name: str) -> str:
    """A name with "a" or "an", chosen by its first letter."""
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"


_NEAR = 0.6  # The least similarity (SequenceMatcher.ratio) of a suggestion.
_NEAR_SHORT = 0.5  # For short names, in which one letter is a large part.
_NEAR_TYPO = 0.93  # As _NEAR, if the words differ.
_NEAR_WORD = 0.7  # As _NEAR, of each word separately.
_AS_NEAR = 0.1  # Suggestions are at most this much less similar than the best.


MOST_SUGGESTIONS = 100
"""How many errors of one kind get a suggestion: each takes a comparison with every known name."""


_WORD = re.compile(r"[A-Z]+[a-z]*|[a-z]+")


def _same_words(left: str, right: str) -> bool:
    """Whether two names in camel case or snake case have the same words, except for a few letters of each."""
    from difflib import SequenceMatcher

    pairs = [_WORD.findall(left), _WORD.findall(right)]
    return len(pairs[0]) == len(pairs[1]) and all(
        SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _NEAR_WORD
        for one, other in zip(*pairs, strict=True)
    )


def _without_ending(name: str, suffix: str) -> str:
    """A name without an ending that begins like the suffix and is about as long: "Calculater"."""
    start = name.lower().rfind(suffix[:4].lower())
    return name[:start] if start > 0 and abs(len(name) - start - len(suffix)) <= 2 else name


def did_you_mean(name: str, known: Iterable[str], suffix: str = "", *, only_typos: bool = False) -> str:
    """Return ' Did you mean "x"?' for the nearest of `known`, or an empty string. Case is ignored.

    One-letter names match everything, so they get no suggestion.

    suffix: a common ending of the names, such as "Calculator", left out of the comparison, also if misspelt.
    only_typos: whether a suggestion must have the same words except for a few letters, as where most unknown
        names are someone's own.
    """
    if len(name) < 2:
        return ""
    from difflib import SequenceMatcher  # Rarely needed, and it would add 2 ms to every start.

    matcher = SequenceMatcher(b=_without_ending(name, suffix).lower())
    least = _NEAR if len(name) > 3 else _NEAR_SHORT
    near: list[tuple[float, str]] = []
    for candidate in dict.fromkeys(known):
        matcher.set_seq1(candidate.removesuffix(suffix).lower())
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
            ratio = matcher.ratio()
            needed = _NEAR_TYPO if only_typos and not _same_words(name, candidate) else least
            if ratio >= needed and candidate != name:
                near.append((ratio, candidate))
    near.sort(key=lambda pair: -pair[0])
    best = [candidate for ratio, candidate in near[:3] if ratio >= near[0][0] - _AS_NEAR]
    if not best:
        return ""
    return " Did you mean " + " or ".join(f'"{match}"' for match in best) + "?"
