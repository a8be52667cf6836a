"""DetectionLetterboxRemovalCalculator: detections of a letterboxed image as detections of the image."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.calculators.util.letterbox import Letterbox
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import FLOATS_4
from mpgraph.formats.detections import DETECTIONS, relative_boxes, relative_key_points, relocated
from mpgraph.framework import calculator_framework as mp


@mp.register
class DetectionLetterboxRemovalCalculator(mp.Calculator):
    """Maps the relative boxes and key points of detections from a letterboxed image to the image in it.

    DETECTIONS: a list of Detections with relative bounding boxes.
    LETTERBOX_PADDING: (left, top, right, bottom) as fractions of the letterboxed image.
    Output DETECTIONS: the list in the image without the padding.
    """

    detections = mp.Input("DETECTIONS", DETECTIONS)
    padding = mp.Input("LETTERBOX_PADDING", FLOATS_4)
    out = mp.Output("DETECTIONS", DETECTIONS)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        detections = cc.get(self.detections)
        if detections is None:
            return
        ret_check(cc.has(self.padding), "there are DETECTIONS, but no LETTERBOX_PADDING at the same time.")
        letterbox = Letterbox(cc[self.padding])
        with np.errstate(all="ignore"):
            cc.emit(self.out, [_without(letterbox, detection) for detection in detections])


def _without(letterbox: Letterbox, detection: Any) -> Any:
    x, y, width, height = relative_boxes([detection])[0]
    box = letterbox.x(x), letterbox.y(y), letterbox.width(width), letterbox.height(height)
    points = relative_key_points([detection], len(detection.location_data.relative_keypoints))[0]
    points = np.stack([letterbox.x(points[:, 0]), letterbox.y(points[:, 1])], axis=1)
    return relocated(detection, box, points)
