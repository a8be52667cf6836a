from __future__ import annotations

from typing import Any

import pytest

from mpgraph.protos.landmark_pb2 import Landmark, LandmarkList, NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import run, t

NAME = "VisibilitySmoothingCalculator"
LOW_PASS = "low_pass_filter { alpha: 0.25 }"
NORMALIZED = {"inputs": ["NORM_LANDMARKS"], "outputs": ["NORM_FILTERED_LANDMARKS"]}
WORLD = {"inputs": ["LANDMARKS"], "outputs": ["FILTERED_LANDMARKS"]}


def marks(*visibilities: float, x: float = 0) -> Any:
    return NormalizedLandmarkList(landmark=[NormalizedLandmark(x=x, visibility=v) for v in visibilities])


def test_each_visibility_is_smoothed_on_its_own() -> None:
    node = run(NAME, LOW_PASS, **NORMALIZED)
    node.send("NORM_LANDMARKS", marks(1, 0, x=1) @ t(0), marks(0, 1, x=2) @ t(1), marks(0, 0, x=3) @ t(5))
    node.expect(
        "NORM_FILTERED_LANDMARKS",
        marks(1, 0, x=1) @ t(0),
        marks(0.75, 0.25, x=2) @ t(1),
        marks(0.5625, 0.1875, x=3) @ t(5),
    )


def test_world_landmarks_get_a_visibility_if_they_have_none() -> None:
    node = run(NAME, LOW_PASS, **WORLD).send("LANDMARKS", LandmarkList(landmark=[Landmark(y=2)]) @ t(0))
    node.expect("FILTERED_LANDMARKS", LandmarkList(landmark=[Landmark(y=2, visibility=0)]) @ t(0))


def test_no_filter_leaves_landmarks_as_they_are() -> None:
    node = run(NAME, "no_filter {}", **NORMALIZED).send("NORM_LANDMARKS", marks(1) @ t(0), marks(0) @ t(1))
    node.expect("NORM_FILTERED_LANDMARKS", marks(1) @ t(0), marks(0) @ t(1))


def test_number_of_landmarks_may_not_change() -> None:
    node = run(NAME, LOW_PASS, **NORMALIZED).send("NORM_LANDMARKS", marks(1) @ t(0), marks(1, 1) @ t(1))
    node.expect_error("there are 2 landmarks, but the filter has smoothed 1 so far")


@pytest.mark.parametrize(
    ("options", "ports", "message"),
    [
        ("", NORMALIZED, "The filter is not specified: set one of no_filter, low_pass_filter"),
        ("low_pass_filter { alpha: 1.5 }", NORMALIZED, "alpha must be in 0..1, not 1.5"),
        (LOW_PASS, {"inputs": ["NORM_LANDMARKS", "LANDMARKS"], "outputs": []}, "Exactly one landmarks input"),
        (LOW_PASS, {"inputs": ["NORM_LANDMARKS"], "outputs": ["FILTERED_LANDMARKS"]}, "of the same type"),
    ],
)
def test_contract(options: str, ports: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, **ports)
