"""TileToTensorCalculator: a part of an image as the input of a segmentation network."""

from __future__ import annotations

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.calculators.selfie_effects.rects import box_of, is_mirrored
from mpgraph.effects.tiles import DARK, MOST_GAIN, STEP, TileSampler, inside_share
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.tensor import TENSORS, Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.mattes import tile_tensor
from mpgraph.protos import selfie_effects_calculators_pb2


@mp.register
class TileToTensorCalculator(mp.Calculator):
    """Samples an upright part of an image for a segmentation network.

                   +--------------+
          IMAGE -->|              |
                   | TileToTensor |-> TENSORS
      NORM_RECT -->|              |
                   +--------------+

    IMAGE: Image or ImageFrame, SRGB; or IMAGE_GPU: GpuBuffer, and the tensor is on the GPU. NORM_RECT:
        NormalizedRect, not rotated; of negative width: the part is mirrored.
    TENSORS: a list of one, (1, height, width, 3) float32 in 0..1; black outside of the image.

    Unlike ImageToTensorCalculator it maps pixel centers to pixel centers, mirrors, and brightens dark parts
    up to a mean level of 80 of 255, at most by 4. Nothing is sent where NORM_RECT has no packet. Options:
    `width`, `height`.
    """

    image = mp.Input("IMAGE", (Image, ImageFrame), optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    rect = mp.Input("NORM_RECT", mp.message_type("mediapipe.NormalizedRect"))
    tensors = mp.Output("TENSORS", TENSORS)
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.TileToTensorCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One of IMAGE and IMAGE_GPU; `width` and `height` are positive."""
        super().get_contract(contract)
        choose_device(contract, ["IMAGE"], [])
        for name in ("width", "height"):
            value = getattr(contract.options, name)
            contract.need(value >= 1, f"{name} is {value}; it must be at least 1.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._size = options.width, options.height
        self._sampler = TileSampler(*self._size)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        rect = cc.get(self.rect)
        image: Image | ImageFrame | GpuBuffer | None = cc.get(self.image) or cc.get(self.image_gpu)
        if rect is None or image is None:
            return
        if isinstance(image, GpuBuffer):
            box = box_of(rect, image.width, image.height)
            on_gpu = tile_tensor(
                image,
                *self._size,
                box,
                mirrored=is_mirrored(rect),
                step=STEP,
                level=DARK * inside_share(box, image.width, image.height),
                most=MOST_GAIN,
            )
            cc.emit(self.tensors, [Tensor.on_gpu(on_gpu)])
            return
        if image.image_format is not ImageFormat.SRGB:
            raise InvalidArgumentError(f"IMAGE must be SRGB, not {image.image_format.name}.")
        box = box_of(rect, image.width, image.height)
        values = self._sampler.sample(image.pixels, box, is_mirrored(rect))
        cc.emit(self.tensors, [Tensor(values.reshape(1, *values.shape))])
