"""SegmentationSmoothingCalculator: steadies a mask with the one before it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.gpu import upload
from mpgraph.gpu.context import texture_of
from mpgraph.gpu.masks import smoothed

Mask = npt.NDArray[np.float32]

# The uncertainty of p, 1 - (1 - H(p))², with H its entropy in bits, as a polynomial in (p - 0.5)².
_COEFFICIENTS = tuple(map(np.float32, (5.68842, -0.748699, -57.8051, 291.309, -624.717)))


@register
class SegmentationSmoothingCalculator(Calculator):
    """Mixes a mask with the previous one where it is uncertain.

    MASK, MASK_PREVIOUS: Images of one size, VEC32F1 in 0..1. MASK_SMOOTHED: the mix. Without a previous
    mask the new one passes as it is, and without a new one nothing comes out.
    A MASK on the GPU is mixed there, and stays there. It may be of any format, whose red counts, and
    MASK_PREVIOUS of another format and size, or in host memory; out comes VEC32F1 where MASK is that, else
    SRGBA with the mix in red and alpha.
    Options: `combine_with_previous_ratio`, the previous mask's part where the new one is at 0.5.
    """

    mask = Input("MASK", Image)
    previous = Input("MASK_PREVIOUS", Image)
    smoothed = Output("MASK_SMOOTHED", Image)
    Options = ProtoOptions("SegmentationSmoothingCalculatorOptions")
    timestamp_offset = 0

    def process(self, cc: CalculatorContext) -> None:
        """Mix two masks."""
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
        if new.shape != old.shape:
            raise InvalidArgumentError(
                f"MASK is {new.shape[1]}x{new.shape[0]}, MASK_PREVIOUS {old.shape[1]}x{old.shape[0]}: "
                "both must have one size."
            )
        cc.emit(self.smoothed, Image.wrap(mix(new, old, ratio), ImageFormat.VEC32F1))


def mix(new: Mask, old: Mask, ratio: float) -> Mask:
    """Return new + (old - new) · uncertainty(new) · ratio, in float32."""
    x = new - np.float32(0.5)
    x *= x
    certainty = np.full_like(x, _COEFFICIENTS[-1])
    for coefficient in reversed(_COEFFICIENTS[:-1]):
        certainty *= x
        certainty += coefficient
    certainty *= x
    np.minimum(certainty, np.float32(1), out=certainty)
    uncertainty = np.subtract(np.float32(1), certainty, out=certainty)
    uncertainty *= np.float32(ratio)
    uncertainty *= old - new
    uncertainty += new
    return uncertainty


def _checked(port: str, mask: Image) -> Mask:
    if mask.image_format is not ImageFormat.VEC32F1:
        raise InvalidArgumentError(
            f"{port} must have one channel of float32 (VEC32F1), not {mask.image_format.name}."
        )
    return mask.pixels
