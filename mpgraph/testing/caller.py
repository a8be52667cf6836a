"""The line of a test that a step, an error or a failed expectation belongs to."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from mpgraph.errors import MpgraphError
from mpgraph.framework.user_code import caller_location, shown_path

P = ParamSpec("P")
R = TypeVar("R")


def calling_line() -> str:
    """Return `file:line` of the innermost caller outside mpgraph."""
    location = caller_location()
    return f"{shown_path(location.file)}:{location.line}"


def raises_at_caller(step: Callable[P, R]) -> Callable[P, R]:
    """Make an MpgraphError of `step` appear to be raised by the line that calls it, without our frames.

    Of its chain of causes only the first error that is not mpgraph's own is kept: the author's.
    """

    @functools.wraps(step)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        __tracebackhide__ = True
        try:
            return step(*args, **kwargs)
        except MpgraphError as error:
            raised = error
        cause = raised.__cause__
        while isinstance(cause, MpgraphError):
            cause = cause.__cause__
        raise raised.with_traceback(None) from cause

    return call
