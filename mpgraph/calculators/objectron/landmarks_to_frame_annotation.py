"""LandmarksToFrameAnnotationCalculator: landmarks as annotated objects."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.calculators.objectron.annotations import FRAME_ANNOTATION
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import vector
from mpgraph.protos.annotation_data_pb2 import FrameAnnotation


@mp.register
class LandmarksToFrameAnnotationCalculator(mp.Calculator):
    """Converts landmarks in an image into a FrameAnnotation with an object for each list.

    LANDMARKS: a NormalizedLandmarkList. MULTI_LANDMARKS: a list of them. One of them, or both.
    FRAME_ANNOTATION: the objects; x and y of the landmarks are their key points in the image. Sent even
        without objects.
    """

    landmarks = mp.Input("LANDMARKS", NORMALIZED_LANDMARK_LIST, optional=True)
    multi_landmarks = mp.Input("MULTI_LANDMARKS", vector(NORMALIZED_LANDMARK_LIST), optional=True)
    annotation = mp.Output("FRAME_ANNOTATION", FRAME_ANNOTATION, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One of the inputs."""
        super().get_contract(contract)
        contract.need(len(contract.inputs) > 0, "Connect LANDMARKS or MULTI_LANDMARKS.")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        annotation = FrameAnnotation()
        if cc.has(self.landmarks):
            _add(annotation, cc[self.landmarks])
        for landmarks in cc.get(self.multi_landmarks) or []:
            _add(annotation, landmarks)
        cc.emit(self.annotation, annotation)


def _add(annotation: FrameAnnotation, landmarks: Any) -> None:
    key_points = annotation.annotations.add().keypoints
    for landmark in landmarks.landmark:
        key_points.add(point_2d={"x": landmark.x, "y": landmark.y})
