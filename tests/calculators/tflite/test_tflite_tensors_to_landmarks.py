"""TfLiteTensorsToLandmarksCalculator; its decoding is tested as that of TensorsToLandmarksCalculator."""

from __future__ import annotations

import numpy as np

from mpgraph.formats.tensor import Tensor
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import run, t

NAME = "TfLiteTensorsToLandmarksCalculator"
OPTIONS = "num_landmarks: 2 input_image_width: 4 input_image_height: 8 normalize_z: 2"


def test_mirrored_landmarks() -> None:
    tensor = Tensor(np.array([[1, 2, 4, 3, 4, 8]], np.float32))
    node = run(NAME, OPTIONS, inputs=["TENSORS", "FLIP_HORIZONTALLY"], outputs=["NORM_LANDMARKS"])
    node.send("TENSORS", [tensor] @ t(1)).send("FLIP_HORIZONTALLY", True @ t(1))
    marks = [
        NormalizedLandmark(x=0.75, y=0.25, z=0.5),
        NormalizedLandmark(x=0.25, y=0.5, z=1),
    ]
    node.expect("NORM_LANDMARKS", NormalizedLandmarkList(landmark=marks) @ t(1))
