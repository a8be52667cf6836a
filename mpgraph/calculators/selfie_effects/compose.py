"""ComposeCalculator: people in front of a new background."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.calculators.selfie_effects.gpu_composer import GpuComposer
from mpgraph.effects.background import Backdrop, Background, Blur
from mpgraph.effects.compositing import Composer
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu import GPU_SERVICE, upload
from mpgraph.protos import selfie_effects_calculators_pb2


@mp.register
class ComposeCalculator(mp.Calculator):
    """Puts people in front of a new background.

                    +---------+
           IMAGE -->|         |
           MATTE -->| Compose |-> IMAGE
      BACKGROUND -->|         |
                    +---------+

    IMAGE: ImageFrame, SRGB; or IMAGE_GPU: GpuBuffer, from which the output is IMAGE_GPU. MATTE: Image,
        GRAY8, of the same size: the share of the people in each pixel.
    BACKGROUND (or BACKGROUND_GPU): SRGB, of any size: scaled to cover the image and cropped at the longer
        side. Where it has no packet, the last one stays. As a side packet: one image for all frames.
    IMAGE: ImageFrame, SRGB, or SRGBA with `transparent`; the input where there is no MATTE. Frames of a video
        are composed as it stores them (`ImageFrame.yuv`), so that encoders need not convert them.

    Options, if BACKGROUND is not connected: `color`, `blur` (0 to 1; the default, 0.5) or `transparent`. At
    the edge the people's own colors are estimated (`foreground_colors`), and the background may shine round
    it (`light_wrap`).
    """

    image = mp.Input("IMAGE", ImageFrame, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    matte = mp.Input("MATTE", Image)
    background = mp.Input("BACKGROUND", ImageFrame, optional=True)
    background_gpu = mp.Input("BACKGROUND_GPU", GpuBuffer, optional=True)
    backdrop = mp.SideInput("BACKGROUND", ImageFrame, optional=True)
    out = mp.Output("IMAGE", ImageFrame, optional=True)
    out_gpu = mp.Output("IMAGE_GPU", GpuBuffer, optional=True)
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.ComposeCalculatorOptions)
    timestamp_offset = 0
    blocking = True  # Two milliseconds, while the network computes the next mask.

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At most one background; shares are in 0..1, colors in 0..255."""
        super().get_contract(contract)
        choose_device(contract, ["IMAGE"], ["IMAGE"], optional=["BACKGROUND"])
        options = contract.options
        given = [
            contract.inputs.has("BACKGROUND") or contract.inputs.has("BACKGROUND_GPU"),
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
        if cc.connected(self.image_gpu):
            self._on_gpu = GpuComposer(None if self._transparent else self._behind, options)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.background):
            self._behind = Backdrop(_checked("BACKGROUND", cc[self.background]))
        if cc.connected(self.image_gpu):
            self._process_on_gpu(cc)
            return
        if not cc.has(self.image):
            return
        if not cc.has(self.matte):
            cc.forward(self.out, cc.packet(self.image))
            return
        _check_sizes(cc[self.image], cc[self.matte])
        image, matte = _checked("IMAGE", cc[self.image]), cc[self.matte].pixels
        if self._transparent:
            cc.emit(self.out, ImageFrame.wrap(self._composer.cut_out(image, matte), ImageFormat.SRGBA))
        elif (yuv := cc[self.image].yuv) is not None:
            composed = self._composer.compose_yuv(yuv, matte, self._behind.behind_yuv(yuv, matte))
            cc.emit(self.out, ImageFrame.of_video(composed))
        else:
            behind = self._behind.behind(image, matte)
            cc.emit(self.out, ImageFrame.wrap(self._composer.compose(image, matte, behind), ImageFormat.SRGB))

    def _process_on_gpu(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.background_gpu):
            self._on_gpu.use(cc[self.background_gpu])
        if not cc.has(self.image_gpu):
            return
        if not cc.has(self.matte):
            cc.forward(self.out_gpu, cc.packet(self.image_gpu))
            return
        image, matte = cc[self.image_gpu], cc[self.matte]
        _check_sizes(image, matte)
        buffer = matte.gpu_buffer or upload(matte, cc.service(GPU_SERVICE))
        cc.emit(self.out_gpu, self._on_gpu.compose(image, buffer))


def _check_sizes(image: ImageFrame | GpuBuffer, matte: Image) -> None:
    if (image.width, image.height) != (matte.width, matte.height):
        raise InvalidArgumentError(
            f"IMAGE is {image.width}x{image.height}, MATTE {matte.width}x{matte.height}: "
            "both must have the same size."
        )


def _background(options: Any) -> Background:
    if options.HasField("color"):
        return Backdrop.from_color((options.color.r, options.color.g, options.color.b))
    return Blur(options.blur) if options.HasField("blur") else Blur()


def _checked(port: str, image: ImageFrame) -> Any:
    if image.image_format is not ImageFormat.SRGB:
        raise InvalidArgumentError(f"{port} must be SRGB, not {image.image_format.name}.")
    return image.pixels
