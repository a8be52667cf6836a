"""DetectionProjectionCalculator: detections in another coordinate system."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.errors import ret_check
from mpgraph.formats.arrays import FLOATS_16
from mpgraph.formats.detections import (
    DETECTIONS,
    RELATIVE_BOUNDING_BOX,
    Floats,
    relative_boxes,
    relative_key_points,
    relocated,
)
from mpgraph.framework import calculator_framework as mp


@mp.register
class DetectionProjectionCalculator(mp.Calculator):
    """Projects detections, for instance from a model's input to the image that it was cut from.

    DETECTIONS: lists of Detection messages with relative boxes, any number of streams, each projected to the
        output of its index.
    PROJECTION_MATRIX: 4x4, row by row; only x and y are projected. Nothing is sent without a matrix.

    A projected box encloses the four projected corners, so it grows if the matrix rotates.
    """

    detections = mp.Input("DETECTIONS", DETECTIONS, repeated=True)
    matrix = mp.Input("PROJECTION_MATRIX", FLOATS_16)
    out = mp.Output("DETECTIONS", DETECTIONS, repeated=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """As many outputs as inputs."""
        super().get_contract(contract)
        ret_check(
            contract.inputs.count("DETECTIONS") == contract.outputs.count("DETECTIONS"),
            "Same number of DETECTIONS input and output is required.",
        )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if not cc.has(self.matrix):
            return
        matrix = np.array(cc[self.matrix], np.float32)
        for index, packet in enumerate(cc.all(self.detections)):
            if not packet.is_empty():
                projected = [_projected(detection, matrix) for detection in packet.payload]
                cc.emit(self.out, projected, index=index)


def _projected(detection: Any, matrix: Floats) -> Any:
    location = detection.location_data
    ret_check(
        location.format == RELATIVE_BOUNDING_BOX, "only detections with a relative box can be projected."
    )
    x_min, y_min, width, height = relative_boxes([detection])[0]
    x_max, y_max = x_min + width, y_min + height
    corners = np.array([(x_min, y_min), (x_max, y_min), (x_max, y_max), (x_min, y_max)], np.float32)
    key_points = relative_key_points([detection], len(location.relative_keypoints))[0]
    points = np.concatenate([corners, key_points])
    x, y = points[:, 0], points[:, 1]
    x, y = x * matrix[0] + y * matrix[1] + matrix[3], x * matrix[4] + y * matrix[5] + matrix[7]
    left, top = x[:4].min(), y[:4].min()
    right, bottom = x[:4].max(), y[:4].max()
    return relocated(detection, (left, top, right - left, bottom - top), np.stack([x[4:], y[4:]], axis=1))
