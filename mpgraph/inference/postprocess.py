"""Checking TFLite_Detection_PostProcess, whose kernel trusts its operands and options."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mpgraph.inference import flexbuffer

NAME = "TFLite_Detection_PostProcess"

_COUNTS = ("max_detections", "max_classes_per_detection")
_MOST = 1 << 20
"""Detections: more are those of a damaged number."""


def check(inputs: Sequence[tuple[int, ...]], outputs: int, options: bytes) -> None:
    """Check an operator.

    inputs: the shapes of the boxes [1, N, 4 or more], their scores and anchors [N, 4].

    Raises:
        ValueError: something is wrong. The message begins with "has".
    """
    if len(inputs) != 3 or outputs != 4:
        raise ValueError(f"has {len(inputs)} inputs and {outputs} outputs, not 3 and 4")
    boxes, _, anchors = inputs
    if len(boxes) != 3 or len(anchors) != 2 or anchors[0] < boxes[1] or anchors[1] != 4:
        raise ValueError(f"has boxes of the shape {list(boxes)}, and anchors of {list(anchors)}")
    values = flexbuffer.read_map(options)
    counts = [values.get(name) for name in _COUNTS]
    if not all(isinstance(count, int) and count > 0 for count in counts) or _product(counts) > _MOST:
        raise ValueError(f"has {' and '.join(f'{name} = {values.get(name)}' for name in _COUNTS)}")


def _product(counts: Sequence[object]) -> int:
    return math.prod(count for count in counts if isinstance(count, int))
