"""LookAroundCalculator: when to search the whole image for people."""

from __future__ import annotations

from mpgraph.calculators.selfie_effects.rects import norm_rect
from mpgraph.calculators.selfie_effects.thumbnails import mask_at, seen_at
from mpgraph.effects.boxes import whole_view
from mpgraph.effects.looking import THUMBNAIL, Look, LookOut
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.image import Image
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos import selfie_effects_calculators_pb2


@mp.register
class LookAroundCalculator(mp.Calculator):
    """Says when the whole image is to be searched for people, and when the people of earlier frames are gone.

                       +------------+
              IMAGE -->|            |-> NORM_RECT
               SIZE -->| LookAround |
      MASK_PREVIOUS -->|            |-> MASK_PREVIOUS
                       +------------+

    IMAGE: Image, SRGB, of any size. SIZE: (width, height) of the original image.
    MASK_PREVIOUS: Image, VEC32F1, the people in the previous frame.
    NORM_RECT: NormalizedRect round the whole image with the aspect ratio 16:9, at the frames that are to be
        searched: the first, every so many, after cuts, and when more moves than usual where nobody is known.
    MASK_PREVIOUS: the input, except after a cut or when the size changes.

    The side packet USE_PREVIOUS (bool, default: true) is false for images that do not belong together.
    Options: `every`, `motion`.
    """

    image = mp.Input("IMAGE", Image)
    size = mp.Input("SIZE", INT_PAIR)
    previous = mp.Input("MASK_PREVIOUS", Image, optional=True)
    use_previous = mp.SideInput("USE_PREVIOUS", bool, optional=True)
    rect = mp.Output("NORM_RECT", mp.message_type("mediapipe.NormalizedRect"))
    kept = mp.Output("MASK_PREVIOUS", Image, optional=True)
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.LookAroundCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`every` is at least 1, `motion` not negative."""
        super().get_contract(contract)
        options = contract.options
        contract.need(options.every >= 1, f"every is {options.every}; it must be at least 1.")
        contract.need(options.motion >= 0, f"motion is {options.motion}; it must not be negative.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._look_out = LookOut(options.every, options.motion)
        self._use_previous = cc.get(self.use_previous, True)
        self._size = (0, 0)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        image = cc.get(self.image)
        if image is None:
            return
        size = cc[self.size]
        if size != self._size or not self._use_previous:
            self._look_out.forget()
            self._size = size
        previous = cc.get(self.previous)
        look = self._look_out.decide(
            seen_at(image, *THUMBNAIL).pixels,
            None if previous is None else mask_at(previous, *THUMBNAIL),
        )
        if look is not Look.NO:
            cc.emit(self.rect, norm_rect(whole_view(*size), *size))
        if look is not Look.AFRESH and previous is not None:
            cc.forward(self.kept, cc.packet(self.previous))
