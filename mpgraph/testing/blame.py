"""Errors of a test shown at the test's own line, without the frames of mpgraph in between."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from mpgraph.errors import MpgraphError

P = ParamSpec("P")
R = TypeVar("R")


def at_the_caller(step: Callable[P, R]) -> Callable[P, R]:
    """Let a mistake in how `step` is called look as if it arose where it is called.

    Of the errors that led to it only one that is not mpgraph's own is kept: that of the author's code.
    """

    @functools.wraps(step)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        __tracebackhide__ = True
        try:
            return step(*args, **kwargs)
        except MpgraphError as error:
            mistake = error
        cause = mistake.__cause__
        while isinstance(cause, MpgraphError):
            cause = cause.__cause__
        raise mistake.with_traceback(None) from cause

    return call
