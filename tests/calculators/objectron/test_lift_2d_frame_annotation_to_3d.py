from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.protos.annotation_data_pb2 import FrameAnnotation, ObjectAnnotation
from mpgraph.testing import run, t

NAME = "Lift2DFrameAnnotationTo3DCalculator"
RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "objectron.json").read_text("utf-8"))
CAMERA = (
    "normalized_focal_x: {} normalized_focal_y: {} "
    "normalized_principal_point_x: {} normalized_principal_point_y: {}"
)


def frame(*points: list[float]) -> FrameAnnotation:
    return FrameAnnotation(
        annotations=[
            {"keypoints": [{"point_2d": {"x": x, "y": y}} for x, y in np.reshape(each, (-1, 2)).tolist()]}
            for each in points
        ]
    )


def lifted(*frames: FrameAnnotation, options: str = "") -> list[FrameAnnotation]:
    received: list[FrameAnnotation] = []
    graph = mp.CalculatorGraph(
        graph_config=f"""
        input_stream: "in" output_stream: "out"
        node {{
          calculator: "{NAME}"
          input_stream: "FRAME_ANNOTATION:in" output_stream: "LIFTED_FRAME_ANNOTATION:out"
          options {{ [mediapipe.Lift2DFrameAnnotationTo3DCalculatorOptions.ext] {{ {options} }} }}
        }}"""
    )
    graph.observe_output_stream("out", lambda _, packet: received.append(packet.payload))
    graph.start_run()
    for time, each in enumerate(frames):
        graph.add_packet_to_input_stream("in", mp.make_packet(each, 1000 * time))
    graph.close()
    return received


@pytest.mark.parametrize("case", RECORDED[::10])
def test_poses_are_mediapipes(case: dict[str, Any]) -> None:
    (found,) = lifted(frame(case["points"]), options=CAMERA.format(*case["camera"]))
    (annotation,) = found.annotations
    points = [key_point.point_3d for key_point in annotation.keypoints]
    assert [value for point in points for value in (point.x, point.y, point.z)] == pytest.approx(
        case["corners"], rel=1e-6
    )
    assert list(annotation.rotation) == pytest.approx(case["rotation"], rel=1e-6)
    assert list(annotation.translation) == pytest.approx(case["translation"], rel=1e-6)
    assert list(annotation.scale) == pytest.approx(case["scale"], rel=1e-6)


def test_objects_get_new_ids_and_frames_their_timestamp() -> None:
    points = [case["points"] for case in RECORDED[:3]]
    sent = frame(*points[:2])
    before = sent.SerializeToString()
    first, second, nothing = lifted(sent, frame(points[2]), FrameAnnotation(frame_id=7))
    ids = [annotation.object_id for each in (first, second) for annotation in each.annotations]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2] and ids[0] > 0
    assert [each.timestamp for each in (first, second, nothing)] == [0, 1000, 2000]
    assert nothing.frame_id == 7 and not nothing.annotations
    assert sent.SerializeToString() == before
    kept = [key_point.point_2d for key_point in first.annotations[1].keypoints]
    assert [value for point in kept for value in (point.x, point.y)] == pytest.approx(points[1])


def test_objects_without_a_solution_are_errors() -> None:
    for points, message in (([0.5] * 8, "there are 4"), ([float("nan")] * 18, "Eigen decomposition failed")):
        node = run(NAME, inputs=["FRAME_ANNOTATION"], outputs=["LIFTED_FRAME_ANNOTATION"])
        node.send("FRAME_ANNOTATION", frame(points) @ t(0)).expect_error(message)


def test_messages_have_mediapipes_fields() -> None:
    annotation = ObjectAnnotation(visibility=0.5, rotation=[1, 2])
    assert annotation.SerializeToString() == bytes.fromhex("1d0000003f22080000803f00000040")
