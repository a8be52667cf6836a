from __future__ import annotations

import math

import pytest

from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.testing import run, t

NAME = "LandmarkProjectionCalculator"
POINTS = NormalizedLandmarkList(
    landmark=[
        NormalizedLandmark(x=0.5, y=0.5, z=1, visibility=0.25),
        NormalizedLandmark(x=1, y=0.5, z=0),
    ]
)
REGION = NormalizedRect(x_center=0.5, y_center=0.25, width=0.5, height=0.25, rotation=math.pi / 2)


def landmarks(*points: tuple[float, float, float]) -> NormalizedLandmarkList:
    result = NormalizedLandmarkList(landmark=[NormalizedLandmark(x=x, y=y, z=z) for x, y, z in points])
    result.landmark[0].visibility = 0.25
    return result


def test_region_without_image_size_is_taken_as_square() -> None:
    node = run(NAME, inputs=["NORM_LANDMARKS", "NORM_RECT"], outputs=["NORM_LANDMARKS"])
    node.send("NORM_RECT", REGION @ t(0)).send("NORM_LANDMARKS", POINTS @ t(0))
    node.expect("NORM_LANDMARKS", landmarks((0.5, 0.25, 0.5), (0.5, 0.375, 0)) @ t(0))


def test_region_is_turned_in_pixels() -> None:
    node = run(NAME, inputs=["NORM_LANDMARKS", "NORM_RECT", "IMAGE_DIMENSIONS"], outputs=["NORM_LANDMARKS"])
    node.send("IMAGE_DIMENSIONS", (100, 200) @ t(0)).send("NORM_RECT", REGION @ t(0))
    node.send("NORM_LANDMARKS", POINTS @ t(0))
    node.expect("NORM_LANDMARKS", landmarks((0.5, 0.25, 0.25), (0.5, 0.375, 0)) @ t(0))


@pytest.mark.parametrize("sized", [False, True])
def test_rotation_can_be_ignored(sized: bool) -> None:
    more = ["IMAGE_DIMENSIONS"] if sized else []
    node = run(
        NAME,
        "ignore_rotation: true",
        inputs=["NORM_LANDMARKS", "NORM_RECT", *more],
        outputs=["NORM_LANDMARKS"],
    )
    if sized:
        node.send("IMAGE_DIMENSIONS", (100, 200) @ t(0))
    node.send("NORM_RECT", REGION @ t(0)).send("NORM_LANDMARKS", POINTS @ t(0))
    node.expect("NORM_LANDMARKS", landmarks((0.5, 0.25, 0.5), (0.75, 0.25, 0)) @ t(0))


def test_matrix_projects_and_scales_depth_by_the_unit_vector() -> None:
    matrix = (0.0, -2.0, 0.5, 3.0, 4.0, 0.0, 0.0, 1.0, *[0.0] * 7, 1.0)
    node = run(
        NAME, inputs=["NORM_LANDMARKS", "NORM_LANDMARKS:1", "PROJECTION_MATRIX"],
        outputs=["NORM_LANDMARKS", "NORM_LANDMARKS:1"],
    )  # fmt: skip
    node.send("PROJECTION_MATRIX", matrix @ t(0), matrix @ t(1))
    node.send("NORM_LANDMARKS", POINTS @ t(0)).send("NORM_LANDMARKS:1", POINTS @ t(1))
    node.bound("NORM_LANDMARKS", 2)
    expected = landmarks((2.5, 3, 4), (2, 5, 0))
    node.expect("NORM_LANDMARKS", expected @ t(0)).expect("NORM_LANDMARKS:1", expected @ t(1))


def test_nothing_is_sent_without_a_region() -> None:
    node = run(NAME, inputs=["NORM_LANDMARKS", "NORM_RECT"], outputs=["NORM_LANDMARKS"])
    node.send("NORM_LANDMARKS", POINTS @ t(0)).bound("NORM_RECT", 1).settles("NORM_LANDMARKS", 0)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (["NORM_LANDMARKS"], "Either NORM_RECT or PROJECTION_MATRIX"),
        (["NORM_LANDMARKS", "NORM_RECT", "PROJECTION_MATRIX"], "Either NORM_RECT or PROJECTION_MATRIX"),
        (["NORM_LANDMARKS", "PROJECTION_MATRIX", "IMAGE_DIMENSIONS"], "only be specified with NORM_RECT"),
    ],
)
def test_contract_refuses(inputs: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, inputs=inputs, outputs=["NORM_LANDMARKS"])


def test_numbers_of_inputs_and_outputs_must_match() -> None:
    with pytest.raises(RuntimeError, match="Same number of input and output landmarks"):
        run(NAME, inputs=["NORM_LANDMARKS", "NORM_LANDMARKS:1", "NORM_RECT"], outputs=["NORM_LANDMARKS"])
