"""Filters that smooth values over time: arrays of values, each of which is smoothed on its own.

They are MediaPipe's filters with its mixture of float32 and double, since tracking amplifies the last bit.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
V = TypeVar("V", float, Doubles)

SMALLEST_FREQUENCY = 1e-6
"""Frequencies and cutoff frequencies must be above it, in Hz."""

_NS_PER_US = 1000
_S_PER_NS = 1e-9
_FRAME_NS = 1_000_000_000 // 30


class LowPassFilter:
    """Exponential smoothing: alpha times the new values plus (1 - alpha) times the last result.

    alpha: the weight of new values, in 0..1.
    """

    def __init__(self, alpha: float) -> None:
        self._alpha = np.asarray(alpha, np.float32)
        self._result: Floats | None = None
        self.last: Floats | None = None
        """The last values, not smoothed; None before the first."""

    def apply(self, values: Floats, alpha: Floats | None = None) -> Floats:
        """Return the values smoothed.

        alpha: the weights from now on, one for each value; outside of 0..1 the last weight remains.
        """
        if alpha is not None:
            self._alpha = np.where((alpha < 0) | (alpha > 1), self._alpha, alpha)
        if self._result is None:
            result = values
        else:
            kept = (1 - self._alpha.astype(np.float64)) * self._result
            result = (self._alpha * values + kept).astype(np.float32)
        self.last, self._result = values, result
        return result


class OneEuroFilter:
    """The one euro filter of Casiez, Roussel and Vogel (CHI 2012), which smooths slow motion most.

    frequency: of the values in Hz, until it is known from their times.
    min_cutoff: the cutoff frequency of motionless values in Hz; less is smoother.
    beta: how much the cutoff frequency rises with speed; more lags less.
    derivate_cutoff: the cutoff frequency of the speed in Hz.
    """

    def __init__(self, frequency: float, min_cutoff: float, beta: float, derivate_cutoff: float) -> None:
        self._frequency = frequency
        self._min_cutoff, self._beta, self._derivate_cutoff = min_cutoff, beta, derivate_cutoff
        self._values = LowPassFilter(self._alpha(min_cutoff))
        self._speeds = LowPassFilter(self._alpha(derivate_cutoff))
        self._time: int | None = None

    def apply(self, time_us: int, scale: np.float32, values: Floats) -> Floats:
        """Return the values smoothed; as they are, and not remembered, unless the time has advanced.

        scale: the factor from the values to those for which the filter's parameters are meant.
        """
        time = time_us * _NS_PER_US
        if self._time is not None:
            if time <= self._time:
                return values
            if self._time:  # As in MediaPipe, no frequency follows from the time 0.
                self._frequency = 1 / ((time - self._time) * _S_PER_NS)
        self._time = time
        speeds = np.zeros_like(values)
        if self._values.last is not None:
            change = values.astype(np.float64) - self._values.last
            speeds = (change * float(scale) * self._frequency).astype(np.float32)
        alpha = np.full_like(values, self._alpha(self._derivate_cutoff))
        speeds = self._speeds.apply(speeds, alpha)
        cutoffs = self._min_cutoff + self._beta * np.abs(speeds.astype(np.float64))
        return self._values.apply(values, self._alpha(cutoffs).astype(np.float32))

    def _alpha(self, cutoff: V) -> V:
        """The weight of new values for a cutoff frequency."""
        tau = 1 / (2 * math.pi * cutoff)
        return 1 / (1 + tau / (1 / self._frequency))


class RelativeVelocityFilter:
    """A low pass filter in which new values weigh more, the faster they have changed in the last frames.

    window_size: the number of changes from which the speed is computed; more is smoother.
    velocity_scale: how much the weight rises with speed; more lags less.
    """

    def __init__(self, window_size: int, velocity_scale: float) -> None:
        self._velocity_scale = np.float32(velocity_scale)
        self._low_pass = LowPassFilter(1)
        nothing: tuple[Floats | np.float32, int] = np.float32(0), 0
        self._window = deque([nothing] * window_size, maxlen=window_size)
        self._time = -1
        self._scaled: Floats | None = None

    def apply(self, time_us: int, scale: np.float32, values: Floats) -> Floats:
        """Return the values smoothed; as they are, and not remembered, unless the time has advanced.

        scale: the factor from the values to those for which the filter's parameters are meant.
        """
        time = time_us * _NS_PER_US
        if time <= self._time:
            return values
        scaled = values * scale
        alpha = np.ones_like(values)
        if self._scaled is not None:
            distances, duration = scaled - self._scaled, time - self._time
            velocities = self._velocities(distances, duration)
            alpha -= 1 / (1 + self._velocity_scale * np.abs(velocities))
            self._window.appendleft((distances, duration))
        self._scaled, self._time = scaled, time
        return self._low_pass.apply(values, alpha)

    def _velocities(self, distances: Floats, duration: int) -> Floats:
        """The speed over the newest changes, as many as fit in the time for which the window is meant."""
        longest = (1 + len(self._window)) * _FRAME_NS
        for earlier_distances, earlier_duration in self._window:
            if duration + earlier_duration > longest:
                break
            distances = distances + earlier_distances
            duration += earlier_duration
        return (distances.astype(np.float64) / (duration * _S_PER_NS)).astype(np.float32)
