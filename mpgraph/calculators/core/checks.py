"""Checks of contracts and of values, with the status MediaPipe gives the same failure."""

from __future__ import annotations

from mpgraph.errors import InternalError


def ret_check(condition: object, message: str) -> None:
    """Raise InternalError, as MediaPipe's RET_CHECK does, unless the condition holds."""
    if not condition:
        raise InternalError(f"RET_CHECK failure: {message}")
