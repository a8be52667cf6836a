from __future__ import annotations

from typing import Any

import pytest

from mpgraph.protos import classification_pb2, landmark_pb2, rect_pb2
from mpgraph.testing import run, t

ELEMENTS = {
    "NormalizedRect": rect_pb2.NormalizedRect(x_center=1, y_center=1, width=1, height=1),
    "NormalizedLandmarkList": landmark_pb2.NormalizedLandmarkList(),
    "ClassificationList": classification_pb2.ClassificationList(),
}


@pytest.mark.parametrize("name", ELEMENTS)
@pytest.mark.parametrize(("options", "side"), [("min_size: 2", {}), ("min_size: 9", {"": 2})])
def test_size_is_compared(name: str, options: str, side: Any) -> None:
    element = ELEMENTS[name]
    node = run(f"{name}VectorHasMinSizeCalculator", options, side=side, inputs=["ITERABLE"], outputs=[""])
    node.send("ITERABLE", [] @ t(0), [element] @ t(1), [element] * 2 @ t(2), [element] * 3 @ t(3))
    node.expect("", False @ t(0), False @ t(1), True @ t(2), True @ t(3))


def test_negative_size_is_refused() -> None:
    with pytest.raises(RuntimeError, match="min_size is -1"):
        run("NormalizedRectVectorHasMinSizeCalculator", "min_size: -1", inputs=["ITERABLE"], outputs=[""])
