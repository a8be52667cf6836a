from __future__ import annotations

import dataclasses
import json
from typing import Any, NamedTuple

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.errors import InvalidArgumentError
from mpgraph.mapping.data_lines import DataLines, json_value
from mpgraph.protos import landmark_pb2


class Pair(NamedTuple):
    left: int
    right: int


@dataclasses.dataclass
class Found:
    name: str
    box: np.ndarray[Any, Any]


def landmarks() -> Any:
    message = landmark_pb2.NormalizedLandmarkList()
    message.landmark.add(x=0.25, y=0.1, visibility=1)
    message.landmark.add(x=0.5, y=0.75)
    return message


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        ("text", "text"),
        (0.5, 0.5),
        (float("nan"), None),
        (np.float32(0.5), 0.5),
        (b"\x00\xff", "AP8="),
        (np.array([[1, 2]], np.uint8), [[1, 2]]),
        (np.array([0.1, np.inf], np.float32), [0.1, None]),
        (mp.Tensor(np.array([0.1], np.float32)), [0.1]),
        (mp.Matrix(np.array([[1, 2], [3, 4]])), [[1, 2], [3, 4]]),
        (mp.Timestamp(7), 7),
        ({"a": Pair(1, 2)}, {"a": [1, 2]}),
        (Found("cup", np.array([1, 2])), {"name": "cup", "box": [1, 2]}),
        ([landmark_pb2.Landmark(x=1.0)], [{"x": 1.0}]),
        (landmarks(), [{"x": 0.25, "y": 0.1, "visibility": 1}, {"x": 0.5, "y": 0.75, "visibility": 0}]),
    ],
)
def test_payloads_as_json(payload: Any, expected: Any) -> None:
    assert json_value(payload) == expected
    json.dumps(json_value(payload), allow_nan=False)


def test_images_are_refused_with_the_stream() -> None:
    lines = DataLines()
    image = mp.ImageFrame(image_format=mp.ImageFormat.GRAY8, data=np.zeros((2, 2), np.uint8))
    lines.receive("mask", mp.make_packet(image, 0))
    with pytest.raises(InvalidArgumentError, match='the stream "mask": an ImageFrame cannot be written'):
        lines.take()


def test_a_line_has_what_streams_carry_at_one_time() -> None:
    lines = DataLines()
    lines.receive("b", mp.make_packet(2, 20))
    lines.receive("a", mp.make_packet(1, 10))
    lines.receive("b", mp.make_packet(3, 10))
    assert [json.loads(line) for line in lines.take(frame=4, timestamp_us=20)] == [
        {"timestamp_us": 10, "a": 1, "b": 3},
        {"frame": 4, "timestamp_us": 20, "b": 2},
    ]
    assert lines.take(frame=5, timestamp_us=30) == ['{"frame": 5, "timestamp_us": 30}']
    lines.receive("a", mp.make_packet(1, mp.Timestamp.POSTSTREAM))
    (line,) = map(json.loads, lines.take())
    assert (line["timestamp_us"], line["a"]) == (str(mp.Timestamp.POSTSTREAM), 1)
    assert lines.take() == []
