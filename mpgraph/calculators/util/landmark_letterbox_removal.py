"""LandmarkLetterboxRemovalCalculator: landmarks of a letterboxed image as landmarks of the image."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.calculators.util.letterbox import Letterbox
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import FLOATS_4
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos import landmark_pb2


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
        inputs, outputs = contract.inputs.count("LANDMARKS"), contract.outputs.count("LANDMARKS")
        ret_check(
            inputs == outputs,
            f"Same number of input and output landmarks is required, but there are {inputs} and {outputs}.",
        )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        padding = cc.get(self.padding)
        if padding is None:
            return
        letterbox = Letterbox(padding)
        for index, message in enumerate(cc.values(self.landmarks)):
            if message is None:
                continue
            landmarks = Landmarks.of(message)
            with np.errstate(all="ignore"):
                moved = landmarks.replaced(
                    letterbox.x(landmarks.x), letterbox.y(landmarks.y), letterbox.width(landmarks.z)
                )
            cc.emit(self.out, moved.message(landmark_pb2.NormalizedLandmarkList), index=index)
