"""Comparison and description of payloads."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.tensor import Quantization, Tensor
from mpgraph.protos import detection_pb2, rect_pb2
from mpgraph.testing import ANY, detection, gradient, mask, solid, tensor
from mpgraph.testing.matching import MAX_WIDTH, mismatch, show

BLACK = np.zeros((2, 3), np.uint8)
RECT = rect_pb2.NormalizedRect(x_center=0.5, y_center=0.5, width=1, height=1)


def image(value: int = 0, cls: Any = ImageFrame) -> Any:
    return cls.wrap(np.full((2, 3), value, np.uint8))


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (2, 2),
        (2, np.int32(2)),
        (0.1, float(np.float32(0.1))),
        (math.nan, math.nan),
        (math.inf, math.inf),
        ("text", "text"),
        (b"\0", b"\0"),
        (ANY, object()),
        (int, 5),
        (lambda value: value > 3, 4),
        (pytest.approx(1.0, abs=0.5), 1.2),
        (BLACK, BLACK),
        (BLACK, image()),
        (BLACK, Tensor(BLACK)),
        (image(), image()),
        (np.array([np.nan]), np.array([np.nan])),
        ([1, ANY, 0.5], [1, "x", 0.5 + 1e-9]),
        ((1, 2), [1, 2]),
        ({"a": 0.5}, {"a": 0.5 + 1e-9}),
        (RECT, rect_pb2.NormalizedRect(x_center=0.5, y_center=0.5, width=1, height=1)),
        (detection_pb2.Detection(score=[0.9]), detection_pb2.Detection(score=[0.9])),
    ],
)
def test_matching_payloads(expected: Any, got: Any) -> None:
    assert mismatch(expected, got, 1e-6) is None


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        (2, 3, "differs"),
        (2, "2", "a str, not an int"),
        (True, 1, "an int, not a bool"),
        (1, True, "a bool, not an int"),
        (0.5, 0.75, "differs by 0.25"),
        (0.5, "x", "a str, not a float"),
        (int, 5.0, "a float, not an int"),
        (BLACK, np.zeros((3, 2), np.uint8), "shape (3, 2), not (2, 3)"),
        (BLACK, BLACK.astype(np.int8), "dtype int8, not uint8"),
        (BLACK, np.uint8([[0, 0, 9], [0, 0, 0]]), "1 of 6 values differ, first at [0, 2]: 9, not 0; by 9 at"),
        (BLACK, 5, "an int, not an array"),
        (image(), image(1), "6 of 6 values differ"),
        (image(), image(cls=Image), "an Image, not an ImageFrame"),
        (image(), ImageFrame.wrap(np.zeros((2, 3, 3), np.uint8)), "SRGB, not GRAY8"),
        (Tensor(BLACK), Tensor(BLACK, quantization=Quantization(1.0, 0)), "not None"),
        (Tensor(BLACK), BLACK, "a ndarray, not a Tensor"),
        ([1, 2], [1], "1 items, not 2"),
        ([1, 2], [1, 3], "item 1: differs"),
        ([1], 1, "an int, not a list"),
        ({"a": 1}, {"b": 1}, "keys ['b'], not ['a']"),
        ({"a": 1}, {"a": 2}, "'a': differs"),
        (RECT, rect_pb2.NormalizedRect(x_center=0.5), "y_center is missing"),
        (RECT, rect_pb2.Rect(), "a Rect, not a NormalizedRect"),
        (
            detection_pb2.Detection(score=[0.9]),
            detection_pb2.Detection(score=[0.5]),
            "score: item 0: differs",
        ),
        (lambda value: value > 3, 2, "<lambda> returned false"),
    ],
)
def test_differing_payloads(expected: Any, got: Any, words: str) -> None:
    why = mismatch(expected, got, 1e-6)
    assert why is not None
    assert words in why


def test_tolerance() -> None:
    assert mismatch(1.0, 1.05, 0.1) is None
    assert mismatch(np.ones(2), np.ones(2) * 1.05, 0.1) is None
    assert mismatch(ImageFrame.wrap(BLACK, ImageFormat.GRAY8), image(1), 0.5) is not None
    assert mismatch(image(255), image(254), 1) is None
    assert mismatch(image(255), image(253), 1) is not None
    assert mismatch(5, 6, 1) is None
    assert mismatch(10**12, 10**12 + 1, 0.5) is not None


@given(st.recursive(st.integers() | st.floats() | st.text() | st.binary(), st.lists, max_leaves=5))
def test_every_value_matches_itself(value: Any) -> None:
    assert mismatch(value, value, 0.0) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"),
        ("x", "'x'"),
        (ANY, "ANY"),
        (int, "any int"),
        ([1, "a"], "[1, 'a']"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, ...]"),
        (gradient(4, 3), "ImageFrame 4x3 SRGB 0 to 255"),
        (solid((1, 2, 3), 4, 3), "ImageFrame 4x3 SRGB all (1, 2, 3)"),
        (solid(0, 4, 3, ImageFormat.GRAY8), "ImageFrame 4x3 GRAY8 all 0"),
        (mask(), "ImageFrame 16x12 VEC32F1 0 to 1"),
        (tensor(), "Tensor float32[1, 2, 3] 0 to 5"),
        (np.array([1, 2]), "array([1, 2])"),
        (np.zeros((5, 5)), "ndarray float64[5, 5] all 0"),
        (np.zeros((0, 9, 9)), "array([], shape=(0, 9, 9), dtype=float64)"),
        (show, "show"),
    ],
)
def test_descriptions(value: Any, text: str) -> None:
    assert show(value) == text


def test_descriptions_are_short() -> None:
    assert show(detection()).startswith("Detection { label:")
    assert len(show(detection())) == len(show("x" * 500)) == MAX_WIDTH
