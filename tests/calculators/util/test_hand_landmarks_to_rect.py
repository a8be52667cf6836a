from __future__ import annotations

import math
from typing import Any

import pytest

from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.testing import run, t

NAME = "HandLandmarksToRectCalculator"
UPRIGHT = NormalizedRect(x_center=0.5, y_center=0.5, width=0.2, height=0.5, rotation=0)
PALM_AND_KNUCKLES = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)


def hand(turn: float = 0) -> list[Any]:
    """An upright hand, wrist at (0.5, 0.75), fingers side by side up to y = 0.25, tips outside; turned."""
    points = [(0.5, 0.75)]
    for finger in range(5):
        points += [(0.4 + finger / 20, y) for y in (0.5, 0.25, 0.3, 0.0)]
    result = []
    for x, y in points:
        across, down = x - 0.5, y - 0.5
        result.append(
            NormalizedLandmark(
                x=0.5 + across * math.cos(turn) - down * math.sin(turn),
                y=0.5 + across * math.sin(turn) + down * math.cos(turn),
            )
        )
    return result


@pytest.mark.parametrize("turn", [0, 0.5, -1.5, 3])
def test_rect_turns_with_the_hand_and_leaves_out_the_tips(turn: float) -> None:
    node = run(NAME, inputs=["NORM_LANDMARKS", "IMAGE_SIZE"], outputs=["NORM_RECT"], tolerance=1e-5)
    node.send("IMAGE_SIZE", (100, 100) @ t(0)).send(
        "NORM_LANDMARKS", NormalizedLandmarkList(landmark=hand(turn)) @ t(0)
    )
    turned = NormalizedRect(x_center=0.5, y_center=0.5, width=0.2, height=0.5, rotation=turn)
    node.expect("NORM_RECT", turned @ t(0))


def test_twelve_landmarks_are_taken_as_they_are() -> None:
    marks = hand()
    node = run(NAME, inputs=["NORM_LANDMARKS", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", (100, 100) @ t(0))
    node.send("NORM_LANDMARKS", NormalizedLandmarkList(landmark=[marks[i] for i in PALM_AND_KNUCKLES]) @ t(0))
    node.expect("NORM_RECT", UPRIGHT @ t(0))


def test_too_few_landmarks_or_no_size_are_errors() -> None:
    node = run(NAME, inputs=["NORM_LANDMARKS", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", (100, 100) @ t(0))
    node.send("NORM_LANDMARKS", NormalizedLandmarkList(landmark=hand()[:5]) @ t(0)).expect_error(
        "there are 5"
    )
    node = run(NAME, inputs=["NORM_LANDMARKS", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("NORM_LANDMARKS", NormalizedLandmarkList() @ t(0)).bound("IMAGE_SIZE", 1)
    node.expect_error("no IMAGE_SIZE")
