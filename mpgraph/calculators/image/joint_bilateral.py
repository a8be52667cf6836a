"""The joint bilateral filter: a picture smoothed along the edges of another one."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
Plane = npt.NDArray[np.float32]


def joint_bilateral(
    image: Pixels, guide: Pixels, diameter: int, sigma_color: float, sigma_space: float
) -> Pixels:
    """Smooth `image` where `guide` is smooth, and keep what lies on two sides of an edge of it apart.

        out(p) = sum of w(p, q) · image(q) / sum of w(p, q), over the q around p, with
        w(p, q) = exp(-|p - q|² / (2 · sigma_space²)) · exp(-d(p, q)² / (2 · sigma_color²)),
        d(p, q) = the sum over the channels of |guide(p) - guide(q)|

    (Petschnigg et al. and Eisemann and Durand, 2004; the weights, the round window and the mirrored
    border are those of cv2.bilateralFilter, which it equals where the guide is the image itself.)

    image: HxW or HxWxC, uint8 or float32; first scaled to the guide's size, linearly.
    guide: HxW or HxWxC, uint8 or float32.
    diameter: the window's width in pixels; 0 for one of three times `sigma_space`.
    sigma_color: in the guide's own units; sigma_space: in its pixels. Each is 1 where it is not positive.
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
            for part, plane in zip(sums, values, strict=True):
                part += weight * shifted(plane, dy, dx)
    smooth = np.stack([part / total for part in sums], axis=-1).reshape(image.shape)
    return np.rint(smooth).astype(np.uint8) if image.dtype == np.uint8 else smooth


def _padded(pixels: Pixels, radius: int) -> list[Plane]:
    """The channels, each with a border of `radius` mirrored pixels."""
    planes = cv2.split(pixels.astype(np.float32))
    sides = (radius, radius, radius, radius)
    return [
        np.asarray(cv2.copyMakeBorder(plane, *sides, cv2.BORDER_REFLECT_101), np.float32) for plane in planes
    ]
