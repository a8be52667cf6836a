from __future__ import annotations

from typing import Any

import pytest

from mpgraph.protos import detection_pb2
from mpgraph.protos.location_data_pb2 import LocationData
from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.testing import run, t

RECTS = "AssociationNormRectCalculator"
DETECTIONS = "AssociationDetectionCalculator"
OPTIONS = "min_similarity_threshold: 0.5"


def rect(x: float, width: float = 0.2, **more: Any) -> NormalizedRect:
    return NormalizedRect(x_center=x, y_center=0.5, width=width, height=0.2, **more)


def detection(x: float, identity: int | None = None, width: float = 0.2) -> Any:
    box = LocationData.RelativeBoundingBox(xmin=x, ymin=0.4, width=width, height=0.2)
    location = LocationData(format=LocationData.RELATIVE_BOUNDING_BOX, relative_bounding_box=box)
    return detection_pb2.Detection(location_data=location, detection_id=identity)


def test_later_inputs_win_and_come_last() -> None:
    node = run(RECTS, OPTIONS, inputs=["", ":1"], outputs=[""])
    node.send("", [rect(0.2), rect(0.8)] @ t(0)).send(":1", [rect(0.21), rect(0.5)] @ t(0))
    node.expect("", [rect(0.8), rect(0.21), rect(0.5)] @ t(0))


def test_later_elements_of_a_list_win() -> None:
    node = run(RECTS, OPTIONS, inputs=[""], outputs=[""])
    node.send("", [rect(0.2), rect(0.21), rect(0.5)] @ t(0)).expect("", [rect(0.21), rect(0.5)] @ t(0))


def test_similarity_must_exceed_the_threshold() -> None:
    # One third of the union is common to both.
    pair = [rect(0.25, 0.5), rect(0.5, 0.5)]
    node = run(RECTS, "min_similarity_threshold: 0.34", inputs=[""], outputs=[""])
    node.send("", pair @ t(0)).expect("", pair @ t(0))
    node = run(RECTS, "min_similarity_threshold: 0.33", inputs=[""], outputs=[""])
    node.send("", pair @ t(0)).expect("", pair[1:] @ t(0))


def test_rotation_is_ignored_and_negative_sizes_are_similar_to_nothing() -> None:
    node = run(RECTS, "min_similarity_threshold: 0", inputs=[""], outputs=[""])
    node.send("", [rect(0.2), rect(0.2, rotation=1.5)] @ t(0), [rect(0.2, -0.2), rect(0.2, -0.2)] @ t(1))
    node.expect("", [rect(0.2, rotation=1.5)] @ t(0), [rect(0.2, -0.2), rect(0.2, -0.2)] @ t(1))


def test_list_is_sent_even_if_empty() -> None:
    node = run(RECTS, OPTIONS, inputs=["", ":1"], outputs=[""])
    node.send("", [] @ t(0)).bound(":1", 1).expect("", [] @ t(0))


def test_ids_come_from_what_is_replaced_and_from_prev() -> None:
    node = run(DETECTIONS, OPTIONS, inputs=["", ":1", "PREV"], outputs=[""])
    node.send("", [detection(0.1, 3), detection(0.5)] @ t(0))
    node.send(":1", [detection(0.11, 4), detection(0.8)] @ t(0))
    node.send("PREV", [detection(0.8, 9), detection(0.3, 8)] @ t(0))
    node.expect("", [detection(0.5), detection(0.11, 3), detection(0.8, 9)] @ t(0))


def test_missing_data_is_an_error() -> None:
    node = run(RECTS, OPTIONS, inputs=[""], outputs=[""])
    node.send("", [rect(0.2), NormalizedRect()] @ t(0)).expect_error("Missing dimensions in NormalizedRect")
    node = run(DETECTIONS, OPTIONS, inputs=[""], outputs=[""])
    node.send("", [detection(0.2), detection_pb2.Detection()] @ t(0)).expect_error("Missing location_data")


def test_contract_refuses() -> None:
    with pytest.raises(ValueError, match="PREV alone"):
        run(RECTS, OPTIONS, inputs=["PREV"], outputs=[""])
    with pytest.raises(ValueError, match="min_similarity_threshold is -1"):
        run(RECTS, "min_similarity_threshold: -1", inputs=[""], outputs=[""])
