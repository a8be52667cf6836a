from __future__ import annotations

import cv2
import numpy as np

from mpgraph.drawing.annotations import draw_detection
from mpgraph.formats.detections import relative_detections
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import run, solid, t

NAME = "DetectionsOverlayCalculator"


def test_boxes_and_key_points_are_drawn() -> None:
    boxes = np.array([[0.1, 0.1, 0.5, 0.6], [0.5, 0.5, 0.9, 0.2]], np.float32)
    detections = relative_detections(boxes, np.array([[[0.5, 0.5], [0.6, 0.4]]] * 2, np.float32))
    canvas = np.full((60, 80, 3), 9, np.uint8)
    for detection in detections:
        draw_detection(canvas, detection)
    drawn = ImageFrame.wrap(np.asarray(cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB), np.uint8), ImageFormat.SRGB)
    node = run(NAME).send("IMAGE", solid(9, 80, 60) @ t(0), solid(9, 80, 60) @ t(1))
    node.send("DETECTIONS", detections @ t(0)).bound("DETECTIONS", 2)
    node.expect("IMAGE", drawn @ t(0), solid(9, 80, 60) @ t(1))
