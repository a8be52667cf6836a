"""SetAlphaCalculator: sets the alpha channel of images."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.filters import set_alpha

_WITH_COLOR = (ImageFormat.SRGB, ImageFormat.SRGBA)

_ALMOST_HALF = np.nextafter(np.float32(0.5), np.float32(0))
"""With 0.5 itself, the sum would round the largest number below a half up."""


@mp.register
class SetAlphaCalculator(mp.Calculator):
    """Sets the alpha channel of images, to one value or from another image.

    IMAGE: ImageFrame, SRGB or SRGBA; the output is SRGBA of the same size.
    ALPHA: ImageFrame of the same size whose first channel becomes alpha: uint8 as it is, float32 times 255,
        rounded and clamped to 0..255.
    IMAGE_GPU, ALPHA_GPU: the same on the GPU, of any format. ALPHA_GPU may have any size; its
        red channel is used.

    Without ALPHA the option `alpha_value` (0..255) applies to all pixels. Where a connected ALPHA has no
    packet, alpha is 0; without an image, nothing is sent.
    """

    image = mp.Input("IMAGE", ImageFrame, optional=True)
    alpha = mp.Input("ALPHA", ImageFrame, optional=True)
    out = mp.Output("IMAGE", ImageFrame, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    alpha_gpu = mp.Input("ALPHA_GPU", GpuBuffer, optional=True)
    out_gpu = mp.Output("IMAGE_GPU", GpuBuffer, optional=True)
    Options = mp.ProtoOptions("SetAlphaCalculatorOptions")
    timestamp_offset = 0
    blocking = True  # A millisecond or more for a video frame.

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """All ports in host memory or all on the GPU; either ALPHA or the option `alpha_value`."""
        super().get_contract(contract)
        on_gpu = choose_device(contract, ["IMAGE"], ["IMAGE"], ["ALPHA"])
        ret_check(
            (contract.options.alpha_value >= 0) != contract.inputs.has("ALPHA_GPU" if on_gpu else "ALPHA"),
            "Must use either image mask or options alpha value. Connect ALPHA or set alpha_value (0 to 255).",
        )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.connected(self.image_gpu):
            if cc.has(self.image_gpu):
                other = cc.get(self.alpha_gpu)
                value = min(max(cc.options.alpha_value, 0), 255) / 255
                cc.emit(self.out_gpu, set_alpha(cc[self.image_gpu], value if other is None else other))
            return
        image = cc.get(self.image)
        if image is None:
            return
        if image.image_format not in _WITH_COLOR:
            raise InvalidArgumentError(
                f"SetAlphaCalculator takes SRGB and SRGBA images, not {image.image_format.name}."
            )
        mask = cc.get(self.alpha)
        if mask is None:
            value = min(max(cc.options.alpha_value, 0), 255)
            alpha = np.full((image.height, image.width), value, np.uint8)
        else:
            alpha = _alpha_of(mask, image)
        rgba = np.empty((image.height, image.width, 4), np.uint8)
        # Red, green and blue of the image, then alpha, whose index is the image's number of channels.
        cv2.mixChannels([image.pixels, alpha], [rgba], [0, 0, 1, 1, 2, 2, image.channels, 3])
        cc.emit(self.out, ImageFrame.wrap(rgba, ImageFormat.SRGBA))


def _alpha_of(mask: ImageFrame, image: ImageFrame) -> npt.NDArray[Any]:
    if (mask.width, mask.height) != (image.width, image.height):
        raise InvalidArgumentError(
            f"ALPHA is {mask.width}x{mask.height}, IMAGE {image.width}x{image.height}; "
            "both must have the same size."
        )
    first = mask.pixels if mask.pixels.ndim == 2 else np.ascontiguousarray(mask.pixels[:, :, 0])
    if first.dtype == np.float32:
        return _rounded(first * np.float32(255))
    if first.dtype != np.uint8:
        raise InvalidArgumentError(f"ALPHA must be uint8 or float32, not {mask.image_format.name}.")
    return first


def _rounded(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Round to the nearest byte, halves up, where OpenCV would round halves to even."""
    values += _ALMOST_HALF
    np.clip(values, 0, 255, out=values)
    with np.errstate(invalid="ignore"):  # NaN becomes 0.
        return values.astype(np.uint8)
