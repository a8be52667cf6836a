from __future__ import annotations

import pytest

from mpgraph.errors import InternalError
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import normalized_landmarks, run, t

NAME = "SetLandmarkVisibilityCalculator"


def test_visibility_is_replaced() -> None:
    given = NormalizedLandmarkList(landmark=[NormalizedLandmark(x=1, z=2, visibility=0.75)])
    node = run(NAME).send("NORM_LANDMARKS", given @ t(1)).send("VISIBILITY", 0.25 @ t(1))
    node.expect(
        "NORM_LANDMARKS",
        NormalizedLandmarkList(landmark=[NormalizedLandmark(x=1, z=2, visibility=0.25)]) @ t(1),
    )
    assert given.landmark[0].visibility == 0.75


def test_nothing_without_both() -> None:
    run(NAME).send("VISIBILITY", 1.0 @ t(1)).bound("NORM_LANDMARKS", 2).expect_nothing("NORM_LANDMARKS")


@pytest.mark.parametrize("count", [0, 2])
def test_one_landmark_only(count: int) -> None:
    node = run(NAME).send("NORM_LANDMARKS", normalized_landmarks(count) @ t(1)).send("VISIBILITY", 1.0 @ t(1))
    node.expect_error(f"but it has {count}", InternalError)
