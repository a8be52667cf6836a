from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import run, t

NAME = "MaskToMatteCalculator"
FLOATS = ImageFrame.wrap(np.array([[0, 0.3, 0.5, 1]], np.float32), ImageFormat.VEC32F1)
BYTES = Image.wrap(np.array([[0, 76, 128, 255]], np.uint8), ImageFormat.GRAY8)
RGBA = ImageFrame.wrap(np.array([[[0, 9, 9, 9], [76, 9, 9, 9], [128, 9, 9, 9], [255] * 4]], np.uint8))


def matte_of(mask: Any, **side_packets: float) -> list[int]:
    node = run(NAME, side=side_packets, outputs=["MATTE"]).send("MASK", mask @ t(3))
    [packet] = node.take("MATTE")
    assert packet.payload.image_format is ImageFormat.GRAY8
    return list(packet.payload.pixels[0])


@pytest.mark.parametrize("mask", [FLOATS, BYTES, RGBA])
def test_values_become_shares_of_255(mask: Any) -> None:
    assert matte_of(mask) == pytest.approx([0, 76, 128, 255], abs=1)


@pytest.mark.parametrize("mask", [FLOATS, BYTES, RGBA])
def test_threshold_makes_edges_hard(mask: Any) -> None:
    assert matte_of(mask, THRESHOLD=0.4) == [0, 0, 255, 255]


def test_threshold_is_a_share() -> None:
    node = run(NAME, side={"THRESHOLD": 2.0}, inputs=["MASK"], outputs=["MATTE"])
    node.expect_error("THRESHOLD is 2; it must be in 0..1", InvalidArgumentError)
