"""How far an alpha matte is from the truth, in space and in time; every metric for one frame.

`Meter` keeps what the metrics over time need of the previous frames.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from scenes import Frame

METRICS: Mapping[str, str] = {
    "MAD": "mean difference of alpha, in thousandths",
    "IoU": "of the parts above 0.5, in percent",
    "BF": "F measure of the boundaries of those parts, within 2 pixels, in percent",
    "grad": "mean difference of the gradients' lengths, in thousandths",
    "dtSSD": "root mean square of the difference of the changes from frame to frame, in percent",
    "flick": "mean change where the truth rests, at pixels near an edge of the truth, in percent",
    "lag": "how many frames alpha lags behind the truth where that changes",
    "trail": "mean alpha where a person has been within three frames and is no more, in percent",
    "PSNR": "of the people on a new background, in dB, at most 60",
    "SSIM": "of the same near the edge of the truth, in percent",
}
"""What each metric is. Larger is better for IoU, BF, PSNR and SSIM."""

LARGER_IS_BETTER = {"IoU", "BF", "PSNR", "SSIM"}

_TOLERANCE = 2
_NEAR = np.ones((41, 41), np.uint8)
_RESTING = 0.004
_MOVING = 0.05
_TRAIL_FRAMES = 3
_ALIKE = 0.5
_TEAL = np.array([20, 130, 140], np.float32)


class Meter:
    """Measures the mattes of a clip, frame by frame."""

    def __init__(self) -> None:
        self._truths: deque[Any] = deque(maxlen=_TRAIL_FRAMES + 1)
        self._previous: Any = None
        self._values: dict[str, list[float]] = {name: [] for name in METRICS}
        self._lag = Lag()

    def add(self, frame: Frame, matte: Any) -> None:
        """Measure one matte, HxW float32 in 0..1."""
        truth = frame.alpha
        add = self._add
        add("MAD", 1000 * float(np.abs(matte - truth).mean()))
        add("IoU", 100 * _iou(matte > 0.5, truth > 0.5))
        add("BF", 100 * boundary_f(matte > 0.5, truth > 0.5))
        add("grad", 1000 * float(np.abs(_slope(matte) - _slope(truth)).mean()))
        near = cv2.dilate(((truth > 0.02) & (truth < 0.98)).astype(np.uint8), _NEAR) > 0
        shown, ideal = (
            person + (1 - alpha[..., None]) * _TEAL
            for person, alpha in ((matte[..., None] * frame.image, matte), (frame.person, truth))
        )
        error = float(np.square(shown - ideal).mean())
        add("PSNR", min(60.0, 10 * np.log10(255**2 / max(error, 1e-9))))
        if near.any():
            add("SSIM", 100 * float(_ssim(_gray(shown), _gray(ideal))[near].mean()))
        if self._previous is not None and self._previous.shape == matte.shape:
            change, true_change = matte - self._previous, truth - self._truths[-1]
            add("dtSSD", 100 * float(np.sqrt(np.square(change - true_change).mean())))
            resting = (np.abs(true_change) < _RESTING) & near
            if resting.any():
                add("flick", 100 * float(np.abs(change[resting]).mean()))
            self._lag.add(change, true_change)
            been = np.max(np.stack(self._truths), axis=0) > 0.9
            left = been & (truth < 0.02)
            if left.sum() > 200:
                add("trail", 100 * float(matte[left].mean()))
        self._truths.append(truth)
        self._previous = matte

    def means(self) -> dict[str, float]:
        """Return the mean of each metric over the frames; NaN for those that do not apply to the clip."""
        found = {name: float(np.mean(values)) if values else np.nan for name, values in self._values.items()}
        return {**found, "lag": self._lag.frames}

    def _add(self, name: str, value: float) -> None:
        self._values[name].append(value)


class Lag:
    """How many frames a matte lags: its changes are fitted by those of the truth, now and one frame ago.

    What the matte misses altogether does not count, nor do frames without motion.
    """

    def __init__(self) -> None:
        self._before: Any = None
        self._normal = np.zeros((2, 2))
        self._right = np.zeros(2)

    def add(self, change: Any, true_change: Any) -> None:
        """Add the changes of a frame."""
        if self._before is not None:
            changes = (true_change, self._before)
            moving = np.maximum(*map(np.abs, changes)) > _MOVING
            rows = np.stack([each[moving] for each in changes]).astype(np.float64)
            self._normal += rows @ rows.T
            self._right += rows @ change[moving]
        self._before = true_change

    @property
    def frames(self) -> float:
        """The lag; NaN without motion, or if that is so slow that one frame looks like the next."""
        power = np.sqrt(self._normal[0, 0] * self._normal[1, 1])
        if power < 2000 or self._normal[0, 1] > _ALIKE * power:
            return float("nan")
        now, before = np.linalg.solve(self._normal, self._right)
        return float(before / max(now + before, 1e-3))


def boundary_f(one: Any, other: Any) -> float:
    """The harmonic mean of precision and recall of two parts' boundaries within 2 pixels of each other."""
    edges = [_boundary(each) for each in (one, other)]
    if not edges[0].any() and not edges[1].any():
        return 1.0
    if not edges[0].any() or not edges[1].any():
        return 0.0
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _TOLERANCE + 1,) * 2)
    near = [cv2.dilate(edge.astype(np.uint8), kernel) > 0 for edge in edges]
    precision, recall = near[1][edges[0]].mean(), near[0][edges[1]].mean()
    return float(2 * precision * recall / max(precision + recall, 1e-9))


def _boundary(part: Any) -> Any:
    """The pixels of a part that have a neighbor outside; the image's border is no boundary."""
    part = part.astype(np.uint8)
    return (part - cv2.erode(part, np.ones((3, 3), np.uint8), borderValue=1)) > 0


def _iou(one: Any, other: Any) -> float:
    union = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / union if union else 1.0


def _slope(alpha: Any) -> Any:
    smooth = cv2.GaussianBlur(alpha, (0, 0), 1.4)
    return cv2.magnitude(
        cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
    )


def _gray(image: Any) -> Any:
    return cv2.cvtColor(np.clip(image, 0, 255).astype(np.float32), cv2.COLOR_RGB2GRAY)


def _ssim(one: Any, other: Any) -> Any:
    """The map of structural similarity (Wang et al., Image Quality Assessment, 2004), Gaussian of 1.5."""

    def mean(values: Any) -> Any:
        return cv2.GaussianBlur(values, (11, 11), 1.5)

    means = mean(one), mean(other)
    variances = mean(one * one) - means[0] ** 2, mean(other * other) - means[1] ** 2
    covariance = mean(one * other) - means[0] * means[1]
    luminance, contrast = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * means[0] * means[1] + luminance) * (2 * covariance + contrast)
    return above / ((means[0] ** 2 + means[1] ** 2 + luminance) * (variances[0] + variances[1] + contrast))
