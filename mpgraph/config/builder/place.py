"""Where in its author's Python file a graph is being written."""

from __future__ import annotations

import sys
from itertools import islice
from types import FrameType

from mpgraph.errors import Location

_OWN = "mpgraph.config.builder."


def author_place() -> Location:
    """Return the place of the innermost call that is not the builder's own."""
    frame = sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith(_OWN):
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno, _column(frame))


def _column(frame: FrameType) -> int:
    """The column of the call that the frame is at, from 1; Python knows it since 3.11."""
    if sys.version_info < (3, 11):
        return 1
    positions = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), None)
    column = positions[2] if positions else None
    return 1 if column is None else column + 1
