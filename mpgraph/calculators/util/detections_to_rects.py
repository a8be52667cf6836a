"""DetectionsToRectsCalculator: the rectangles around detections."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mpgraph.calculators.core.families import DETECTION, NORMALIZED_RECT, RECT
from mpgraph.calculators.util.angles import rotation_between
from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.c_math import rounded
from mpgraph.framework.packet_type import vector
from mpgraph.protos import rect_pb2
from mpgraph.protos.detections_to_rects_calculator_pb2 import DetectionsToRectsCalculatorOptions
from mpgraph.protos.location_data_pb2 import LocationData

_USE_KEYPOINTS = DetectionsToRectsCalculatorOptions.USE_KEYPOINTS
_OUTPUTS = ("RECT", "NORM_RECT", "RECTS", "NORM_RECTS")

Size = tuple[int, int]
Vector = tuple[np.float32, np.float32, np.float32, np.float32]


@mp.register
class DetectionsToRectsCalculator(mp.Calculator):
    """Converts detections into rectangles: their bounding boxes, or boxes around their key points.

    DETECTION: a Detection; or DETECTIONS: a list of them, of which RECT and NORM_RECT take the first.
    IMAGE_SIZE: (width, height) in pixels; required for rotations, and for RECT and RECTS from key points.
    NORM_RECT, NORM_RECTS: a NormalizedRect or a list, from detections with a relative bounding box.
    RECT, RECTS: a Rect or a list, from detections with a bounding box in pixels. Exactly one output.

    An empty list of detections gives no packet or, with `output_zero_rect_for_empty_detections`, an empty
    message (for RECTS nothing in either case).

    Options: `conversion_mode`; with `rotation_vector_start_keypoint_index` and `..._end_keypoint_index` the
    rotation (radians, clockwise) of a rectangle in which the vector between these key points has the angle
    `rotation_vector_target_angle` (radians) or `rotation_vector_target_angle_degrees`.
    """

    detection = mp.Input("DETECTION", DETECTION, optional=True)
    detections = mp.Input("DETECTIONS", vector(DETECTION), optional=True)
    image_size = mp.Input("IMAGE_SIZE", INT_PAIR, optional=True)
    rect = mp.Output("RECT", RECT, optional=True)
    norm_rect = mp.Output("NORM_RECT", NORMALIZED_RECT, optional=True)
    rects = mp.Output("RECTS", vector(RECT), optional=True)
    norm_rects = mp.Output("NORM_RECTS", vector(NORMALIZED_RECT), optional=True)
    Options = mp.ProtoOptions(DetectionsToRectsCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One input of detections, one output, and a target angle and IMAGE_SIZE for rotations."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("DETECTION") != contract.inputs.has("DETECTIONS"),
            "Exactly one of DETECTION or DETECTIONS input stream should be provided.",
        )
        contract.need(
            sum(map(contract.outputs.has, _OUTPUTS)) == 1,
            "Exactly one of NORM_RECT, RECT, NORM_RECTS or RECTS output stream should be provided.",
        )
        options: DetectionsToRectsCalculatorOptions = contract.options
        if options.HasField("rotation_vector_start_keypoint_index"):
            contract.need(
                options.HasField("rotation_vector_end_keypoint_index"),
                "rotation_vector_start_keypoint_index needs rotation_vector_end_keypoint_index.",
            )
            contract.need(
                options.HasField("rotation_vector_target_angle")
                != options.HasField("rotation_vector_target_angle_degrees"),
                "A rotation needs exactly one of rotation_vector_target_angle and "
                "rotation_vector_target_angle_degrees.",
            )
            contract.need(contract.inputs.has("IMAGE_SIZE"), "A rotation needs the input stream IMAGE_SIZE.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._rotates = options.HasField("rotation_vector_start_keypoint_index")
        self._start = options.rotation_vector_start_keypoint_index
        self._end = options.rotation_vector_end_keypoint_index
        degrees = options.rotation_vector_target_angle_degrees
        self._target = np.float32(
            options.rotation_vector_target_angle
            if options.HasField("rotation_vector_target_angle")
            else math.pi * degrees / 180
        )
        self._from_points = options.conversion_mode == _USE_KEYPOINTS
        self._zero_rect = options.output_zero_rect_for_empty_detections

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.connected(self.detection):
            detections: list[Any] = [cc[self.detection]] if cc.has(self.detection) else []
            if not detections:
                return
        else:
            if not cc.has(self.detections):
                return
            detections = cc[self.detections]
        if self._rotates and not cc.has(self.image_size):
            return
        if not detections:
            if self._zero_rect:
                cc.emit(self.rect, rect_pb2.Rect())
                cc.emit(self.norm_rect, rect_pb2.NormalizedRect())
                cc.emit(self.norm_rects, [rect_pb2.NormalizedRect()])
            return
        size = cc.get(self.image_size)
        with np.errstate(all="ignore"):
            if cc.connected(self.rect):
                cc.emit(self.rect, self._rect(detections[0], size))
            elif cc.connected(self.norm_rect):
                cc.emit(self.norm_rect, self._norm_rect(detections[0], size))
            elif cc.connected(self.rects):
                cc.emit(self.rects, [self._rect(detection, size) for detection in detections])
            else:
                cc.emit(self.norm_rects, [self._norm_rect(detection, size) for detection in detections])

    def _rect(self, detection: Any, size: Size | None) -> rect_pb2.Rect:
        rect = self.pixel_rect_of(detection, size)
        if self._rotates:
            rect.rotation = float(self.rotation_of(detection, size))
        return rect

    def _norm_rect(self, detection: Any, size: Size | None) -> rect_pb2.NormalizedRect:
        rect = self.norm_rect_of(detection, size)
        if self._rotates:
            rect.rotation = float(self.rotation_of(detection, size))
        return rect

    def norm_rect_of(self, detection: Any, size: Size | None) -> rect_pb2.NormalizedRect:
        """The rectangle of a detection, without rotation.

        Raises:
            InvalidArgumentError: the detection lacks what the conversion mode requires.
        """
        location = detection.location_data
        if self._from_points:
            left, top, right, bottom = _around_points(location)
            x, y = (left + right) / 2, (top + bottom) / 2
            width, height = right - left, bottom - top
        else:
            _require(location, LocationData.RELATIVE_BOUNDING_BOX, "RELATIVE_BOUNDING_BOX", "NormalizedRect")
            box = location.relative_bounding_box
            width, height = np.float32(box.width), np.float32(box.height)
            x, y = np.float32(box.xmin) + width / 2, np.float32(box.ymin) + height / 2
        return rect_pb2.NormalizedRect(
            x_center=float(x), y_center=float(y), width=float(width), height=float(height)
        )

    def pixel_rect_of(self, detection: Any, size: Size | None) -> rect_pb2.Rect:
        """The rectangle of a detection in pixels, without rotation. Raises as `norm_rect_of`."""
        location = detection.location_data
        if self._from_points:
            if size is None:
                raise InvalidArgumentError(
                    "Rect with absolute coordinates calculation requires image size: connect IMAGE_SIZE."
                )
            left, top, right, bottom = _around_points(location)
            return rect_pb2.Rect(
                x_center=_rounded((left + right) / 2, size[0]),
                y_center=_rounded((top + bottom) / 2, size[1]),
                width=_rounded(right - left, size[0]),
                height=_rounded(bottom - top, size[1]),
            )
        _require(location, LocationData.BOUNDING_BOX, "BOUNDING_BOX", "Rect")
        box = location.bounding_box
        return rect_pb2.Rect(
            x_center=box.xmin + int(box.width / 2),
            y_center=box.ymin + int(box.height / 2),
            width=box.width,
            height=box.height,
        )

    def rotation_of(self, detection: Any, size: Size | None) -> np.float32:
        """The rotation of a detection in radians, from its rotation vector. Raises as `rotation_vector`."""
        return rotation_between(self._target, *self.rotation_vector(detection, size))

    def rotation_vector(self, detection: Any, size: Size | None) -> Vector:
        """Start and end, x and y in pixels, of the vector between the two key points of the options.

        Raises:
            InternalError: there is no image size.
            InvalidArgumentError: the detection has too few key points.
        """
        ret_check(size is not None, "Image size is required to calculate rotation")
        assert size is not None
        points = detection.location_data.relative_keypoints
        if not 0 <= min(self._start, self._end) <= max(self._start, self._end) < len(points):
            raise InvalidArgumentError(
                f"The rotation needs the key points {self._start} and {self._end}, but the detection has "
                f"{len(points)}."
            )
        start, end = points[self._start], points[self._end]
        width, height = np.float32(size[0]), np.float32(size[1])
        return (
            np.float32(start.x) * width,
            np.float32(start.y) * height,
            np.float32(end.x) * width,
            np.float32(end.y) * height,
        )


def _around_points(location: Any) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """Left, top, right and bottom of the box around the key points."""
    points = location.relative_keypoints
    ret_check(len(points) > 1, "2 or more key points required to calculate a rect.")
    x = np.array([point.x for point in points], np.float32)
    y = np.array([point.y for point in points], np.float32)
    return np.fmin.reduce(x), np.fmin.reduce(y), np.fmax.reduce(x), np.fmax.reduce(y)


def _rounded(normalized: np.float32, pixels: int) -> int:
    """In pixels."""
    return int(rounded(float(normalized * np.float32(pixels))))


def _require(location: Any, expected: int, name: str, target: str) -> None:
    if location.format != expected:
        raise InvalidArgumentError(f"Only Detection with formats of {name} can be converted to {target}.")
