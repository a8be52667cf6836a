"""Objectron: equal to MediaPipe 0.10.21, and as programs written for it use it.

The cup is scikit-image's `skimage.data.coffee()`, a photograph by Rachel Michetti, CC0; scaled to 240x160.
"""

from __future__ import annotations

import inspect
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from landmark_images import CATEGORIES, CUPS, Pixels, box_rows, clip

import mpgraph as mp
from mpgraph.framework import resources
from mpgraph.inference import narrow_layers
from mpgraph.inference.backend import BACKEND_VARIABLE
from mpgraph.media.images import read_image

Objectron = mp.solutions.objectron.Objectron

FOLDER = Path(__file__).parent
RECORDED = json.loads((FOLDER / "recorded" / "objectron.json").read_text("utf-8"))

# Other backends compute the models a little differently; lifting to 3-D amplifies that without a limit.
IMAGE_POINTS = slice(18)
LOOSE = 5e-2


needs_litert = pytest.mark.skipif(find_spec("ai_edge_litert") is None, reason="needs LiteRT")


@pytest.fixture(scope="module")
def image() -> Pixels:
    return read_image(FOLDER / "cup.png")


@pytest.fixture(autouse=True)
def recorded_cpu(monkeypatch: pytest.MonkeyPatch, extra_models: None) -> None:
    """MediaPipe's answers were recorded on a CPU with AVX-512."""
    monkeypatch.setattr(narrow_layers, "kernel_width", lambda: 32)


def close(found: Any, expected: Any, backend: str) -> bool:
    if found is None or expected is None:
        return found is expected
    found, expected = np.array(found), np.array(expected)
    if backend != "litert":
        found, expected = found[:, IMAGE_POINTS], expected[:, IMAGE_POINTS]
    tolerance = 1e-6 if backend == "litert" else LOOSE
    return found.shape == expected.shape and np.allclose(found, expected, rtol=tolerance, atol=tolerance)


@needs_litert
@pytest.mark.parametrize("category", CATEGORIES)
def test_objects_in_images_are_mediapipes(image: Pixels, category: str, monkeypatch: Any) -> None:
    monkeypatch.setenv(BACKEND_VARIABLE, "litert")
    with Objectron(static_image_mode=True, model_name=category, **CATEGORIES[category]) as solution:
        for name, of in CUPS.items():
            found = box_rows(solution.process(of(image)))
            assert close(found, RECORDED[category]["images"][name], "litert"), name


@needs_litert
@pytest.mark.parametrize("category", CATEGORIES)
def test_objects_in_a_tracked_clip_are_mediapipes(image: Pixels, category: str, monkeypatch: Any) -> None:
    monkeypatch.setenv(BACKEND_VARIABLE, "litert")
    with Objectron(model_name=category, **CATEGORIES[category]) as solution:
        frames = zip(clip(image), RECORDED[category]["clip"], strict=True)
        for number, (frame, expected) in enumerate(frames):
            assert close(box_rows(solution.process(frame)), expected, "litert"), number


def test_every_backend_finds_cups(image: Pixels, backend: str) -> None:
    with Objectron(static_image_mode=True, model_name="Cup", **CATEGORIES["Cup"]) as solution:
        for name in ("cup", "two cups", "no cup"):
            found = box_rows(solution.process(CUPS[name](image)))
            assert close(found, RECORDED["Cup"]["images"][name], backend), name


def test_results_have_mediapipes_fields(image: Pixels) -> None:
    with Objectron(static_image_mode=True, model_name="Cup") as solution:
        results = solution.process(image)
        nothing = solution.process(np.zeros_like(image))
    assert results._fields == ("detected_objects",) and nothing.detected_objects is None
    (cup,) = results.detected_objects or []
    assert type(cup.landmarks_2d).__name__ == "NormalizedLandmarkList"
    assert type(cup.landmarks_3d).__name__ == "LandmarkList"
    assert len(cup.landmarks_2d.landmark) == len(cup.landmarks_3d.landmark) == 9
    assert not cup.landmarks_2d.landmark[0].HasField("z")
    arrays = (cup.rotation, cup.translation, cup.scale)
    assert [(array.shape, array.dtype) for array in arrays] == [((3, 3), float), ((3,), float), ((3,), float)]
    corner = cup.landmarks_3d.landmark[mp.solutions.objectron.BoxLandmark.FRONT_TOP_RIGHT]
    posed = cup.rotation @ (cup.scale / 2) + cup.translation
    np.testing.assert_allclose([corner.x, corner.y, corner.z], posed, atol=0.05)


def test_camera_moves_the_box_but_not_its_image(image: Pixels) -> None:
    cups = []
    for arguments in (
        {"focal_length": (2.0, 3.0), "principal_point": (0.25, -0.5)},
        # The same in pixels of a 240x160 image.
        {"focal_length": (240, 240), "principal_point": (90, 120), "image_size": (240, 160)},
        {},
    ):
        with Objectron(static_image_mode=True, model_name="Cup", **arguments) as solution:
            cups += box_rows(solution.process(image))
    np.testing.assert_allclose(cups[0], cups[1], rtol=1e-6)
    np.testing.assert_array_equal(cups[0][IMAGE_POINTS], cups[2][IMAGE_POINTS])
    assert not np.allclose(cups[0], cups[2], atol=0.05)


def test_number_of_objects_is_limited(image: Pixels) -> None:
    with Objectron(static_image_mode=True, max_num_objects=1, model_name="Cup") as solution:
        assert len(solution.process(CUPS["two cups"](image)).detected_objects or []) == 1


def test_confidences_reach_the_graph(image: Pixels) -> None:
    for name in ("min_detection_confidence", "min_tracking_confidence"):
        with Objectron(static_image_mode=True, model_name="Cup", **{name: 1.0}) as solution:
            assert solution.process(image).detected_objects is None


def test_box_and_axes_can_be_drawn(image: Pixels) -> None:
    drawing, objectron = mp.solutions.drawing_utils, mp.solutions.objectron
    with Objectron(static_image_mode=True, model_name="Cup") as solution:
        (cup,) = solution.process(image).detected_objects or []
    drawn = image.copy()
    drawing.draw_landmarks(drawn, cup.landmarks_2d, objectron.BOX_CONNECTIONS)
    assert (drawn != image).any()
    drawn = np.zeros_like(image)
    drawing.draw_axis(drawn, cup.rotation, cup.translation)
    # The origin of the axes is the center of the box.
    center = cup.landmarks_2d.landmark[0]
    rows, columns = np.nonzero(drawn.any(axis=2))
    assert np.hypot(columns - center.x * 240, rows - center.y * 160).min() < 3


def test_signature_and_constants_are_mediapipes() -> None:
    parameters = inspect.signature(Objectron).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "static_image_mode": False,
        "max_num_objects": 5,
        "min_detection_confidence": 0.5,
        "min_tracking_confidence": 0.99,
        "model_name": "Shoe",
        "focal_length": (1.0, 1.0),
        "principal_point": (0.0, 0.0),
        "image_size": None,
        "device": "cpu",
    }
    objectron = mp.solutions.objectron
    assert [(mark.name, mark.value) for mark in objectron.BoxLandmark][::4] == [
        ("CENTER", 0),
        ("FRONT_TOP_LEFT", 4),
        ("FRONT_TOP_RIGHT", 8),
    ]
    # An edge joins two corners that differ in one of three bits.
    edges = {(a, b) for a in range(8) for b in range(8) if a < b and (a ^ b) in (1, 2, 4)}
    assert {(start - 1, end - 1) for start, end in objectron.BOX_CONNECTIONS} == edges


def test_models_have_mediapipes_paths_and_labels() -> None:
    objectron = mp.solutions.objectron
    folder = "mediapipe/modules/objectron/object_detection_3d_"
    for name, model, file, label in (
        ("Shoe", objectron.ShoeModel(), "sneakers", "Footwear"),
        ("Chair", objectron.ChairModel(), "chair", "Chair"),
        ("Camera", objectron.CameraModel(), "camera", "Camera"),
        ("Cup", objectron.CupModel(), "cup", "Coffee cup, Mug"),
    ):
        found = objectron.get_model_by_name(name)
        assert found == model == type(model)(f"{folder}{file}.tflite", label)
        assert isinstance(found, objectron.ObjectronModel)


@pytest.mark.parametrize("name", ["Car", "cup", "", None])
def test_unknown_category_is_refused(name: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} is not a valid model name for Objectron. Use "):
        Objectron(model_name=name)


def test_other_devices_are_refused() -> None:
    with pytest.raises(ValueError, match="on the CPU only: device must be \"cpu\", not 'gpu'"):
        Objectron(device="gpu")


def test_missing_models_are_an_error_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mpgraph_models", None)
    with pytest.raises(FileNotFoundError, match="package mpgraph-models, .* pip install mpgraph-models"):
        Objectron(model_name="Cup")


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_num_objects": 1.5},
        {"min_detection_confidence": "high"},
        {"focal_length": ("1", "1")},
        {"focal_length": 1.0},
        {"image_size": (640, 480), "focal_length": ("1", "1")},
    ],
)
def test_arguments_of_wrong_types_are_refused(arguments: Any) -> None:
    with pytest.raises(TypeError):
        Objectron(**arguments)


@pytest.mark.parametrize(
    ("image", "error"),
    [
        (np.zeros((9, 9, 4), np.uint8), "must contain three channel rgb data"),
        (np.zeros((9, 9), np.uint8), "must contain three channel rgb data"),
        (np.zeros((0, 9, 3), np.uint8), "Input image is empty"),
        (None, "Did cv2.imread find the file"),
    ],
)
def test_bad_images_are_refused_and_the_solution_goes_on(image: Any, error: str) -> None:
    with Objectron(model_name="Cup") as solution:
        with pytest.raises(ValueError, match=error):
            solution.process(image)
        assert solution.process(np.full((10, 2000, 3), 255, np.uint8)).detected_objects is None


def test_frames_may_change_their_size(image: Pixels) -> None:
    with Objectron(model_name="Cup") as solution:
        for scale in (1, 2, 0.5, 1):
            frame = cv2.resize(image, None, fx=scale, fy=scale).astype(np.uint8)
            assert solution.process(frame).detected_objects


def test_exchanged_model_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, image: Pixels) -> None:
    """A file of the user's that has the name of a model, but is another one."""
    wanted = Path(mp.solutions.objectron.CupModel().model_path)
    file = tmp_path / wanted
    file.parent.mkdir(parents=True)
    file.write_bytes(resources.read_resource("face_landmark.tflite"))
    monkeypatch.setenv("MPGRAPH_RESOURCE_PATH", str(tmp_path))
    with Objectron(static_image_mode=True, model_name="Cup") as solution:
        with pytest.raises(ValueError, match="192, 192, 3") as raised:
            solution.process(image)
        assert "boxlandmarksubgraph__" in str(raised.value)
        solution.reset()
    file.write_bytes(b"no model")
    with (
        pytest.raises(RuntimeError, match="damaged or not a .tflite file"),
        Objectron(model_name="Cup") as solution,
    ):
        solution.process(image)
