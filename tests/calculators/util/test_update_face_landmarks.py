from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import run, t

NAME = "UpdateFaceLandmarksCalculator"


def marks(count: int, offset: int, **fields: float) -> Any:
    return NormalizedLandmarkList(
        landmark=[NormalizedLandmark(x=offset + index, y=2, z=3, **fields) for index in range(count)]
    )


def updated(face: Any, eyes: Any) -> Any:
    node = run(NAME).send("FACE_LANDMARKS", face @ t(1)).send("NEW_EYE_LANDMARKS", eyes @ t(1))
    return node.take("UPDATED_FACE_LANDMARKS")[0].payload.landmark


def test_eyes_are_replaced() -> None:
    found = updated(marks(468, 0, presence=0.5), marks(142, 1000, visibility=0.25, presence=0.75))
    changed = [index for index, landmark in enumerate(found) if landmark.x >= 1000]
    assert sorted(found[index].x for index in changed) == list(range(1000, 1142))
    # The left eye's inner corner, its eyebrow's last landmark, and the same of the right eye.
    assert [found[index].x for index in (33, 193, 263, 417)] == [1000, 1070, 1071, 1141]
    assert (found[33].visibility, found[33].presence) == (0.25, 0.5)  # Presence is not taken over.
    assert found[0] == NormalizedLandmark(x=0, y=2, z=3, presence=0.5)


def test_nothing_without_both() -> None:
    node = run(NAME).send("FACE_LANDMARKS", marks(468, 0) @ t(1)).bound("NEW_EYE_LANDMARKS", 2)
    node.expect_nothing("UPDATED_FACE_LANDMARKS")


@pytest.mark.parametrize(
    ("face", "eyes", "message"), [(478, 142, "face landmarks"), (468, 71, "eye landmarks")]
)
def test_wrong_number(face: int, eyes: int, message: str) -> None:
    node = run(NAME).send("FACE_LANDMARKS", marks(face, 0) @ t(1))
    node.send("NEW_EYE_LANDMARKS", marks(eyes, 0) @ t(1)).expect_error(
        f"Wrong number of {message}", InternalError
    )
