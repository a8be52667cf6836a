"""ComposeCalculator: people in front of a new background."""

from __future__ import annotations

from typing import Any

from mpgraph.effects.background import Backdrop, Background, Blur
from mpgraph.effects.compositing import Composer
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos import selfie_effects_calculators_pb2


@mp.register
class ComposeCalculator(mp.Calculator):
    """Puts people in front of a new background.

                    +---------+
           IMAGE -->|         |
           MATTE -->| Compose |-> IMAGE
      BACKGROUND -->|         |
                    +---------+

    IMAGE: ImageFrame, SRGB. MATTE: Image, GRAY8, of the same size: the share of the people in each pixel.
    BACKGROUND: ImageFrame, SRGB, of any size: scaled to cover the image and cropped at the longer side. Where
        it has no packet, the last one stays. As a side packet: one image for all frames.
    IMAGE: ImageFrame, SRGB, or SRGBA with `transparent`; the input where there is no MATTE.

    Options, if BACKGROUND is not connected: `color`, `blur` (0 to 1; the default, 0.5) or `transparent`. At the
    edge the people's own colors are estimated (`foreground_colors`), and the background may shine round it
    (`light_wrap`).
    """

    image = mp.Input("IMAGE", ImageFrame)
    matte = mp.Input("MATTE", Image)
    background = mp.Input("BACKGROUND", ImageFrame, optional=True)
    backdrop = mp.SideInput("BACKGROUND", ImageFrame, optional=True)
    out = mp.Output("IMAGE", ImageFrame)
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.ComposeCalculatorOptions)
    timestamp_offset = 0
    blocking = True  # Two milliseconds, while the network computes the next mask.

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At most one background; shares are in 0..1, colors in 0..255."""
        super().get_contract(contract)
        options = contract.options
        given = [
            contract.inputs.has("BACKGROUND"),
            contract.side_inputs.has("BACKGROUND"),
            bool(options.transparent),
        ]
        contract.need(
            sum(given) <= 1,
            "ComposeCalculator takes one background: the stream BACKGROUND, the side packet BACKGROUND, or "
            "transparent: true.",
        )
        for name in ("blur", "light_wrap"):
            value = getattr(options, name)
            contract.need(0 <= value <= 1, f"{name} is {value}; it must be in 0..1.")
        for name in ("r", "g", "b"):
            value = getattr(options.color, name)
            contract.need(0 <= value <= 255, f"color.{name} is {value}; it must be in 0..255.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._composer = Composer(options.light_wrap, options.foreground_colors)
        self._transparent = options.transparent
        self._behind: Background = _background(options)
        if cc.has(self.backdrop):
            self._behind = Backdrop(_checked("BACKGROUND", cc[self.backdrop]))

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.background):
            self._behind = Backdrop(_checked("BACKGROUND", cc[self.background]))
        if not cc.has(self.image):
            return
        if not cc.has(self.matte):
            cc.forward(self.out, cc.packet(self.image))
            return
        image, matte = _checked("IMAGE", cc[self.image]), cc[self.matte].pixels
        if image.shape[:2] != matte.shape:
            raise InvalidArgumentError(
                f"IMAGE is {image.shape[1]}x{image.shape[0]}, MATTE {matte.shape[1]}x{matte.shape[0]}: "
                "both must have the same size."
            )
        if self._transparent:
            cc.emit(self.out, ImageFrame.wrap(self._composer.cut_out(image, matte), ImageFormat.SRGBA))
        else:
            behind = self._behind.behind(image, matte)
            composed = self._composer.compose(image, matte, behind)
            cc.emit(self.out, ImageFrame.wrap(composed, ImageFormat.SRGB))


def _background(options: Any) -> Background:
    if options.HasField("color"):
        return Backdrop.from_color((options.color.r, options.color.g, options.color.b))
    return Blur(options.blur) if options.HasField("blur") else Blur()


def _checked(port: str, image: ImageFrame) -> Any:
    if image.image_format is not ImageFormat.SRGB:
        raise InvalidArgumentError(f"{port} must be SRGB, not {image.image_format.name}.")
    return image.pixels
