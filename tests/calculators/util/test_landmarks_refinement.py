from __future__ import annotations

from typing import Any

import pytest

from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import run, t

NAME = "LandmarksRefinementCalculator"
FACE = "refinement { indexes_mapping: [0, 1, 2] z_refinement { copy {} } }"
EYE = "refinement { indexes_mapping: [1] z_refinement { none {} } }"
IRIS = "refinement { indexes_mapping: [3] z_refinement { assign_average { indexes_for_average: [0, 1] } } }"


def landmarks(*points: tuple[float, ...]) -> NormalizedLandmarkList:
    names = ("x", "y", "z")
    marks = [NormalizedLandmark(**dict(zip(names, point, strict=False))) for point in points]
    return NormalizedLandmarkList(landmark=marks)


def test_parts_replace_landmarks() -> None:
    node = run(
        NAME,
        f"{FACE} {EYE} {IRIS}",
        inputs=[f"LANDMARKS:{i}" for i in range(3)],
        outputs=["REFINED_LANDMARKS"],
    )
    node.send("LANDMARKS:0", landmarks((1, 2, 3), (4, 5, 6), (7, 8, 9)) @ t(0))
    node.send("LANDMARKS:1", landmarks((10, 11, 12)) @ t(0))
    node.send("LANDMARKS:2", landmarks((13, 14, 15)) @ t(0))
    node.expect("REFINED_LANDMARKS", landmarks((1, 2, 3), (10, 11, 6), (7, 8, 9), (13, 14, 4.5)) @ t(0))


def test_depth_that_nothing_sets_stays_unset_and_visibility_is_dropped() -> None:
    mark = NormalizedLandmark(x=1, y=2, z=3, visibility=0.5, presence=0.5)
    options = "refinement { indexes_mapping: 0 z_refinement { none {} } }"
    node = run(NAME, options, inputs=["LANDMARKS"], outputs=["REFINED_LANDMARKS"])
    node.send("LANDMARKS", NormalizedLandmarkList(landmark=[mark]) @ t(0))
    node.expect("REFINED_LANDMARKS", landmarks((1, 2)) @ t(0))


def test_nothing_is_sent_if_a_part_is_missing() -> None:
    node = run(NAME, f"{FACE} {EYE}", inputs=["LANDMARKS:0", "LANDMARKS:1"], outputs=["REFINED_LANDMARKS"])
    node.send("LANDMARKS:0", landmarks((1, 2, 3), (4, 5, 6), (7, 8, 9)) @ t(0)).bound("LANDMARKS:1", 1)
    node.settles("REFINED_LANDMARKS", 0)


def test_wrong_number_of_landmarks_is_an_error() -> None:
    node = run(NAME, FACE, inputs=["LANDMARKS"], outputs=["REFINED_LANDMARKS"])
    node.send("LANDMARKS", landmarks((1, 2, 3)) @ t(0))
    node.expect_error("There are 1 refinement landmarks while mapping has 3")


@pytest.mark.parametrize(
    ("options", "count", "message"),
    [
        ("", 1, "at least one landmark in indexes mapping"),
        (FACE, 2, "There are 1 refinements while 2 landmark streams"),
        ("refinement { z_refinement { copy {} } }", 1, "Refinement 0 has no indexes mapping"),
        ("refinement { indexes_mapping: 0 }", 1, "Refinement 0 has no Z refinement"),
        (EYE, 1, "expected to start with 0 instead of 1"),
        (f"{FACE} {IRIS.replace('3]', '5]')}", 2, "no gaps but 2 indexes are missing"),
        (f"{FACE} {IRIS.replace('[0, 1]', '[]')}", 2, "at least one index for averaging"),
        (f"{FACE} {IRIS.replace('[0, 1]', '[7]')}", 2, "indexes_for_average has 7"),
    ],
)
def test_contract_refuses(options: str, count: int, message: str) -> None:
    inputs: Any = [f"LANDMARKS:{i}" for i in range(count)]
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=inputs, outputs=["REFINED_LANDMARKS"])
