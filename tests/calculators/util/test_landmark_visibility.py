from __future__ import annotations

import pytest

from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import run, t

NAME = "LandmarkVisibilityCalculator"


def test_visibility_of_the_only_landmark_is_sent() -> None:
    node = run(NAME, inputs=["NORM_LANDMARKS"], outputs=["VISIBILITY"])
    for time, landmark in enumerate((NormalizedLandmark(x=1, visibility=0.75), NormalizedLandmark(x=1))):
        node.send("NORM_LANDMARKS", NormalizedLandmarkList(landmark=[landmark]) @ t(time))
    node.expect("VISIBILITY", 0.75 @ t(0), 0.0 @ t(1))


@pytest.mark.parametrize("count", [0, 2])
def test_other_numbers_of_landmarks_are_errors(count: int) -> None:
    node = run(NAME, inputs=["NORM_LANDMARKS"], outputs=["VISIBILITY"])
    landmarks = NormalizedLandmarkList(landmark=[NormalizedLandmark(visibility=1)] * count)
    node.send("NORM_LANDMARKS", landmarks @ t(0)).expect_error(f"there are {count}")
