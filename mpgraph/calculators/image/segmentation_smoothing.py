"""SegmentationSmoothingCalculator: smooths masks over time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu import upload
from mpgraph.gpu.context import texture_of
from mpgraph.gpu.masks import smoothed

Mask = npt.NDArray[np.float32]

# The uncertainty of p, 1 - (1 - H(p))², with H its entropy in bits, as a polynomial in (p - 0.5)².
_COEFFICIENTS = tuple(map(np.float32, (5.68842, -0.748699, -57.8051, 291.309, -624.717)))

_PART = 1 << 15
"""So many values at a time stay in the processor's cache."""


@mp.register
class SegmentationSmoothingCalculator(mp.Calculator):
    """Mixes a mask with the previous mask where it is uncertain.

    MASK, MASK_PREVIOUS: Images of one size, VEC32F1 in 0..1.
    MASK_SMOOTHED: Image, the mix, of the same format and size.

    Without MASK_PREVIOUS, MASK is passed on unchanged; without MASK, nothing is sent. A MASK on the GPU is
    mixed and stays there: it may have any format, of which red is used, and MASK_PREVIOUS may have another
    format and size or be in host memory; the output is VEC32F1 if MASK is, else SRGBA with the mix in red and
    alpha. Options: `combine_with_previous_ratio`, the previous mask's weight where the new mask is 0.5.
    The polynomial is that of MediaPipe's calculators/image/segmentation_smoothing_calculator.cc.
    """

    mask = mp.Input("MASK", Image)
    previous = mp.Input("MASK_PREVIOUS", Image)
    smoothed = mp.Output("MASK_SMOOTHED", Image)
    Options = mp.ProtoOptions("SegmentationSmoothingCalculatorOptions")
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if not cc.has(self.mask):
            return
        previous = cc.get(self.previous)
        if previous is None:
            cc.forward(self.smoothed, cc.packet(self.mask))
            return
        ratio = cc.options.combine_with_previous_ratio
        buffer = cc[self.mask].gpu_buffer
        if buffer is not None:
            old_buffer = previous.gpu_buffer or upload(previous, texture_of(buffer).context)
            cc.emit(self.smoothed, Image.from_gpu_buffer(smoothed(buffer, old_buffer, ratio)))
            return
        new = _checked("MASK", cc[self.mask])
        old = _checked("MASK_PREVIOUS", previous)
        ret_check(
            new.shape == old.shape,
            f"MASK is {new.shape[1]}x{new.shape[0]}, MASK_PREVIOUS {old.shape[1]}x{old.shape[0]}: "
            "both must have the same size.",
        )
        cc.emit(self.smoothed, Image.wrap(mix(new, old, ratio), ImageFormat.VEC32F1))


def mix(new: Mask, old: Mask, ratio: float) -> Mask:
    """Return new + (old - new) · uncertainty(new) · ratio, in float32."""
    mixed = np.zeros_like(new)
    parts = new.ravel(), old.ravel(), mixed.ravel()
    for start in range(0, new.size, _PART):
        part_of_new, part_of_old, out = (values[start : start + _PART] for values in parts)
        if part_of_new.any() or part_of_old.any():
            _mix(part_of_new, part_of_old, np.float32(ratio), out)
    return mixed


def _mix(new: Mask, old: Mask, ratio: np.float32, out: Mask) -> None:
    x = new - np.float32(0.5)
    x *= x
    certainty = np.multiply(x, _COEFFICIENTS[-1], out=out)
    for coefficient in reversed(_COEFFICIENTS[:-1]):
        certainty += coefficient
        certainty *= x
    np.minimum(certainty, np.float32(1), out=certainty)
    uncertainty = np.subtract(np.float32(1), certainty, out=out)
    uncertainty *= ratio
    uncertainty *= np.subtract(old, new, out=x)
    uncertainty += new


def _checked(port: str, mask: Image) -> Mask:
    if mask.image_format is not ImageFormat.VEC32F1:
        raise InvalidArgumentError(
            "Only 1-channel float input image is supported: "
            f"{port} must be VEC32F1, not {mask.image_format.name}."
        )
    return mask.pixels
