from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.landmarks import FIELDS, Landmarks
from mpgraph.protos import landmark_pb2

CLASSES = (
    (landmark_pb2.NormalizedLandmarkList, landmark_pb2.NormalizedLandmark),
    (landmark_pb2.LandmarkList, landmark_pb2.Landmark),
)
PATTERNS = [(), ("x",), ("x", "y"), ("x", "y", "z"), ("y", "presence"), FIELDS]


def _random(count: int, fields: tuple[str, ...], element: Any, seed: int = 0) -> list[Any]:
    values = np.random.default_rng(seed).normal(size=(count, len(fields))).astype(np.float32)
    return [element(**dict(zip(fields, row.tolist(), strict=True))) for row in values]


@pytest.mark.parametrize(("list_class", "element"), CLASSES)
@pytest.mark.parametrize("fields", PATTERNS)
@pytest.mark.parametrize("count", [0, 1, 2, 478])
def test_message_survives_the_round_trip(
    list_class: Any, element: Any, fields: tuple[str, ...], count: int
) -> None:
    message = list_class(landmark=_random(count, fields, element))
    array = Landmarks.of(message)
    assert len(array) == count
    assert array.values.dtype == np.float32
    for column, name in enumerate(FIELDS):
        assert array.values[:, column].tolist() == [getattr(mark, name) for mark in message.landmark]
        assert array.is_set[:, column].all() == (name in fields) or not count
    assert array.message(list_class) == message


def test_landmarks_with_different_fields_keep_what_is_set() -> None:
    marks = [
        mark
        for seed, fields in enumerate(PATTERNS)
        for mark in _random(3, fields, landmark_pb2.NormalizedLandmark, seed)
    ]
    message = landmark_pb2.NormalizedLandmarkList(landmark=marks)
    array = Landmarks.of(message)
    assert array.is_set.sum() == 3 * sum(map(len, PATTERNS))
    assert array.message(landmark_pb2.NormalizedLandmarkList) == message


def test_equal_sizes_with_different_fields_are_told_apart() -> None:
    marks = [landmark_pb2.Landmark(x=1, y=2), landmark_pb2.Landmark(y=3, z=4)]
    message = landmark_pb2.LandmarkList(landmark=marks)
    array = Landmarks.of(message)
    assert array.values[:, :3].tolist() == [[1, 2, 0], [0, 3, 4]]
    assert array.message(landmark_pb2.LandmarkList) == message


def test_special_values_survive() -> None:
    marks = [landmark_pb2.Landmark(x=float("inf"), y=float("nan"), z=-0.0)]
    array = Landmarks.of(landmark_pb2.LandmarkList(landmark=marks))
    again = array.message(landmark_pb2.LandmarkList).landmark[0]
    assert (again.x, str(again.y), str(again.z)) == (float("inf"), "nan", "-0.0")


def test_replaced_leaves_the_original() -> None:
    message = landmark_pb2.LandmarkList(landmark=[landmark_pb2.Landmark(visibility=0.5)])
    array = Landmarks.of(message)
    ones = np.ones(1, np.float32)
    moved = array.replaced(ones, 2 * ones).message(landmark_pb2.LandmarkList)
    assert moved.landmark[0] == landmark_pb2.Landmark(x=1, y=2, visibility=0.5)
    assert array.message(landmark_pb2.LandmarkList) == message


def test_take_selects_and_repeats() -> None:
    message = landmark_pb2.LandmarkList(landmark=_random(4, ("x", "y"), landmark_pb2.Landmark))
    taken = Landmarks.of(message).take([2, 0, 2]).message(landmark_pb2.LandmarkList)
    assert list(taken.landmark) == [message.landmark[i] for i in (2, 0, 2)]
