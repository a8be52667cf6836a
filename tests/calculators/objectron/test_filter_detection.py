from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import ConfigError
from mpgraph.protos.detection_pb2 import Detection
from mpgraph.protos.location_data_pb2 import LocationData
from mpgraph.testing import run, t

NAME = "FilterDetectionCalculator"
PLACE = LocationData(format=LocationData.GLOBAL)


def detection(**scores: float) -> Detection:
    return Detection(label=list(scores), score=list(scores.values()), location_data=PLACE)


def filtering(options: str = "", tag: str = "DETECTIONS", **side: Any) -> Any:
    return run(NAME, options, inputs=[tag], outputs=[tag], side=side)


@pytest.mark.parametrize(
    "side",
    [
        {"LABELS": ["cup", "mug"]},
        {"LABELS_CSV": "cup,mug"},
        {"LABELS_CSV": " cup , mug,, "},
        {"LABEL_MAP": {3: "cup", 4: "mug"}},
        {"LABELS": ["c.p", "m[a-z]+"]},
        {"LABELS_CSV": "(cup|mug)"},
    ],
)
def test_allowed_labels_stay(side: Any) -> None:
    node = filtering(**side).send(
        "DETECTIONS", [detection(cup=0.5), detection(chair=0.5), detection(cups=0.5, mug=0.25)] @ t(0)
    )
    node.expect("DETECTIONS", [detection(cup=0.5), detection(mug=0.25)] @ t(0))


def test_labels_are_sorted_by_score_and_other_fields_dropped() -> None:
    sent = detection(a=0.25, b=0.75, c=0.5)
    sent.label_id.extend([1, 2, 3])
    sent.detection_id = 5
    node = filtering().send("DETECTIONS", [sent] @ t(0), [] @ t(1))
    node.expect("DETECTIONS", [detection(b=0.75, c=0.5, a=0.25)] @ t(0), [] @ t(1))


def test_scores_are_limited_inclusively() -> None:
    node = filtering("min_score: 0.25 max_score: 0.5")
    node.send("DETECTIONS", [detection(a=0.125, b=0.25, c=0.5, d=0.75)] @ t(0))
    node.expect("DETECTIONS", [detection(c=0.5, b=0.25)] @ t(0))


def test_single_detection_is_sent_only_if_a_label_stays() -> None:
    node = filtering(tag="DETECTION", LABELS=["cup"])
    node.send("DETECTION", detection(cup=1, mug=1) @ t(0), detection(mug=1) @ t(1))
    node.expect("DETECTION", detection(cup=1) @ t(0))


def test_empty_list_of_labels_sends_nothing_unless_options_say_otherwise() -> None:
    sent = [detection(cup=1)]
    filtering(LABELS=[]).send("DETECTIONS", sent @ t(0)).expect_nothing("DETECTIONS")
    allows = filtering("empty_allowed_labels_means_allow_everything: true", LABELS_CSV=" , ")
    allows.send("DETECTIONS", sent @ t(0)).expect("DETECTIONS", sent @ t(0))
    filtering("fail_on_empty_labels: true", LABELS=[]).expect_error("empty allowlist")


def test_label_that_is_no_expression_is_compared() -> None:
    node = filtering(LABELS=["C++(", "*"])
    node.send("DETECTIONS", [Detection(label=["C++(", "C"], score=[1, 1])] @ t(0))
    node.expect("DETECTIONS", [Detection(label=["C++("], score=[1])] @ t(0))


def test_wrong_ports_and_missing_scores_are_errors() -> None:
    for inputs, outputs in ((["DETECTION"], ["DETECTIONS"]), ([], ["DETECTIONS"]), (["DETECTIONS"], [])):
        with pytest.raises(ConfigError, match="takes DETECTION or DETECTIONS"):
            run(NAME, inputs=inputs, outputs=outputs)
    node = filtering().send("DETECTIONS", [Detection(label=["a", "b"], score=[1])] @ t(0))
    node.expect_error("2 labels and 1 scores")
