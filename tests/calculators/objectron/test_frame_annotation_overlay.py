from __future__ import annotations

import cv2
import numpy as np

from mpgraph.drawing.annotations import draw_axis, draw_landmarks
from mpgraph.drawing.box_connections import BOX_CONNECTIONS
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.protos.annotation_data_pb2 import FrameAnnotation
from mpgraph.protos.landmark_pb2 import NormalizedLandmarkList
from mpgraph.testing import run, solid, t

NAME = "FrameAnnotationOverlayCalculator"
POINTS = [(0.4, 0.4), *((x, y) for x in (0.1, 0.3, 0.5, 0.7) for y in (0.2, 0.8))]
ROTATION, TRANSLATION = np.eye(3), np.array([0.1, 0.2, -1])


def test_boxes_and_axes_are_drawn() -> None:
    box = {
        "keypoints": [{"point_2d": {"x": x, "y": y}} for x, y in POINTS],
        "rotation": ROTATION.ravel().tolist(),
        "translation": TRANSLATION.tolist(),
    }
    canvas = np.full((60, 80, 3), 9, np.uint8)
    draw_landmarks(
        canvas, NormalizedLandmarkList(landmark=[{"x": x, "y": y} for x, y in POINTS]), BOX_CONNECTIONS
    )
    draw_axis(canvas, ROTATION, TRANSLATION)
    drawn = ImageFrame.wrap(np.asarray(cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB), np.uint8), ImageFormat.SRGB)
    node = run(NAME).send("IMAGE", solid(9, 80, 60) @ t(0), solid(9, 80, 60) @ t(1))
    node.send("FRAME_ANNOTATION", FrameAnnotation(annotations=[box]) @ t(0)).bound("FRAME_ANNOTATION", 2)
    node.expect("IMAGE", drawn @ t(0), solid(9, 80, 60) @ t(1))
