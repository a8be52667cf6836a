from __future__ import annotations

import math
from typing import Any

import pytest

from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.testing import run, t

NAME = "RoiTrackingCalculator"
INPUTS = ["PREV_LANDMARKS", "PREV_LANDMARKS_RECT", "RECROP_RECT", "IMAGE_SIZE"]
RECROP = (0.5, 0.5, 0.2, 0.4, 0.0)


def rect(x: float, y: float, width: float, height: float, degrees: float, *, rect_id: int = 0) -> Any:
    return NormalizedRect(
        x_center=x, y_center=y, width=width, height=height, rotation=math.radians(degrees), rect_id=rect_id
    )


def is_kept(options: str, previous: Any, recrop: Any, *points: tuple[float, float]) -> bool:
    """Whether the rectangle of the last frame is sent, in an image of 200 by 100 pixels."""
    landmarks = NormalizedLandmarkList(landmark=[NormalizedLandmark(x=x, y=y) for x, y in points])
    node = run(NAME, options, inputs=INPUTS, outputs=["TRACKING_RECT"])
    node.send("PREV_LANDMARKS", landmarks @ t(0)).send("IMAGE_SIZE", (200, 100) @ t(0))
    node.send("PREV_LANDMARKS_RECT", rect(*previous, rect_id=1) @ t(0))
    node.send("RECROP_RECT", rect(*recrop, rect_id=2) @ t(0))
    (sent,) = node.take("TRACKING_RECT")
    kept: bool = sent.payload.rect_id == 1
    assert sent.payload == (rect(*previous, rect_id=1) if kept else rect(*recrop, rect_id=2))
    return kept


@pytest.mark.parametrize(
    ("previous", "kept"),
    [
        ((0.51, 0.48, 0.25, 0.3, 14), True),
        ((0.51, 0.48, 0.25, 0.3, 16), False),
        ((0.51, 0.48, 0.25, 0.3, -16), False),
        ((0.51, 0.48, 0.25, 0.3, 350), True),
        ((0.521, 0.5, 0.2, 0.4, 0), False),
        ((0.5, 0.459, 0.2, 0.4, 0), False),
        ((0.5, 0.5, 0.27, 0.4, 0), False),
        ((0.5, 0.5, 0.2, 0.27, 0), False),
    ],
)
def test_rect_may_differ_within_limits(previous: Any, kept: bool) -> None:
    limits = "rect_requirements { rotation_degrees: 15 translation: 0.1 scale: 0.3 }"
    assert is_kept(limits, previous, RECROP) is kept


def test_translation_is_measured_along_the_sides_of_the_new_rect() -> None:
    limits = "rect_requirements { rotation_degrees: 180 translation: 0.25 scale: 1 }"
    # 20 pixels wide, 80 high, turned by 90 degrees: 15 pixels to the right are 0.19 of its height.
    lying = (0.5, 0.5, 0.1, 0.8, 90)
    assert is_kept(limits, (0.575, 0.5, 0.1, 0.8, 90), lying)
    assert not is_kept(limits, (0.5, 0.65, 0.1, 0.8, 90), lying)


def test_landmarks_are_inside_the_new_rect_with_its_margin() -> None:
    margin = "landmarks_requirements { recrop_rect_margin: -0.5 }"
    assert is_kept(margin, RECROP, RECROP, (0.46, 0.41), (0.54, 0.59))
    assert not is_kept(margin, RECROP, RECROP, (0.5, 0.5), (0.56, 0.5))
    assert not is_kept(margin, RECROP, RECROP, (0.5, 0.61), (0.5, 0.5))
    assert is_kept("landmarks_requirements {}", RECROP, RECROP, (0.5, 0.61), (0.59, 0.5))


def test_landmarks_are_rotated_with_the_new_rect() -> None:
    lying = (0.5, 0.5, 0.1, 0.8, 90)
    assert is_kept("landmarks_requirements {}", lying, lying, (0.65, 0.5))
    assert not is_kept("landmarks_requirements {}", lying, lying, (0.5, 0.7))


def test_overlap_is_that_of_rects_with_their_corner_at_the_center() -> None:
    # Moved by half a width: intersection over union is a third.
    moved = (0.6, 0.5, 0.2, 0.4, 0)
    assert is_kept("iou_requirements { min_iou: 0.33 }", moved, RECROP)
    assert not is_kept("iou_requirements { min_iou: 0.34 }", moved, RECROP)
    # The upper left quarter of the new rect has a quarter in common with it, but counts as less.
    assert not is_kept("iou_requirements { min_iou: 0.2 }", (0.45, 0.4, 0.1, 0.2, 0), RECROP)
    assert is_kept("iou_requirements {}", (0.1, 0.1, 0.1, 0.1, 0), RECROP), "MediaPipe lets it pass"


def test_all_requirements_count_and_none_is_needed() -> None:
    assert is_kept("", (0.1, 0.1, 0.9, 0.9, 90), RECROP, (0, 0))
    both = "rect_requirements {} landmarks_requirements {}"
    assert is_kept(both, RECROP, RECROP, (0.5, 0.5))
    assert not is_kept(both, RECROP, RECROP, (0.9, 0.5))
    assert not is_kept(both, (0.6, 0.5, 0.2, 0.4, 0), RECROP, (0.5, 0.5))


def test_new_rect_is_sent_when_there_is_no_last_frame() -> None:
    node = run(NAME, inputs=INPUTS, outputs=["TRACKING_RECT"])
    node.bound("PREV_LANDMARKS", 1).bound("PREV_LANDMARKS_RECT", 1)
    node.send("RECROP_RECT", rect(*RECROP) @ t(0)).send("IMAGE_SIZE", (200, 100) @ t(0))
    node.expect("TRACKING_RECT", rect(*RECROP) @ t(0))


def test_nothing_is_sent_without_a_new_rect() -> None:
    node = run(NAME, inputs=INPUTS, outputs=["TRACKING_RECT"])
    node.bound("PREV_LANDMARKS", 1).bound("RECROP_RECT", 1)
    node.send("PREV_LANDMARKS_RECT", rect(*RECROP) @ t(0)).send("IMAGE_SIZE", (200, 100) @ t(0))
    node.settles("TRACKING_RECT", 0).expect_nothing("TRACKING_RECT")


@pytest.mark.parametrize("missing", ["PREV_LANDMARKS", "IMAGE_SIZE"])
def test_rect_of_the_last_frame_needs_its_landmarks_and_the_size(missing: str) -> None:
    node = run(NAME, inputs=INPUTS, outputs=["TRACKING_RECT"])
    payloads = {
        "PREV_LANDMARKS": NormalizedLandmarkList(),
        "PREV_LANDMARKS_RECT": rect(*RECROP),
        "RECROP_RECT": rect(*RECROP),
        "IMAGE_SIZE": (200, 100),
    }
    node.bound(missing, 1)
    for tag in set(payloads) - {missing}:
        node.send(tag, payloads[tag] @ t(0))
    node.expect_error(f"no {missing}")
