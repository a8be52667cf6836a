"""TfLiteTensorsToDetectionsCalculator; its decoding is tested as that of TensorsToDetectionsCalculator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError, UnavailableError
from mpgraph.formats.tensor import Tensor
from mpgraph.protos import anchor_pb2
from mpgraph.testing import run, t

NAME = "TfLiteTensorsToDetectionsCalculator"
OPTIONS = (
    "num_classes: 2 num_coords: 6 num_boxes: 2 x_scale: 10 y_scale: 10 w_scale: 10 h_scale: 10 "
    "keypoint_coord_offset: 4 num_keypoints: 1 reverse_output_order: true min_score_thresh: 0.5 "
)
ANCHORS = [anchor_pb2.Anchor(x_center=0.5, y_center=0.25, w=1, h=0.5) for _ in range(2)]
BOXES = [[1, 2, 4, 4, 1, 2], [0, 0, 1, 1, 0, 0]]
SCORES = [[0.25, 0.75], [0.25, 0.125]]


def tensors(*arrays: Any) -> Any:
    return [Tensor(np.asarray([array], np.float32)) for array in arrays]


@pytest.mark.parametrize("port", ["TENSORS", "TENSORS_GPU"])
def test_boxes_and_key_points(port: str) -> None:
    node = run(NAME, OPTIONS, side={"ANCHORS": ANCHORS}, inputs=[port])
    [packet] = node.send(port, tensors(BOXES, SCORES) @ t(1)).take("DETECTIONS")
    [found] = packet.payload
    box, [point] = found.location_data.relative_bounding_box, found.location_data.relative_keypoints
    assert [box.xmin, box.ymin, box.width, box.height] == pytest.approx([0.4, 0.25, 0.4, 0.2])
    assert [point.x, point.y] == pytest.approx([0.6, 0.35])
    assert (list(found.score), list(found.label_id)) == ([0.75], [1])


def test_model_that_decodes_by_itself() -> None:
    boxes, classes, scores = [[0.25, 0.5, 0.75, 1.0]] * 2, [3, 4], [0.9, 0.1]
    payload = tensors(boxes, classes, scores)
    count = Tensor(np.array([2], np.float32))
    node = run(
        NAME, "num_classes: 5 num_coords: 4 min_score_thresh: 0.5 ignore_classes: 9", inputs=["TENSORS"]
    )
    [packet] = node.send("TENSORS", [*payload, count] @ t(1)).take("DETECTIONS")
    assert [list(found.label_id) for found in packet.payload] == [[3]]


def test_anchors_are_required() -> None:
    node = run(NAME, OPTIONS, inputs=["TENSORS"]).send("TENSORS", tensors(BOXES, SCORES) @ t(1))
    node.expect_error("No anchor data available", UnavailableError)


@pytest.mark.parametrize("inputs", [[], ["TENSORS", "TENSORS_GPU"]])
def test_one_input_of_tensors(inputs: list[str]) -> None:
    with pytest.raises(InvalidArgumentError, match="either TENSORS or TENSORS_GPU"):
        run(NAME, OPTIONS, inputs=inputs, outputs=["DETECTIONS"])
