"""Deterministic payloads."""

from __future__ import annotations

import numpy as np

from mpgraph.formats.tensor import Quantization
from mpgraph.testing import (
    detection,
    landmarks,
    matrix,
    normalized_landmarks,
    normalized_rect,
    rect,
    tensor,
)


def test_messages() -> None:
    box = detection((0.1, 0.2, 0.3, 0.4), "cat", 0.5).location_data.relative_bounding_box
    assert [round(value, 6) for value in (box.xmin, box.ymin, box.width, box.height)] == [0.1, 0.2, 0.3, 0.4]
    assert [one.x for one in normalized_landmarks(3).landmark] == [0, 0.5, 1]
    assert [one.y for one in landmarks(3).landmark] == [0, 50, 100]
    assert len(normalized_landmarks(1).landmark) == 1
    assert normalized_rect(rotation=1).rotation == 1
    assert rect().width == 8


def test_tensors() -> None:
    assert tensor((2, 2)).array.tolist() == [[0, 1], [2, 3]]
    quantized = tensor((2,), np.uint8, seed=1, name="in", quantization=Quantization(0.5, 3))
    assert (quantized.name, quantized.dtype, quantized.quantization) == ("in", np.uint8, (0.5, 3))
    np.testing.assert_array_equal(tensor(seed=1).array, tensor(seed=1).array)


def test_matrix() -> None:
    assert matrix().tolist() == [[0, 1, 2], [3, 4, 5]]
