from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.drawing.styled import StyleName, draw_styled
from mpgraph.errors import InternalError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.protos.landmark_pb2 import NormalizedLandmarkList
from mpgraph.testing import run, solid, t

NAME = "LandmarksOverlayCalculator"
LISTS = ("LANDMARKS:0", "LANDMARKS:1")


def points(count: int, shift: float = 0.0) -> Any:
    found = NormalizedLandmarkList()
    for index in range(count):
        found.landmark.add(x=0.1 + shift + 0.02 * index, y=(index * 0.3) % 1, visibility=1)
    return found


def expected(*layers: tuple[Any, StyleName], gray: int = 9) -> ImageFrame:
    canvas = np.full((60, 80, 3), gray, np.uint8)
    for landmarks, style in layers:
        draw_styled(canvas, landmarks, style)
    return ImageFrame.wrap(np.asarray(cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB), np.uint8), ImageFormat.SRGB)


def test_lists_are_drawn_in_their_styles_in_order() -> None:
    image, pose, hands = solid(9, 80, 60), points(33), [points(21), points(21, 0.3)]
    node = run(NAME, 'style: "pose" style: "hand"', inputs=["IMAGE", *LISTS])
    node.send("IMAGE", image @ t(0)).send(LISTS[0], pose @ t(0)).send(LISTS[1], hands @ t(0))
    node.expect("IMAGE", expected((pose, "pose"), (hands[0], "hand"), (hands[1], "hand")) @ t(0))
    assert (image.pixels == 9).all()


def test_images_without_landmarks_pass() -> None:
    node = run(NAME, 'style: "hand"', inputs=["IMAGE", LISTS[0]])
    node.send("IMAGE", solid(9, 80, 60) @ t(0)).bound(LISTS[0], 1).expect("IMAGE", expected() @ t(0))
    node.send(LISTS[0], points(21) @ t(5)).bound("IMAGE", 6).expect_nothing("IMAGE")


@pytest.mark.parametrize("image_format", [ImageFormat.GRAY8, ImageFormat.SRGBA])
def test_output_is_rgb(image_format: ImageFormat) -> None:
    image = solid(9 if image_format is ImageFormat.GRAY8 else (9, 9, 9, 200), 80, 60, image_format)
    node = run(NAME, 'style: "hand"', inputs=["IMAGE", LISTS[0]])
    node.send("IMAGE", image @ t(0)).send(LISTS[0], points(21) @ t(0))
    node.expect("IMAGE", expected((points(21), "hand")) @ t(0))


def test_floats_are_no_image_to_draw_on() -> None:
    node = run(NAME, 'style: "hand"', inputs=["IMAGE", LISTS[0]])
    node.send("IMAGE", ImageFrame.wrap(np.zeros((2, 2), np.float32)) @ t(0)).bound(LISTS[0], 1)
    node.expect_error("SRGB, SRGBA and GRAY8, not VEC32F1", ValueError)


def test_each_list_needs_a_style() -> None:
    with pytest.raises(InternalError, match="there are 2, and 1 `style`"):
        run(NAME, 'style: "hand"', inputs=["IMAGE", *LISTS]).expect_nothing("IMAGE")
