from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mpgraph as mp
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
    assert array.expanded() == message


def test_landmarks_with_different_fields_keep_what_is_set() -> None:
    marks = [
        mark
        for seed, fields in enumerate(PATTERNS)
        for mark in _random(3, fields, landmark_pb2.NormalizedLandmark, seed)
    ]
    message = landmark_pb2.NormalizedLandmarkList(landmark=marks)
    array = Landmarks.of(message)
    assert array.is_set.sum() == 3 * sum(map(len, PATTERNS))
    assert array.expanded() == message


def test_equal_sizes_with_different_fields_are_told_apart() -> None:
    marks = [landmark_pb2.Landmark(x=1, y=2), landmark_pb2.Landmark(y=3, z=4)]
    message = landmark_pb2.LandmarkList(landmark=marks)
    array = Landmarks.of(message)
    assert array.values[:, :3].tolist() == [[1, 2, 0], [0, 3, 4]]
    assert array.expanded() == message


def test_special_values_survive() -> None:
    marks = [landmark_pb2.Landmark(x=float("inf"), y=float("nan"), z=-0.0)]
    array = Landmarks.of(landmark_pb2.LandmarkList(landmark=marks))
    again = array.expanded().landmark[0]
    assert (again.x, str(again.y), str(again.z)) == (float("inf"), "nan", "-0.0")


def test_replaced_leaves_the_original() -> None:
    message = landmark_pb2.LandmarkList(landmark=[landmark_pb2.Landmark(visibility=0.5)])
    array = Landmarks.of(message)
    ones = np.ones(1, np.float32)
    moved = array.replaced(ones, 2 * ones).expanded()
    assert moved.landmark[0] == landmark_pb2.Landmark(x=1, y=2, visibility=0.5)
    assert array.expanded() == message


def test_take_selects_and_repeats() -> None:
    message = landmark_pb2.LandmarkList(landmark=_random(4, ("x", "y"), landmark_pb2.Landmark))
    taken = Landmarks.of(message).take([2, 0, 2]).expanded()
    assert list(taken.landmark) == [message.landmark[i] for i in (2, 0, 2)]


@mp.register("MovedLandmarksTestCalculator")
class MovedLandmarksCalculator(mp.Calculator):
    """Reads landmarks as arrays and sends them as arrays."""

    landmarks = mp.Input("", landmark_pb2.NormalizedLandmarkList)
    out = mp.Output("", landmark_pb2.NormalizedLandmarkList)

    def process(self, cc: mp.CalculatorContext) -> None:
        landmarks = Landmarks.of(cc.packet(self.landmarks).compact)
        moved: Any = landmarks.replaced(landmarks.x + np.float32(1), landmarks.y)
        cc.emit(self.out, moved)


seen: list[Any] = []


@mp.register("SeenLandmarksTestCalculator")
class SeenLandmarksCalculator(mp.Calculator):
    """A calculator of a user, who knows messages only."""

    landmarks = mp.Input("", landmark_pb2.NormalizedLandmarkList)
    out = mp.Output("", landmark_pb2.NormalizedLandmarkList)

    def process(self, cc: mp.CalculatorContext) -> None:
        packet = cc.packet(self.landmarks)
        seen.append([cc[self.landmarks], cc.get(self.landmarks), *cc.values(self.landmarks), packet.payload])
        cc.forward(self.out, packet)


@mp.calculator
def seen_by_function(landmarks: landmark_pb2.NormalizedLandmarkList) -> landmark_pb2.NormalizedLandmarkList:
    seen.append([landmarks])
    return landmarks


GRAPH = """
    input_stream: "in" output_stream: "out"
    node { calculator: "MovedLandmarksTestCalculator" input_stream: "in" output_stream: "a" }
    node { calculator: "SeenLandmarksTestCalculator" input_stream: "a" output_stream: "b" }
    node { calculator: "MovedLandmarksTestCalculator" input_stream: "b" output_stream: "c" }
    node { calculator: "SeenByFunctionCalculator" input_stream: "LANDMARKS:c" output_stream: "out" }
"""


def test_arrays_are_messages_for_users() -> None:
    seen.clear()
    received: dict[str, mp.Packet] = {}
    given = landmark_pb2.NormalizedLandmarkList(landmark=[landmark_pb2.NormalizedLandmark(x=1, y=2)])
    with mp.CalculatorGraph(graph_config=GRAPH) as graph:
        for stream in ("a", "c", "out"):
            graph.observe_output_stream(stream, received.__setitem__)
        graph.start_run()
        graph.add_packet_to_input_stream("in", mp.packet_creator.create_proto(given).at(0))
    by_class, by_function = seen
    assert all(type(message) is landmark_pb2.NormalizedLandmarkList for message in by_class + by_function)
    assert all(message is by_class[0] for message in by_class)
    assert [message.landmark[0].x for message in (given, by_class[0], by_function[0])] == [1, 2, 3]
    assert isinstance(received["a"].compact, Landmarks)
    assert received["a"].payload is by_class[0]
    assert mp.packet_getter.get_proto(received["c"]) == by_function[0] == received["out"].payload
    assert received["c"].type is received["out"].type


def test_arrays_in_a_packet_are_read_only() -> None:
    landmarks = Landmarks.unset(2, landmark_pb2.LandmarkList)
    landmarks.freeze()
    with pytest.raises(ValueError, match="read-only"):
        landmarks.x[0] = 1
    assert landmarks.replaced(landmarks.y + np.float32(1), landmarks.x).x.tolist() == [1, 1]
