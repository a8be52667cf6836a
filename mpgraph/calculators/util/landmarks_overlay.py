"""LandmarksOverlayCalculator: draws landmarks and the lines between them over images."""

from __future__ import annotations

from dataclasses import dataclass, field

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.calculators.util.overlay import Overlay
from mpgraph.drawing.annotations import Pixels
from mpgraph.drawing.styled import StyleName, draw_styled
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type


@mp.register
class LandmarksOverlayCalculator(Overlay):
    """Draws landmarks in the styles of MediaPipe's Python solutions.

    IMAGE: ImageFrame, SRGB, SRGBA or GRAY8; the output is a copy, SRGB.
    LANDMARKS:0, LANDMARKS:1, ...: a NormalizedLandmarkList, or a list of them, each; the last is on top.

    Options: `style`, one for each LANDMARKS input.

    MediaPipe has no such calculator: in its graphs, LandmarksToRenderDataCalculator makes annotations, of one
    color, for AnnotationOverlayCalculator.
    """

    landmarks = mp.Input(
        "LANDMARKS",
        (NORMALIZED_LANDMARK_LIST, packet_type.vector(NORMALIZED_LANDMARK_LIST)),
        repeated=True,
    )

    @dataclass
    class Options:
        """The style of each LANDMARKS input."""

        style: list[StyleName] = field(default_factory=list)

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """There are as many styles as LANDMARKS inputs."""
        super().get_contract(contract)
        count, given = contract.inputs.count("LANDMARKS"), len(contract.options.style)
        ret_check(
            count == given, f"Each LANDMARKS input needs a style: there are {count}, and {given} `style`."
        )

    @mp.override
    def draw(self, cc: mp.CalculatorContext, canvas: Pixels) -> None:
        for style, packet in zip(cc.options.style, cc.all(self.landmarks), strict=True):
            if packet.is_empty():
                continue
            found = packet.compact
            for landmarks in found if isinstance(found, list) else [found]:
                draw_styled(canvas, landmarks, style)
