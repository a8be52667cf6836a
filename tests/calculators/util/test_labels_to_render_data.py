from __future__ import annotations

from typing import Any

import pytest

from mpgraph import Timestamp, packet_creator
from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.formats.video_header import VideoHeader
from mpgraph.protos.classification_pb2 import Classification, ClassificationList
from mpgraph.testing import run, t

NAME = "LabelsToRenderDataCalculator"
CLASSES = ClassificationList(
    classification=[
        Classification(label="cat", display_name="Katze", score=0.75),
        Classification(label="dog", display_name="Hund", score=1 / 3),
        Classification(label="cow", score=0.1),
    ]
)


def drawn(options: str = "") -> list[Any]:
    node = run(NAME, options, inputs=["CLASSIFICATIONS"]).send("CLASSIFICATIONS", CLASSES @ t(1))
    return list(node.take("RENDER_DATA")[0].payload.render_annotations)


def texts(annotations: list[Any]) -> list[str]:
    return [each.text.display_text for each in annotations]


def test_first_label_in_red() -> None:
    [label] = drawn()
    assert label.text.display_text == "cat"
    assert (label.color.r, label.color.g, label.color.b, label.thickness) == (255, 0, 0, 2)
    assert (label.text.left, label.text.baseline, label.text.font_height) == (0, 63, 50)  # ceil(50 * 1.25)
    assert not label.text.HasField("outline_thickness")


def test_lines_from_an_offset() -> None:
    options = (
        "max_num_labels: 9 font_height_px: 10 horizontal_offset_px: 5 vertical_offset_px: 20 font_face: 3"
    )
    found = drawn(options)
    assert [(each.text.left, each.text.baseline) for each in found] == [(5, 33), (5, 46), (5, 59)]
    assert [each.text.font_face for each in found] == [3, 3, 3]


def test_names_and_scores() -> None:
    options = "max_num_labels: 2 use_display_name: true display_classification_score: true"
    assert texts(drawn(options)) == ["Katze:0.75", "Hund:0.333333"]


def test_colors_are_used_in_turn() -> None:
    colors = "color { g: 1 } color { g: 2 } outline_color { b: 3 } outline_thickness: 4"
    found = drawn(f"max_num_labels: 3 {colors}")
    assert [each.color.g for each in found] == [1, 2, 1]
    assert [each.text.outline_color.b for each in found] == [3, 3, 3]
    assert [each.text.outline_thickness for each in found] == [4, 4, 4]
    [black] = drawn("outline_thickness: 4")
    assert black.text.HasField("outline_color") and not black.text.outline_color.b


def labelled(labels: list[str], scores: list[float]) -> Any:
    node = run(NAME, "max_num_labels: 3", inputs=["LABELS", "SCORES"])
    node.send("LABELS", packet_creator.create_string_vector(labels) @ t(1))
    return node.send("SCORES", packet_creator.create_float_vector(scores) @ t(1))


def test_labels_with_and_without_scores() -> None:
    [packet] = labelled(["a", "b"], [0.5, 1.0]).take("RENDER_DATA")
    assert texts(packet.payload.render_annotations) == ["a:0.5", "b:1"]
    node = run(NAME, inputs=["LABELS"]).send("LABELS", packet_creator.create_string_vector(["a"]) @ t(1))
    assert texts(node.take("RENDER_DATA")[0].payload.render_annotations) == ["a"]


@pytest.mark.parametrize("scores", [[0.5], [0.5] * 3, []])
def test_as_many_scores_as_labels(scores: list[float]) -> None:
    labelled(["a", "b"], scores).expect_error(f"2 labels, but {len(scores)} scores", InternalError)


def test_bottom_of_the_video() -> None:
    node = run(
        NAME,
        "location: BOTTOM_LEFT max_num_labels: 3 font_height_px: 8 vertical_offset_px: -5",
        inputs=["CLASSIFICATIONS", "VIDEO_PRESTREAM"],
    )
    node.send("VIDEO_PRESTREAM", VideoHeader(width=320, height=240) @ t(Timestamp.PRESTREAM))
    [packet] = node.send("CLASSIFICATIONS", CLASSES @ t(1)).take("RENDER_DATA")
    assert [each.text.baseline for each in packet.payload.render_annotations] == [215, 225, 235]


@pytest.mark.parametrize(
    ("options", "inputs", "message"),
    [
        ("", ["SCORES"], 'Must provide input stream "LABELS"'),
        ("", ["LABELS", "CLASSIFICATIONS"], "one of them"),
        ("", ["CLASSIFICATIONS", "SCORES"], "CLASSIFICATIONS have their own"),
        ("location: BOTTOM_LEFT", ["LABELS"], "Only TOP_LEFT is supported without VIDEO_PRESTREAM"),
    ],
)
def test_contract(options: str, inputs: list[str], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        run(NAME, options, inputs=inputs, outputs=["RENDER_DATA"])
