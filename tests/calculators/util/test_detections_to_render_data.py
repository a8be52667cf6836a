from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.protos.detection_pb2 import Detection, DetectionList
from mpgraph.protos.location_data_pb2 import LocationData
from mpgraph.testing import detection, run, t

NAME = "DetectionsToRenderDataCalculator"


def in_pixels(label: str = "label1", score: float = 0.3, tag: str = "tag") -> Any:
    location = LocationData(
        format=LocationData.BOUNDING_BOX,
        bounding_box=LocationData.BoundingBox(xmin=100, ymin=200, width=300, height=400),
    )
    return Detection(label=[label], score=[score], location_data=location, feature_tag=tag)


def drawn(given: Any, options: str = "", port: str = "DETECTION") -> Any:
    [packet] = run(NAME, options, inputs=[port]).send(port, given @ t(1)).take("RENDER_DATA")
    return packet.payload


def texts(data: Any, tag: str = "LABEL") -> list[str]:
    return [each.text.display_text for each in data.render_annotations if each.scene_tag == tag]


def test_box_in_pixels() -> None:
    options = (
        'color { r: 1 g: 2 b: 3 } thickness: 4 text { font_height: 20 font_face: 3 } scene_class: "faces"'
    )
    data = drawn(in_pixels(), options)
    assert data.scene_class == "faces"
    label, tag, box = data.render_annotations
    for each in data.render_annotations:
        assert (each.color.r, each.color.g, each.color.b, each.thickness) == (1, 2, 3, 4)
    assert (label.text.display_text, tag.text.display_text) == ("label1,0.3,", "tag")
    assert (label.text.left, label.text.baseline) == (100, 220)
    assert (label.text.font_height, label.text.font_face, label.text.normalized) == (20, 3, False)
    assert (tag.text.left, tag.text.baseline, tag.text.font_height) == (100, 600, 8)
    rectangle = box.rectangle
    assert (rectangle.left, rectangle.top, rectangle.right, rectangle.bottom) == (100, 200, 400, 600)
    assert [each.scene_tag for each in data.render_annotations] == ["LABEL", "FEATURE", "LOCATION"]


def test_relative_box_and_its_key_points() -> None:
    given = detection((0.25, 0.5, 0.5, 0.25))
    given.location_data.relative_keypoints.add(x=-0.5, y=0.75)
    label, tag, box, point = drawn(given).render_annotations
    line = float(np.float32(0.25 * 0.1))
    assert (label.text.left, label.text.baseline) == (0.25, float(np.float32(0.5) + np.float32(line)))
    assert label.text.normalized and label.text.font_height == line * 0.9
    assert (tag.text.baseline, tag.text.font_height) == (0.75, line * 0.9)
    assert (box.rectangle.left, box.rectangle.right, box.rectangle.normalized) == (0.25, 0.75, True)
    assert (point.point.x, point.point.y, point.point.normalized) == (-0.5, 0.75, True)
    assert point.scene_tag == "KEYPOINT"


def test_relative_box_is_clipped_to_the_image() -> None:
    label, tag, box = drawn(detection((-0.5, 0.5, 2, 2))).render_annotations
    rectangle = box.rectangle
    assert (rectangle.left, rectangle.top, rectangle.right, rectangle.bottom) == (0, 0.5, 1, 1)
    assert (label.text.left, tag.text.baseline) == (0, 1)


@pytest.mark.parametrize("box", [(1.5, 0, 1, 1), (-2, 0, 1, 1), (0, 1.5, 1, 1), (0, -2, 1, 1)])
def test_box_outside_of_the_image_is_empty(box: Any) -> None:
    rectangle = drawn(detection(box)).render_annotations[-1].rectangle
    assert (rectangle.right, rectangle.bottom, rectangle.normalized) == (0, 0, False)


def test_several_labels() -> None:
    given = detection()
    given.label.append("cat")
    given.score.append(0.456)
    given.detection_id = 7
    assert texts(drawn(given)) == ["person,0.9,cat,0.46,"]
    lines = drawn(given, 'one_label_per_line: true render_detection_id: true text_delimiter: "|"')
    assert texts(lines) == ["Id: 7", "person|0.9|", "cat|0.46|"]
    heights = [each.text.baseline for each in lines.render_annotations[:3]]
    assert heights == pytest.approx([0.3, 0.35, 0.4])
    for name in "efghijklmnop":
        given.label.append(name)
        given.score.append(0)
    assert drawn(given).render_annotations[0].text.font_height == pytest.approx(0.5 / 15 * 0.9)


def test_ids_stand_in_for_labels() -> None:
    given = detection()
    del given.label[:]
    given.label_id.append(3)
    given.score[0] = 0.999
    assert texts(drawn(given)) == ["3,1,"]


def test_all_inputs_are_drawn() -> None:
    node = run(NAME, inputs=["DETECTION", "DETECTIONS", "DETECTION_LIST"])
    node.send("DETECTION", in_pixels(tag="c") @ t(1)).send("DETECTIONS", [in_pixels(tag="b")] @ t(1))
    node.send("DETECTION_LIST", DetectionList(detection=[in_pixels(tag="a")]) @ t(1))
    assert texts(node.take("RENDER_DATA")[0].payload, "FEATURE") == ["a", "b", "c"]


def test_no_detections() -> None:
    assert not drawn([], port="DETECTIONS").render_annotations
    node = run(NAME, "produce_empty_packet: false", inputs=["DETECTIONS"]).send("DETECTIONS", [] @ t(1))
    node.expect_nothing("RENDER_DATA").expect_bound("RENDER_DATA", 2)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Detection(), "formats of BOUNDING_BOX or RELATIVE_BOUNDING_BOX"),
        (Detection(label=["a"], location_data=in_pixels().location_data), "scores and labels should match"),
        (
            Detection(label=["a"], label_id=[1, 2], location_data=in_pixels().location_data),
            "should be of same size",
        ),
    ],
)
def test_detections_that_cannot_be_drawn(given: Any, message: str) -> None:
    run(NAME, inputs=["DETECTION"]).send("DETECTION", given @ t(1)).expect_error(
        message, InvalidArgumentError
    )


def test_an_input_is_required() -> None:
    with pytest.raises(InvalidArgumentError, match="None of the input streams are provided"):
        run(NAME, inputs=[], outputs=["RENDER_DATA"])
