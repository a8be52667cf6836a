"""SteadyMaskCalculator: masks that rest where the image rests."""

from __future__ import annotations

from mpgraph.calculators.selfie_effects.thumbnails import seen_at
from mpgraph.effects.looking import THUMBNAIL
from mpgraph.effects.motion import Motion
from mpgraph.effects.steadiness import MOST_GAP_US, SteadyMask
from mpgraph.errors import ret_check
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.mattes import steady_mask
from mpgraph.protos import selfie_effects_calculators_pb2


@mp.register
class SteadyMaskCalculator(mp.Calculator):
    """Mixes each mask with the previous one where the image shows the same things, moved or not.

               +------------+
       MASK -->|            |
       HELD -->| SteadyMask |-> MASK
      IMAGE -->|            |
               +------------+

    MASK: Image, VEC32F1. IMAGE: Image, SRGB, of the same size. All may be on the GPU, and then MASK is.
    HELD: Image, VEC32F1, of PlaceMasksCalculator: the share of the previous mask that belongs to this one.
    MASK: Image, VEC32F1: mask + keep * exp(-(d / sigma)^2) * (previous - mask), with d, the mean absolute
        difference of the colors to the previous image's in 5x5 pixels, after matching their brightness. The
        previous image and mask are moved along with the motion between the images. On the CPU, what is far
        from people passes unchanged.

    The first mask passes unchanged, and so does one after a cut, a second without masks or a change of size.
    With the side packet USE_PREVIOUS (bool, default: true) false, all do. Options: `keep`, `sigma`,
    `zero_is_unknown`.
    """

    mask = mp.Input("MASK", Image)
    image = mp.Input("IMAGE", Image)
    held = mp.Input("HELD", Image, optional=True)
    use_previous = mp.SideInput("USE_PREVIOUS", bool, optional=True)
    out = mp.Output("MASK", Image)
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.SteadyMaskCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`keep` is in 0..1, `sigma` positive."""
        super().get_contract(contract)
        options = contract.options
        contract.need(0 <= options.keep <= 1, f"keep is {options.keep}; it must be in 0..1.")
        contract.need(options.sigma > 0, f"sigma is {options.sigma}; it must be positive.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._keep, self._sigma = options.keep, options.sigma
        self._zero_is_unknown = options.zero_is_unknown
        self._steady = SteadyMask(self._keep, self._sigma, self._zero_is_unknown)
        self._on_gpu: tuple[GpuBuffer, GpuBuffer] | None = None
        self._motion = Motion()
        self._use_previous = cc.get(self.use_previous, True)
        self._last = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        mask = cc.get(self.mask)
        if mask is None:
            return
        image = cc[self.image]
        ret_check(
            (mask.width, mask.height) == (image.width, image.height),
            f"MASK is {mask.width}x{mask.height}, IMAGE {image.width}x{image.height}: "
            "both must have the same size.",
        )
        if not self._use_previous:
            cc.forward(self.out, cc.packet(self.mask))
            return
        if cc.t - self._last > MOST_GAP_US:
            self._steady.forget()
            self._on_gpu = None
        self._last = cc.t
        held = cc.get(self.held)
        if mask.gpu_buffer is not None and image.uses_gpu():
            steady = self._steadied_on_gpu(mask.gpu_buffer, image, None if held is None else held.gpu_buffer)
            cc.emit(self.out, Image.from_gpu_buffer(steady))
            return
        steadied = self._steady.next(mask.pixels, image.pixels, None if held is None else held.pixels)
        cc.emit(self.out, Image.wrap(steadied, ImageFormat.VEC32F1))

    def _steadied_on_gpu(self, mask: GpuBuffer, image: Image, held: GpuBuffer | None) -> GpuBuffer:
        previous, buffer = self._on_gpu, image.gpu_buffer
        field = self._motion.next(seen_at(image, *THUMBNAIL).pixels)
        assert buffer is not None
        if (
            previous is not None
            and field is not None
            and (previous[1].width, previous[1].height) == (image.width, image.height)
        ):
            mask = steady_mask(
                mask,
                buffer,
                *previous,
                field,
                held,
                gain=self._motion.gain,
                keep=self._keep,
                sigma=self._sigma,
                zero_is_unknown=self._zero_is_unknown,
            )
        self._on_gpu = mask, buffer
        return mask
