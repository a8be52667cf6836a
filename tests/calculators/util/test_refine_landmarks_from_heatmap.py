from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mpgraph.formats.tensor import Tensor
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import CalculatorRunner, run, t

NAME = "RefineLandmarksFromHeatmapCalculator"
COLD = -1000.0


def marks(*points: tuple[float, float], **fields: float) -> Any:
    return NormalizedLandmarkList(landmark=[NormalizedLandmark(x=x, y=y, **fields) for x, y in points])


def heatmap(width: int, height: int, *warm: dict[tuple[int, int], float]) -> list[Tensor]:
    """A channel for each landmark; the confidences of single pixels by (x, y), which are 0 elsewhere."""
    scores = np.full((1, height, width, len(warm)), COLD, np.float32)
    for channel, pixels in enumerate(warm):
        for (x, y), confidence in pixels.items():
            scores[0, y, x, channel] = math.log(confidence / (1 - confidence))
    return [Tensor(scores)]


def refined(options: str, landmarks: Any, tensors: Any) -> CalculatorRunner:
    node = run(NAME, options, tolerance=1e-6)
    return node.send("TENSORS", tensors @ t(0)).send("NORM_LANDMARKS", landmarks @ t(0))


def test_landmarks_move_to_the_weighted_mean_of_their_surroundings() -> None:
    warm = heatmap(10, 20, {(4, 9): 0.5, (6, 11): 0.25, (8, 10): 0.9}, {(1, 2): 0.8})
    node = refined("kernel_size: 5", marks((0.5, 0.5), (0.15, 0.15)), warm)
    # (8, 10) is not within 2 pixels of (5, 10).
    x, y = (4 * 0.5 + 6 * 0.25) / 0.75, (9 * 0.5 + 11 * 0.25) / 0.75
    node.expect("NORM_LANDMARKS", marks((x / 10, y / 20), (0.1, 0.1)) @ t(0))


def test_kernel_ends_at_the_edges() -> None:
    warm = heatmap(4, 4, {(0, 0): 0.6, (3, 3): 0.6}, {(0, 0): 0.6, (3, 3): 0.6})
    node = refined("kernel_size: 5", marks((0.1, 0.1), (0.9, 0.9)), warm)
    node.expect("NORM_LANDMARKS", marks((0, 0), (0.75, 0.75)) @ t(0))


@pytest.mark.parametrize("outside", [(-0.3, 0.5), (1.0, 0.5), (0.5, 1.2), (0.5, math.nan)])
def test_landmarks_outside_of_the_heatmap_stay(outside: tuple[float, float]) -> None:
    node = refined("", marks(outside), heatmap(4, 4, {(2, 2): 0.9}))
    [packet] = node.take("NORM_LANDMARKS")
    assert (packet.payload.landmark[0].x, packet.payload.landmark[0].y) == pytest.approx(outside, nan_ok=True)


def test_landmarks_slightly_outside_count_as_inside_since_positions_are_truncated() -> None:
    refined("", marks((-0.2, 0.5)), heatmap(4, 4, {(1, 2): 0.9})).expect(
        "NORM_LANDMARKS", marks((0.25, 0.5)) @ t(0)
    )


def test_uncertain_heatmap_moves_nothing() -> None:
    start = marks((0.3, 0.3))
    refined("", start, heatmap(4, 4, {(1, 2): 0.4})).expect("NORM_LANDMARKS", start @ t(0))
    node = refined("min_confidence_to_refine: 0.3", start, heatmap(4, 4, {(1, 2): 0.4}))
    node.expect("NORM_LANDMARKS", marks((0.25, 0.5)) @ t(0))


def test_presence_and_visibility_are_limited_where_they_are_set() -> None:
    options = "refine_presence: true refine_visibility: true"
    warm = heatmap(4, 4, {(1, 1): 0.75})
    node = refined(options, marks((0.3, 0.3), presence=0.9, visibility=0.5), warm)
    node.expect("NORM_LANDMARKS", marks((0.25, 0.25), presence=0.75, visibility=0.5) @ t(0))
    node = refined(options, marks((0.3, 0.3), presence=0.9), warm)
    node.expect("NORM_LANDMARKS", marks((0.25, 0.25), presence=0.75) @ t(0))


def test_landmarks_are_passed_on_without_tensors_and_nothing_is_sent_without_landmarks() -> None:
    start = marks((0.3, 0.3))
    node = run(NAME).send("NORM_LANDMARKS", start @ t(0)).bound("TENSORS", 1)
    node.send("TENSORS", heatmap(4, 4, {}) @ t(1)).bound("NORM_LANDMARKS", 2)
    node.expect("NORM_LANDMARKS", start @ t(0)).expect_bound("NORM_LANDMARKS", 2)


def test_unsuitable_heatmaps_are_reported() -> None:
    start = marks((0.3, 0.3))
    refined("", start, []).expect_error("Empty input tensors list")
    refined("", start, heatmap(4, 4, {}, {})).expect_error("number of layers == to number of landmarks")
    for shape, dtype in (((4, 4), np.float32), ((2, 4, 4, 1), np.float32), ((4, 4, 1), np.uint8)):
        refined("", start, [Tensor(np.zeros(shape, dtype))]).expect_error(
            "A heatmap is a float32", ValueError
        )
    with pytest.raises(ValueError, match="kernel_size must be 1 or more"):
        run(NAME, "kernel_size: 0")
