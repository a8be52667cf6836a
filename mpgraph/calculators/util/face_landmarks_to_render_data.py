"""FaceLandmarksToRenderDataCalculator: the landmarks of a face and its contours, to draw."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from mpgraph.calculators.util.landmarks_to_render_data import LandmarksToRenderDataCalculator
from mpgraph.drawing import face_contours as contours
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.landmarks_to_render_data_calculator_pb2 import LandmarksToRenderDataCalculatorOptions

_CONTOURS = (
    contours.LIPS
    + contours.RIGHT_EYE
    + contours.RIGHT_EYEBROW
    + contours.LEFT_IRIS
    + contours.LEFT_EYE
    + contours.LEFT_EYEBROW
    + contours.RIGHT_IRIS
    + contours.FACE_OVAL
)
"""In MediaPipe's order, which decides what is on top."""


@mp.register
class FaceLandmarksToRenderDataCalculator(LandmarksToRenderDataCalculator):
    """Converts the landmarks of a face into annotations: its contours, then a point for each landmark.

    NORM_LANDMARKS (a NormalizedLandmarkList) or LANDMARKS (a LandmarkList, in pixels), of 468 landmarks, or
        of 478 with irises.
    RENDER_SCALE: a float that multiplies `thickness`.
    RENDER_DATA: RenderData.

    Options: those of LandmarksToRenderDataCalculator, except for `landmark_connections`, which has no
        effect.
    """

    @staticmethod
    @mp.override
    def connections(options: LandmarksToRenderDataCalculatorOptions) -> Sequence[int]:
        return tuple(chain.from_iterable(_CONTOURS))
