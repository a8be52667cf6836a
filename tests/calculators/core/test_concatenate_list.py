from __future__ import annotations

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.protos.classification_pb2 import Classification, ClassificationList
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import landmarks, normalized_landmarks, run, t

NAME = "ConcatenateNormalizedLandmarkListCalculator"


def marks(*xs: float) -> NormalizedLandmarkList:
    return NormalizedLandmarkList(landmark=[NormalizedLandmark(x=x) for x in xs])


@pytest.mark.parametrize(("options", "partial"), [("", True), ("only_emit_if_all_present: true", False)])
def test_lists_are_joined_in_the_order_of_inputs(options: str, partial: bool) -> None:
    node = run(NAME, options).send(":0", marks(1, 2) @ t(1), marks() @ t(3))
    node.send(":1", marks(3) @ t(1), marks(4) @ t(2), marks() @ t(3)).close(":0", ":1")
    joined = [marks(1, 2, 3) @ t(1), marks() @ t(3)]
    node.expect("", *([*joined[:1], marks(4) @ t(2), *joined[1:]] if partial else joined))


def test_inputs_do_not_change() -> None:
    given = marks(1)
    run(NAME).send(":0", given @ t(1)).send(":1", marks(2) @ t(1)).expect("", marks(1, 2) @ t(1))
    assert len(given.landmark) == 1


def test_other_lists() -> None:
    joined = ClassificationList(classification=[Classification(index=1), Classification(index=2)])
    node = run("ConcatenateClassificationListCalculator")
    for index in (0, 1):
        node.send(
            f":{index}", ClassificationList(classification=joined.classification[index : index + 1]) @ t(1)
        )
    node.expect("", joined @ t(1))
    run("ConcatenateLandmarkListCalculator").send("", landmarks() @ t(1)).expect("", landmarks() @ t(1))


def test_other_types_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="where LandmarkList is accepted"):
        run("ConcatenateLandmarkListCalculator").send("", normalized_landmarks() @ t(1)).take("")
