"""Anchors: the boxes relative to which a detection model predicts, as one array."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from mpgraph.framework import packet_type
from mpgraph.framework.override import override
from mpgraph.framework.packet_type import message_type

Floats = npt.NDArray[np.float32]

_ANCHOR = message_type("mediapipe.Anchor")

ANCHORS = packet_type.vector(_ANCHOR)
"""Anchor messages: an `Anchors`, or any other sequence of the messages."""


class Anchors(Sequence[Any]):
    """A sequence of Anchor messages, each created only when it is accessed.

    array: Nx4 float32, read-only: x_center, y_center, width, height.

    Models have thousands of anchors, which calculators process as an array.
    """

    __slots__ = ("array",)

    def __init__(self, array: Floats) -> None:
        self.array = np.ascontiguousarray(array, np.float32).reshape(-1, 4)
        self.array.flags.writeable = False

    @classmethod
    def of(cls, anchors: Iterable[Any]) -> Anchors:
        """Return `anchors`, messages in any sequence, as Anchors."""
        if isinstance(anchors, Anchors):
            return anchors
        values = [(anchor.x_center, anchor.y_center, anchor.w, anchor.h) for anchor in anchors]
        return cls(np.array(values, np.float32))

    @override
    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Anchors: ...

    @override
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Anchors(self.array[index])
        x_center, y_center, width, height = self.array[index].tolist()
        return _new_message(x_center=x_center, y_center=y_center, w=width, h=height)

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, Anchors):
            return np.array_equal(self.array, other.array)
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


packet_type.allow(ANCHORS, Anchors)


def _new_message(**fields: float) -> Any:
    cls = _ANCHOR.python
    assert isinstance(cls, type)
    return cls(**fields)
