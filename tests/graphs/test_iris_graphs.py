"""graphs/modules/iris_landmark, with a model that answers the same for each eye."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from model_builder import ModelBuilder

from mpgraph.framework.resources import RESOURCE_PATH_VARIABLE, shipped_graphs
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import run, solid, t

MODULE = shipped_graphs() / "modules" / "iris_landmark"
INPUT = 64
CONTOUR = np.array([[index % 8 * 8, index // 8 * 7, index] for index in range(71)], np.float32)
IRIS = np.array([[16, 32, 0], [20, 32, 0], [16, 28, 0], [12, 32, 0], [16, 36, 0]], np.float32)


def iris_model() -> bytes:
    """Its outputs are constants: zero times the image's mean, and a bias."""
    builder = ModelBuilder()
    image, mean = builder.tensor("image", (1, INPUT, INPUT, 3)), builder.tensor("mean", (1, 3))
    builder.operator("MEAN", [image, builder.constant("axes", np.array([1, 2], np.int32))], [mean])

    def output(name: str, values: npt.NDArray[np.float32]) -> int:
        weights = builder.constant(f"{name}_weights", np.zeros((values.size, 3), np.float32))
        bias = builder.constant(f"{name}_bias", values.ravel())
        out = builder.tensor(name, (1, values.size))
        builder.operator("FULLY_CONNECTED", [mean, weights, bias], [out], options_type=8, options={})
        return out

    return builder.build([image], [output("contour", CONTOUR), output("iris", IRIS)])


@pytest.fixture(autouse=True)
def _model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mediapipe/modules/iris_landmark/iris_landmark.tflite"
    file.parent.mkdir(parents=True)
    file.write_bytes(iris_model())
    monkeypatch.setenv(RESOURCE_PATH_VARIABLE, str(tmp_path))


def corners(left: float, right: float) -> NormalizedLandmarkList:
    return NormalizedLandmarkList(landmark=[NormalizedLandmark(x=x, y=0.5) for x in (left, right)])


def positions(message: Any) -> npt.NDArray[np.float64]:
    return np.array([[point.x, point.y] for point in message.landmark])


def test_both_eyes() -> None:
    node = run(MODULE / "iris_landmark_left_and_right_cpu.pbtxt").send("image", solid(0, 200, 100) @ t(1))
    node.send("left_eye_boundary_landmarks", corners(0.2, 0.4) @ t(1))
    node.send("right_eye_boundary_landmarks", corners(0.6, 0.8) @ t(1))
    rois = [node.take(f"{side}_eye_roi")[0].payload for side in ("left", "right")]
    # Squares of 2.3 times the distance of the corners, which is 40 pixels.
    assert [(roi.x_center, roi.y_center) for roi in rois] == [pytest.approx((x, 0.5)) for x in (0.3, 0.7)]
    assert [(roi.width, roi.height) for roi in rois] == [pytest.approx((0.46, 0.92))] * 2
    for side, center in (("left", 0.3), ("right", 0.7)):
        for name, model in (("iris_landmarks", IRIS), ("eye_contour_landmarks", CONTOUR)):
            relative = model[:, :2] / INPUT
            if side == "right":  # Mirrored for the model, and its answer mirrored back.
                relative[:, 0] = 1 - relative[:, 0]
            expected = (relative - 0.5) * (0.46, 0.92) + (center, 0.5)
            np.testing.assert_allclose(positions(node.take(f"{side}_{name}")[0].payload), expected, atol=1e-6)


def test_tilted_eye() -> None:
    node = run(MODULE / "iris_landmark_landmarks_to_roi.pbtxt").send("image_size", (100, 100) @ t(1))
    marks = NormalizedLandmarkList(
        landmark=[NormalizedLandmark(x=0.4, y=0.6), NormalizedLandmark(x=0.6, y=0.4)]
    )
    roi = node.send("landmarks", marks @ t(1)).take("roi")[0].payload
    assert (roi.rotation, roi.width) == pytest.approx((-np.pi / 4, 0.46))
