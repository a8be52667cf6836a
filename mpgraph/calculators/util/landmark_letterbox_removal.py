"""LandmarkLetterboxRemovalCalculator: landmarks of a letterboxed image as landmarks of the image."""

from __future__ import annotations

from functools import partial

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.calculators.util.landmark_mapping import emit_mapped, need_equal_counts
from mpgraph.calculators.util.letterbox import Letterbox
from mpgraph.formats.arrays import FLOATS_4
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp


@mp.register
class LandmarkLetterboxRemovalCalculator(mp.Calculator):
    """Maps normalized landmarks from a letterboxed image to the image in it; z is scaled as x.

    LANDMARKS: NormalizedLandmarkLists, as many inputs as outputs.
    LETTERBOX_PADDING: (left, top, right, bottom) as fractions of the letterboxed image. Nothing is sent
        without it.
    Output LANDMARKS: the lists in the image without the padding.
    """

    landmarks = mp.Input("LANDMARKS", NORMALIZED_LANDMARK_LIST, repeated=True)
    padding = mp.Input("LETTERBOX_PADDING", FLOATS_4)
    out = mp.Output("LANDMARKS", NORMALIZED_LANDMARK_LIST, repeated=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """As many outputs as inputs of landmarks."""
        super().get_contract(contract)
        need_equal_counts(contract, "LANDMARKS")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        padding = cc.get(self.padding)
        if padding is not None:
            emit_mapped(cc, self.landmarks, self.out, partial(_without, Letterbox(padding)))


def _without(letterbox: Letterbox, landmarks: Landmarks) -> Landmarks:
    return landmarks.replaced(
        letterbox.x(landmarks.x), letterbox.y(landmarks.y), letterbox.width(landmarks.z)
    )
