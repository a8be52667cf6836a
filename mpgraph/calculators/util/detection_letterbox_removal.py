"""DetectionLetterboxRemovalCalculator: detections of a letterboxed image as detections of the image."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.calculators.core.families import DETECTION
from mpgraph.calculators.util.letterbox import Letterbox
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import FLOATS_4
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import vector


@mp.register
class DetectionLetterboxRemovalCalculator(mp.Calculator):
    """Maps the relative boxes and key points of detections from a letterboxed image to the image in it.

    DETECTIONS: a list of Detections with relative bounding boxes.
    LETTERBOX_PADDING: (left, top, right, bottom) as fractions of the letterboxed image.
    Output DETECTIONS: the list in the image without the padding.
    """

    detections = mp.Input("DETECTIONS", vector(DETECTION))
    padding = mp.Input("LETTERBOX_PADDING", FLOATS_4)
    out = mp.Output("DETECTIONS", vector(DETECTION))
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
    changed = type(detection)()
    changed.CopyFrom(detection)
    location = changed.location_data
    box = location.relative_bounding_box
    box.xmin = float(letterbox.x(np.float32(box.xmin)))
    box.ymin = float(letterbox.y(np.float32(box.ymin)))
    box.width = float(letterbox.width(np.float32(box.width)))
    box.height = float(letterbox.height(np.float32(box.height)))
    for point in location.relative_keypoints:
        point.x = float(letterbox.x(np.float32(point.x)))
        point.y = float(letterbox.y(np.float32(point.y)))
    return changed
