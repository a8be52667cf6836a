"""BilateralFilterCalculator: smooths an image and keeps its edges, or those of another image."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.filters import bilateral

Pixels = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
Plane = npt.NDArray[np.float32]


@mp.register
class BilateralFilterCalculator(mp.Calculator):
    """Smooths images, but not across edges.

    IMAGE: ImageFrame with 1 or 3 channels of uint8 or float32; the output has the same format and size.
    GUIDE: ImageFrame of uint8 or float32 whose edges are kept instead of IMAGE's own; its alpha channel is
        ignored. IMAGE is first scaled to the guide's size, which is also the output's.
    IMAGE_GPU, GUIDE_GPU: the same on the GPU, of any format; the output is SRGBA.

    Nothing is sent where IMAGE, or a connected GUIDE, has no packet. Options: `sigma_color` (0..1, how
    different a neighbor's color may be) and `sigma_space` (pixels, how far away it may be). The window is
    int(2 · sigma_space) pixels wide. GUIDE without the GPU is an extension: MediaPipe refuses it.
    """

    image = mp.Input("IMAGE", ImageFrame, optional=True)
    guide = mp.Input("GUIDE", ImageFrame, optional=True)
    out = mp.Output("IMAGE", ImageFrame, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    guide_gpu = mp.Input("GUIDE_GPU", GpuBuffer, optional=True)
    out_gpu = mp.Output("IMAGE_GPU", GpuBuffer, optional=True)
    Options = mp.ProtoOptions("BilateralFilterCalculatorOptions")
    timestamp_offset = 0
    blocking = True  # Tens of milliseconds for a video frame.

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """All ports in host memory or all on the GPU; the sigmas are not negative."""
        super().get_contract(contract)
        choose_device(contract, ["IMAGE"], ["IMAGE"], ["GUIDE"])
        for name in ("sigma_color", "sigma_space"):
            contract.need(getattr(contract.options, name) >= 0, f"The option {name} must not be negative.")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if any(map(mp.Packet.is_empty, cc.packets)):
            return
        options = cc.options
        if cc.connected(self.image_gpu):
            on_gpu = bilateral(
                cc[self.image_gpu], cc.get(self.guide_gpu), options.sigma_color, options.sigma_space
            )
            cc.emit(self.out_gpu, on_gpu)
            return
        image, guide = cc[self.image], cc.get(self.guide)
        if image.channels not in (1, 3) or image.byte_depth == 2:
            raise InvalidArgumentError(
                "BilateralFilterCalculator takes images with 1 or 3 channels of uint8 or float32, "
                f"not {image.image_format.name}."
            )
        diameter, sigma_color = int(options.sigma_space * 2), options.sigma_color * 255
        if guide is None:
            smooth = cv2.bilateralFilter(image.pixels, diameter, sigma_color, options.sigma_space)
        else:
            edges = _without_alpha(guide)
            smooth = joint_bilateral(image.pixels, edges, diameter, sigma_color, options.sigma_space)
        cc.emit(self.out, ImageFrame.wrap(smooth, image.image_format))


def joint_bilateral(
    image: Pixels, guide: Pixels, diameter: int, sigma_color: float, sigma_space: float
) -> Pixels:
    """Smooth `image` wherever `guide` is smooth, but not across the edges of `guide`.

        out(p) = sum of w(p, q) · image(q) / sum of w(p, q), over the q around p, with
        w(p, q) = exp(-|p - q|² / (2 · sigma_space²)) · exp(-d(p, q)² / (2 · sigma_color²)),
        d(p, q) = the sum over the channels of |guide(p) - guide(q)|

    (Petschnigg et al. and Eisemann and Durand, 2004. Weights, the round window and the mirrored border are
    those of cv2.bilateralFilter, whose result this equals if the guide is the image itself.)

    image: HxW or HxWxC, uint8 or float32; first scaled bilinearly to the guide's size.
    guide: HxW or HxWxC, uint8 or float32.
    diameter: the window's width in pixels; 0 for three times `sigma_space`.
    sigma_color: in the guide's own units; sigma_space: in its pixels. Each is 1 if it is not positive.
    Returns an array of the guide's size with the image's channels and dtype.
    """
    height, width = guide.shape[:2]
    if image.shape[:2] != (height, width):
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
    sigma_color = sigma_color if sigma_color > 0 else 1.0
    sigma_space = sigma_space if sigma_space > 0 else 1.0
    radius = max(diameter // 2 if diameter > 0 else round(sigma_space * 1.5), 1)
    values, guides = _padded(image, radius), _padded(guide, radius)

    def shifted(plane: Plane, dy: int, dx: int) -> Plane:
        return plane[radius + dy : radius + dy + height, radius + dx : radius + dx + width]

    total = np.zeros((height, width), np.float32)
    sums = [np.zeros((height, width), np.float32) for _ in values]
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            square = dy * dy + dx * dx
            if square > radius * radius:
                continue
            weight = np.zeros((height, width), np.float32)
            for plane in guides:
                weight += cv2.absdiff(shifted(plane, dy, dx), shifted(plane, 0, 0))
            cv2.multiply(weight, weight, dst=weight, scale=-0.5 / sigma_color**2)
            weight -= np.float32(0.5 * square / sigma_space**2)
            cv2.exp(weight, dst=weight)
            total += weight
            for channel, plane in zip(sums, values, strict=True):
                channel += weight * shifted(plane, dy, dx)
    smooth = np.stack([channel / total for channel in sums], axis=-1).reshape(image.shape)
    return np.rint(smooth).astype(np.uint8) if image.dtype == np.uint8 else smooth


def _padded(pixels: Pixels, radius: int) -> list[Plane]:
    """The channels, each with a border of `radius` mirrored pixels."""
    planes = cv2.split(pixels.astype(np.float32))
    sides = (radius, radius, radius, radius)
    return [
        np.asarray(cv2.copyMakeBorder(plane, *sides, cv2.BORDER_REFLECT_101), np.float32) for plane in planes
    ]


def _without_alpha(guide: ImageFrame) -> Pixels:
    if guide.byte_depth == 2:
        raise InvalidArgumentError(
            f"BilateralFilterCalculator takes a GUIDE of uint8 or float32, not {guide.image_format.name}."
        )
    return guide.pixels[:, :, :3] if guide.channels == 4 else guide.pixels
