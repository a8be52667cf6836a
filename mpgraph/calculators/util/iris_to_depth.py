"""IrisToDepthCalculator: how far the eyes are from the camera, from the size of the irises."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.calculators.util.iris import depth, points_of
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.iris_to_depth_calculator_pb2 import IrisToDepthCalculatorOptions

_POINTS = ("center", "top", "bottom", "left", "right")
_OLD, _NEW = np.float32(1) - np.float32(0.1), np.float32(0.1)
"""The weights of earlier depths and of the depth now."""


@mp.register
class IrisToDepthCalculator(mp.Calculator):
    """Estimates the distance of each eye from the camera, smoothed over time; an iris is 11.8 mm wide.

    IRIS: a NormalizedLandmarkList with the 5 landmarks of the left iris and the 5 of the right.
    IMAGE_SIZE: (width, height) in pixels.
    FOCAL_LENGTH: side packet, a float in pixels; or IMAGE_FILE_PROPERTIES: side packet, an
        ImageFileProperties message with it. Nothing is sent without one of them, or if it is not above 0.
    LEFT_IRIS_DEPTH_MM, RIGHT_IRIS_DEPTH_MM: floats, in millimeters; infinite until an iris has a size.

    Options: the landmark for each part of the irises.
    """

    iris = mp.Input("IRIS", NORMALIZED_LANDMARK_LIST)
    image_size = mp.Input("IMAGE_SIZE", INT_PAIR)
    focal_length = mp.SideInput("FOCAL_LENGTH", float, optional=True)
    properties = mp.SideInput(
        "IMAGE_FILE_PROPERTIES", mp.message_type("mediapipe.ImageFileProperties"), optional=True
    )
    left_depth = mp.Output("LEFT_IRIS_DEPTH_MM", float, optional=True)
    right_depth = mp.Output("RIGHT_IRIS_DEPTH_MM", float, optional=True)
    Options = mp.ProtoOptions(IrisToDepthCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """The focal length from one side packet; landmarks that exist."""
        super().get_contract(contract)
        contract.need(
            not (
                contract.side_inputs.has("FOCAL_LENGTH") and contract.side_inputs.has("IMAGE_FILE_PROPERTIES")
            ),
            "Connect only one of the side packets FOCAL_LENGTH and IMAGE_FILE_PROPERTIES.",
        )
        options = contract.options
        for side in ("left", "right"):
            for index in _indexes(options, side):
                contract.need(0 <= index < 10, f"Irises have the landmarks 0 to 9, not {index}.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        properties = cc.get(self.properties)
        focal_length = (
            cc.get(self.focal_length, 0.0) if properties is None else properties.focal_length_pixels
        )
        self._focal_length = np.float32(focal_length)
        self._eyes = [
            (output, _indexes(options, side), _SmoothedDepth())
            for side, output in (("left", self.left_depth), ("right", self.right_depth))
        ]

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        message = cc.get(self.iris)
        if message is None:
            return
        points = points_of(message)
        ret_check(cc.has(self.image_size), "there is an IRIS, but no IMAGE_SIZE at the same time.")
        if not self._focal_length > 0:
            return
        for output, indexes, smoothed in self._eyes:
            cc.emit(output, smoothed.add(depth(points[indexes], self._focal_length, cc[self.image_size])))


class _SmoothedDepth:
    """The depth of one eye, which moves towards new ones."""

    def __init__(self) -> None:
        self._value: np.float32 | None = None

    def add(self, new: np.float32) -> float:
        """Return the depth after another measurement."""
        old = self._value
        self._value = new if old is None or old < 0 or np.isinf(old) else old * _OLD + new * _NEW
        return float(self._value)


def _indexes(options: IrisToDepthCalculatorOptions, side: str) -> list[int]:
    return [getattr(options, f"{side}_iris_{point}_index") for point in _POINTS]
