"""WorldLandmarkProjectionCalculator: rotate landmarks in meters like their region of the image."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import LANDMARK_LIST, NORMALIZED_RECT
from mpgraph.calculators.util.angles import rotated
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp


@mp.register
class WorldLandmarkProjectionCalculator(mp.Calculator):
    """Rotates landmarks about the z axis by the rotation of a region; they are neither scaled nor moved.

    LANDMARKS: a LandmarkList in meters, as seen in the region.
    NORM_RECT: the region as a NormalizedRect; without it, landmarks stay as they are. If it is connected,
        nothing is sent where it has no packet.
    Output LANDMARKS: the LandmarkList as seen in the image.
    """

    landmarks = mp.Input("LANDMARKS", LANDMARK_LIST)
    rect = mp.Input("NORM_RECT", NORMALIZED_RECT, optional=True)
    out = mp.Output("LANDMARKS", LANDMARK_LIST)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        landmarks = Landmarks.in_packet(cc.packet(self.landmarks))
        if landmarks is None:
            return
        if not cc.connected(self.rect):
            cc.forward(self.out, cc.packet(self.landmarks))
            return
        rect = cc.get(self.rect)
        if rect is None:
            return
        cc.emit(self.out, landmarks.replaced(*rotated(landmarks.x, landmarks.y, np.float32(rect.rotation))))
