"""AlignmentPointsRectsCalculator: the squares around circles that detections describe by two points."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.calculators.util.detections_to_rects import DetectionsToRectsCalculator, Size
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.rect_pb2 import NormalizedRect


@mp.register
class AlignmentPointsRectsCalculator(DetectionsToRectsCalculator):
    """Converts detections into the squares around circles, each given by its center and a point on it.

    DETECTION: a Detection; or DETECTIONS: a list of them, of which RECT and NORM_RECT take the first.
    IMAGE_SIZE: (width, height) in pixels.
    NORM_RECT, NORM_RECTS: a NormalizedRect or a list; square in pixels.
    RECT, RECTS: as in MediaPipe, the rotated bounding boxes of DetectionsToRectsCalculator. Exactly one
        output.

    An empty list of detections gives no packet or, with `output_zero_rect_for_empty_detections`, an empty
    message (for RECTS nothing in either case).

    Options: `rotation_vector_start_keypoint_index`, the center, and `rotation_vector_end_keypoint_index`, the
    point on the circle. The rectangle is rotated so that in it the vector from the center to the point has
    the angle `rotation_vector_target_angle` (radians) or `rotation_vector_target_angle_degrees`.
    """

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """As for DetectionsToRectsCalculator, and both points are given."""
        super().get_contract(contract)
        contract.need(
            contract.options.HasField("rotation_vector_start_keypoint_index"),
            "Start keypoint is required to calculate rect size and rotation: set "
            "rotation_vector_start_keypoint_index and rotation_vector_end_keypoint_index.",
        )

    @mp.override
    def norm_rect_of(self, detection: Any, size: Size | None) -> NormalizedRect:
        center_x, center_y, x, y = self.rotation_vector(detection, size)
        across, down = x - center_x, y - center_y
        side = np.sqrt(across * across + down * down) * np.float32(2)
        assert size is not None
        width, height = np.float32(size[0]), np.float32(size[1])
        return NormalizedRect(
            x_center=float(center_x / width),
            y_center=float(center_y / height),
            width=float(side / width),
            height=float(side / height),
        )
