"""LandmarkProjectionCalculator: landmarks of a region as landmarks of the whole image."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST, NORMALIZED_RECT
from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.calculators.util.angles import rotated
from mpgraph.calculators.util.landmark_mapping import emit_mapped, need_equal_counts
from mpgraph.formats.arrays import FLOATS_16, INT_PAIR
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.landmark_projection_calculator_pb2 import LandmarkProjectionCalculatorOptions

_ZERO = np.float32(0)


@mp.register
class LandmarkProjectionCalculator(mp.Calculator):
    """Projects normalized landmarks from a region of an image to the image.

    NORM_LANDMARKS: NormalizedLandmarkLists, as many inputs as outputs; each is projected the same way.
    NORM_RECT: the region as a NormalizedRect, in the image. With IMAGE_DIMENSIONS, (width, height) in pixels,
        it may be rotated and of any shape; without, a rotated region must be square in pixels.
    PROJECTION_MATRIX: instead, the 4x4 matrix from the region to the image, both in 0..1, row by row.

    z is scaled as the unit vector along x. Nothing is sent at times without a region. Option:
    `ignore_rotation` of NORM_RECT.
    """

    landmarks = mp.Input("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST, repeated=True)
    rect = mp.Input("NORM_RECT", NORMALIZED_RECT, optional=True)
    image_size = mp.Input("IMAGE_DIMENSIONS", INT_PAIR, optional=True)
    matrix = mp.Input("PROJECTION_MATRIX", FLOATS_16, optional=True)
    out = mp.Output("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST, repeated=True)
    Options = mp.ProtoOptions(LandmarkProjectionCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """As many outputs as inputs of landmarks; either NORM_RECT or PROJECTION_MATRIX."""
        super().get_contract(contract)
        need_equal_counts(contract, "NORM_LANDMARKS")
        contract.need(
            contract.inputs.has("NORM_RECT") != contract.inputs.has("PROJECTION_MATRIX"),
            "Either NORM_RECT or PROJECTION_MATRIX must be specified.",
        )
        contract.need(
            contract.inputs.has("NORM_RECT") or not contract.inputs.has("IMAGE_DIMENSIONS"),
            "IMAGE_DIMENSIONS can only be specified with NORM_RECT",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._ignore_rotation = cc.options_as(self.Options).ignore_rotation

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        matrix = cc.get(self.matrix)
        rect = cc.get(self.rect)
        if matrix is None and rect is None:
            return
        if cc.connected(self.image_size):
            if not cc.has(self.image_size):
                return
            matrix = self._matrix_of(rect, *cc[self.image_size])
        if matrix is not None:
            emit_mapped(cc, self.landmarks, self.out, partial(projected_by_matrix, matrix=matrix))
        else:
            emit_mapped(cc, self.landmarks, self.out, partial(self._by_rect, rect=rect))

    def _matrix_of(self, rect: Any, width: int, height: int) -> tuple[float, ...]:
        region = RotatedRect.of_image(width, height, rect)
        if self._ignore_rotation:
            region = RotatedRect(region.center_x, region.center_y, region.width, region.height, _ZERO)
        return region.tensor_to_image_matrix(width, height)

    def _by_rect(self, landmarks: Landmarks, rect: Any) -> Landmarks:
        half = np.float32(0.5)
        x, y = landmarks.x - half, landmarks.y - half
        angle = _ZERO if self._ignore_rotation else np.float32(rect.rotation)
        x, y = rotated(x, y, angle)
        width, height = np.float32(rect.width), np.float32(rect.height)
        return landmarks.replaced(
            x * width + np.float32(rect.x_center),
            y * height + np.float32(rect.y_center),
            landmarks.z * width,
        )


def projected_by_matrix(landmarks: Landmarks, matrix: tuple[float, ...]) -> Landmarks:
    """Project landmarks by a 4x4 matrix, row by row; z is scaled as the unit vector along x."""
    m = np.array(matrix, np.float32)
    x, y, z = landmarks.x, landmarks.y, landmarks.z
    # The projected unit vector is the difference of two projected points, each rounded.
    along_x, along_y = float(m[0] + m[3] - m[3]), float(m[4] + m[7] - m[7])
    scale = np.float32(math.sqrt(along_x**2 + along_y**2))
    return landmarks.replaced(
        x * m[0] + y * m[1] + z * m[2] + m[3],
        x * m[4] + y * m[5] + z * m[6] + m[7],
        scale * z,
    )
