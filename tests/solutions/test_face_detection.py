"""FaceDetection: equal to MediaPipe 0.10.21, and as programs written for it use it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

import mpgraph as mp
from mpgraph.framework.resources import find_resource
from mpgraph.protos import rect_pb2

mp_face_detection = mp.solutions.face_detection
mp_drawing = mp.solutions.drawing_utils
FaceDetection = mp_face_detection.FaceDetection

Pixels = npt.NDArray[np.uint8]

RECORDED = json.loads((Path(__file__).parent / "recorded" / "face_detection.json").read_text("utf-8"))
"""MediaPipe's results by model and image: a row a face, with score, box and key points."""

IMAGES: dict[str, Callable[[Pixels], Pixels]] = {
    "portrait": lambda image: image,
    "half a face": lambda image: image[:, 225:],
    "turned": lambda image: np.rot90(image),
    "four faces": lambda image: np.tile(image[::2, ::2], (2, 2, 1)),
    "small": lambda image: image[::8, ::8],
    "no face": lambda image: image[300:],
}

# Backends compute the models a little differently; other versions of OpenCV may decode the portrait so.
TOLERANCES = {"litert": 2e-5}
LOOSE = 2e-3


def rows(detections: Any) -> Any:
    if detections is None:
        return None
    found = []
    for detection in detections:
        location = detection.location_data
        box = location.relative_bounding_box
        points = [value for point in location.relative_keypoints for value in (point.x, point.y)]
        found.append([*detection.score, box.xmin, box.ymin, box.width, box.height, *points])
    return found


@pytest.mark.parametrize("model", [0, 1])
def test_results_are_mediapipes(portrait: Pixels, model: int, backend: str) -> None:
    with FaceDetection(model_selection=model) as solution:
        found = {name: rows(solution.process(of(portrait)).detections) for name, of in IMAGES.items()}
    for name, expected in RECORDED[str(model)].items():
        if expected is None:
            assert found[name] is None, name
        else:
            np.testing.assert_allclose(
                found[name], expected, rtol=0, atol=TOLERANCES.get(backend, LOOSE), err_msg=name
            )


def test_detection_has_mediapipes_fields(portrait: Pixels) -> None:
    with FaceDetection() as solution:
        results = solution.process(portrait)
    assert results._fields == ("detections",)
    (detection,) = results.detections or []
    assert list(detection.label_id) == [0]
    location = detection.location_data
    assert location.format == location.RELATIVE_BOUNDING_BOX
    assert len(location.relative_keypoints) == 6


def test_signature_is_mediapipes() -> None:
    parameters = inspect.signature(FaceDetection).parameters
    assert {name: each.default for name, each in parameters.items()} == {
        "min_detection_confidence": 0.5,
        "model_selection": 0,
        "device": "cpu",  # mpgraph's own, keyword only
    }
    assert list(inspect.signature(FaceDetection.process).parameters) == ["self", "image"]


def test_key_points(portrait: Pixels) -> None:
    names = ["RIGHT_EYE", "LEFT_EYE", "NOSE_TIP", "MOUTH_CENTER", "RIGHT_EAR_TRAGION", "LEFT_EAR_TRAGION"]
    assert [point.name for point in mp_face_detection.FaceKeyPoint] == names
    with FaceDetection() as solution:
        (detection,) = solution.process(portrait).detections or []
    nose = mp_face_detection.get_key_point(detection, mp_face_detection.FaceKeyPoint.NOSE_TIP)
    assert nose == detection.location_data.relative_keypoints[2]
    assert mp_face_detection.get_key_point(None, mp_face_detection.FaceKeyPoint.NOSE_TIP) is None


def test_mediapipe_example_for_still_images(portrait_file: Path, tmp_path: Path) -> None:
    with mp_face_detection.FaceDetection(model_selection=1, min_detection_confidence=0.5) as face_detection:
        image: Any = cv2.imread(str(portrait_file))
        results = face_detection.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        assert results.detections
        annotated_image = image.copy()
        for detection in results.detections:
            assert mp_face_detection.get_key_point(detection, mp_face_detection.FaceKeyPoint.NOSE_TIP)
            mp_drawing.draw_detection(annotated_image, detection)
        cv2.imwrite(str(tmp_path / "annotated_image.png"), annotated_image)
    changed = (annotated_image != image).any(axis=2)
    box = results.detections[0].location_data.relative_bounding_box
    top, left = int(box.ymin * 512), int(box.xmin * 512)
    assert changed[top, left + 20] and changed[top + 20, left], "the box"
    assert not changed[:, :100].any()


def test_confidence_other_than_the_default_takes_effect(portrait: Pixels) -> None:
    for model in (0, 1):
        with FaceDetection(0.99, model) as strict, FaceDetection(0.02, model) as lenient:
            assert strict.process(portrait).detections is None
            found = lenient.process(portrait).detections or []
        assert len(found) > 1
        assert [each.score[0] for each in found] == sorted((each.score[0] for each in found), reverse=True)


def test_default_confidence_is_the_models_own(portrait: Pixels) -> None:
    """0.6 for full range, as in MediaPipe, where the argument has no effect; this half of a face has 0.57."""
    image = portrait[:, 200:]
    with FaceDetection(0.55, 1) as lenient, FaceDetection(0.5, 1) as default:
        assert len(lenient.process(image).detections or []) == 1
        assert default.process(image).detections is None


@pytest.mark.parametrize("value", ["high", None])
def test_confidence_must_be_a_number(value: Any) -> None:
    with pytest.raises(TypeError):
        FaceDetection(value)


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3, 3), (1, 400, 3), (400, 1, 3), (3000, 4000, 3)])
def test_any_size(shape: tuple[int, int, int]) -> None:
    with FaceDetection() as near, FaceDetection(model_selection=1) as far:
        for value in (0, 255):
            assert near.process(np.full(shape, value, np.uint8)).detections is None
            assert far.process(np.full(shape, value, np.uint8)).detections is None


@pytest.mark.parametrize(
    ("image", "error"),
    [
        (np.zeros((9, 9), np.uint8), ValueError),
        (np.zeros((9, 9, 1), np.uint8), ValueError),
        (np.zeros((9, 9, 4), np.uint8), ValueError),
        (np.zeros((0, 9, 3), np.uint8), ValueError),
        (np.zeros((9, 9, 3), np.float32), TypeError),
        (None, ValueError),
    ],
)
def test_invalid_image_raises_and_the_next_valid_image_works(
    image: Any, error: Any, portrait: Pixels
) -> None:
    with FaceDetection() as solution:
        with pytest.raises(error):
            solution.process(image)
        assert len(solution.process(portrait).detections or []) == 1


def test_image_is_neither_changed_nor_kept(portrait: Pixels) -> None:
    image = portrait.copy()
    with FaceDetection() as solution:
        first = rows(solution.process(image).detections)
        assert np.array_equal(image, portrait) and image.flags.writeable
        image[:] = 0
        assert solution.process(image).detections is None
        solution.reset()
        assert rows(solution.process(portrait[:, ::-1][:, ::-1]).detections) == first


# The module's graphs


def detect(graph_config: str, image: Pixels, **streams: Any) -> list[Any]:
    graph = mp.CalculatorGraph(graph_config=graph_config)
    found: list[Any] = []
    graph.observe_output_stream(
        "found", lambda _, packet: found.extend(mp.packet_getter.get_proto_list(packet))
    )
    graph.start_run()
    packet = mp.packet_creator.create_image_frame(image, image_format=mp.ImageFormat.SRGB)
    graph.add_packet_to_input_stream("image", packet.at(0))
    for name, message in streams.items():
        graph.add_packet_to_input_stream(name, mp.packet_creator.create_proto(message).at(0))
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return found


@pytest.mark.parametrize(
    "name", ["FaceDetectionShortRangeByRoiCpu", "FaceDetectionShortRange", "FaceDetectionFullRange"]
)
def test_region_of_interest(portrait: Pixels, name: str) -> None:
    graph = f"""
      input_stream: "image" input_stream: "roi" output_stream: "found"
      node {{
        calculator: "{name}" input_stream: "IMAGE:image" input_stream: "ROI:roi"
        output_stream: "DETECTIONS:found"
      }}
    """
    face = rect_pb2.NormalizedRect(x_center=0.45, y_center=0.25, width=0.6, height=0.4, rotation=0.7)
    (found,) = detect(graph, portrait, roi=face)
    (plain,) = RECORDED["1" if "Full" in name else "0"]["portrait"]
    nose = found.location_data.relative_keypoints[2]
    assert (nose.x, nose.y) == pytest.approx(plain[9:11], abs=0.03)
    corner = rect_pb2.NormalizedRect(x_center=0.1, y_center=0.8, width=0.2, height=0.2)
    assert detect(graph, portrait, roi=corner) == []


@pytest.mark.parametrize("model", ["short", "full"])
def test_throttled_form(portrait: Pixels, model: str) -> None:
    name = f"FaceDetection{model.capitalize()}RangeImage"
    graph = f"""
      input_stream: "image" output_stream: "found"
      node {{ calculator: "ToImageCalculator" input_stream: "IMAGE:image" output_stream: "IMAGE:both" }}
      node {{
        calculator: "{name}" input_stream: "IMAGE:both"
        output_stream: "IMAGE:used" output_stream: "DETECTIONS:found"
      }}
    """
    assert len(detect(graph, portrait)) == 1


def test_graphs_accept_both_image_types() -> None:
    for model in ("short", "full"):
        config = mp.ValidatedGraphConfig()
        path = f"mediapipe/modules/face_detection/face_detection_{model}_range_cpu.pbtxt"
        config.initialize(graph_path=find_resource(path))
        assert config.registered_stream_type_name("image") == (
            "OneOf<::mediapipe::Image, ::mediapipe::ImageFrame, ::mediapipe::GpuBuffer>"
        )
        assert config.registered_stream_type_name("detections") == "::std::vector<::mediapipe::Detection>"


def test_nodes_have_mediapipes_names() -> None:
    config = mp.ValidatedGraphConfig()
    config.initialize(
        graph_config="""
          input_stream: "image" output_stream: "found"
          node {
            calculator: "FaceDetectionShortRangeCpu" input_stream: "IMAGE:image"
            output_stream: "DETECTIONS:found"
          }
        """
    )
    prefix = "facedetectionshortrangecpu__facedetectionshortrange__facedetection__"
    assert [node.name for node in config.model.nodes] == [
        f"{prefix}ToImageCalculator",
        f"{prefix}ImageToTensorCalculator",
        f"{prefix}SsdAnchorsCalculator",
        f"{prefix}inferencecalculator__{prefix}InferenceCalculator",
        f"{prefix}TensorsToDetectionsCalculator",
        f"{prefix}NonMaxSuppressionCalculator",
        f"{prefix}DetectionProjectionCalculator",
    ]
