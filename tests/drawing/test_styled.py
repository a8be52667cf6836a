"""Landmarks in the styles of MediaPipe's solutions, beside drawings by MediaPipe 0.10.21."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.drawing.styled import StyleName, draw_styled
from mpgraph.errors import InvalidArgumentError
from mpgraph.protos.landmark_pb2 import NormalizedLandmarkList

RECORDED = Path(__file__).parent / "recorded"

COUNTS = {"face_contours": 468, "face_mesh": 478, "hand": 21, "pose": 33}
"""The number of landmarks of each style."""

WIDTH, HEIGHT = 200, 150


def spread(landmark_list: Any, count: int) -> Any:
    """Add `count` landmarks to an empty NormalizedLandmarkList; some are outside the image, or hidden."""
    for index in range(count):
        x, y = (index * 0.61803399) % 1.04, (index * 0.41421356) % 1.04
        landmark_list.landmark.add(x=x, y=y, visibility=0.4 if index % 10 == 3 else 0.9)
    return landmark_list


@pytest.mark.parametrize("style", COUNTS)
def test_drawing_equals_that_of_mediapipe(style: StyleName) -> None:
    canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    draw_styled(canvas, spread(NormalizedLandmarkList(), COUNTS[style]), style)
    np.testing.assert_array_equal(canvas, cv2.imread(str(RECORDED / f"{style}.png")))


def test_face_without_irises() -> None:
    without, refined = (np.zeros((HEIGHT, WIDTH, 3), np.uint8) for _ in range(2))
    draw_styled(without, spread(NormalizedLandmarkList(), 468), "face_mesh")
    draw_styled(refined, spread(NormalizedLandmarkList(), 478), "face_mesh")
    assert without.any() and (without != refined).any()


def test_presence_is_ignored() -> None:
    """The results of the Python solutions, which the styles are for, have none."""
    hand = spread(NormalizedLandmarkList(), 21)
    plain, absent = (np.zeros((HEIGHT, WIDTH, 3), np.uint8) for _ in range(2))
    draw_styled(plain, hand, "hand")
    for landmark in hand.landmark:
        landmark.presence = 0
    draw_styled(absent, hand, "hand")
    np.testing.assert_array_equal(plain, absent)


def test_too_few_landmarks() -> None:
    canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    with pytest.raises(InvalidArgumentError, match="out of range"):
        draw_styled(canvas, spread(NormalizedLandmarkList(), 20), "hand")
