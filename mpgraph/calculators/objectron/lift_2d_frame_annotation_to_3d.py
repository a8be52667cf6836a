"""Lift2DFrameAnnotationTo3DCalculator: 3-D boxes from the corners of boxes in an image."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

from mpgraph.calculators.objectron import box
from mpgraph.calculators.objectron.annotations import FRAME_ANNOTATION, image_points
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.lift_2d_frame_annotation_to_3d_calculator_pb2 import (
    Lift2DFrameAnnotationTo3DCalculatorOptions,
)

_object_ids = count(1)
"""The ids of objects are unique in a process, as in MediaPipe."""


@mp.register
class Lift2DFrameAnnotationTo3DCalculator(mp.Calculator):
    """Computes the corners and the pose of each object's box in camera space.

    FRAME_ANNOTATION: a FrameAnnotation with the box of each object in `point_2d` of nine key points: its
        center and its corners.
    LIFTED_FRAME_ANNOTATION: the same with `point_3d`, `rotation` (3x3, row by row), `translation`, `scale`
        and a new `object_id` for each object, and with the timestamp in microseconds. All boxes have the
        same arbitrary size, since an image does not determine it.

    Options: the camera, `normalized_focal_x`, `normalized_focal_y` (default: 1),
    `normalized_principal_point_x` and `normalized_principal_point_y` (default: 0), in halves of the image's
    width and height. `decoder_config` has no effect.
    """

    annotation = mp.Input("FRAME_ANNOTATION", FRAME_ANNOTATION)
    lifted = mp.Output("LIFTED_FRAME_ANNOTATION", FRAME_ANNOTATION)
    Options = mp.ProtoOptions(Lift2DFrameAnnotationTo3DCalculatorOptions)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._camera = box.Camera(
            np.float32(options.normalized_focal_x),
            np.float32(options.normalized_focal_y),
            np.float32(options.normalized_principal_point_x),
            np.float32(options.normalized_principal_point_y),
        )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        received = cc.get(self.annotation)
        if received is None:
            return
        lifted = type(received)()
        lifted.CopyFrom(received)
        with np.errstate(all="ignore"):
            for annotation in lifted.annotations:
                self._lift(annotation)
        lifted.timestamp = cc.t
        cc.emit(self.lifted, lifted)

    def _lift(self, annotation: Any) -> None:
        points = box.lift(image_points(annotation), self._camera)
        for key_point, (x, y, z) in zip(annotation.keypoints, points.tolist(), strict=True):
            point = key_point.point_3d
            point.x, point.y, point.z = x, y, z
        pose = box.fit(points)
        annotation.rotation[:] = pose.rotation.ravel().tolist()
        annotation.translation[:] = pose.translation.tolist()
        annotation.scale[:] = pose.scale.tolist()
        annotation.object_id = next(_object_ids)
