"""LandmarksSmoothingCalculator: smooth the positions of landmarks over time."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_RECT, RECT
from mpgraph.calculators.util.landmark_filter import LandmarkFilter
from mpgraph.calculators.util.smoothing_filters import (
    SMALLEST_FREQUENCY,
    OneEuroFilter,
    RelativeVelocityFilter,
)
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.landmarks_smoothing_calculator_pb2 import LandmarksSmoothingCalculatorOptions

_ONE, _HALF = np.float32(1), np.float32(0.5)
_COORDINATES = slice(0, 3)


@mp.register
class LandmarksSmoothingCalculator(LandmarkFilter):
    """Smooths the positions of landmarks over time; visibility and presence stay as they are.

    LANDMARKS (LandmarkList); or NORM_LANDMARKS (NormalizedLandmarkList) with IMAGE_SIZE, (width, height):
        always as many landmarks. The filter starts again after a time at which only other inputs have
        packets.
    OBJECT_SCALE_ROI: the size of the object, to which speeds are relative: a NormalizedRect for
        NORM_LANDMARKS, a Rect for LANDMARKS; without it, the box around the landmarks.
    FILTERED_LANDMARKS or NORM_FILTERED_LANDMARKS: the smoothed landmarks.

    Normalized landmarks are smoothed in pixels, z scaled as x. Options: `one_euro_filter`, with `frequency`
    (Hz, until it is known from timestamps), `min_cutoff` and `derivate_cutoff` (Hz) and `beta`;
    `velocity_filter`, with `window_size` (frames) and `velocity_scale`; or `no_filter`. Both filters have
    `disable_value_scaling`, for positions that do not depend on the object's size, and
    `min_allowed_object_scale`, below which landmarks stay as they are.
    """

    image_size = mp.Input("IMAGE_SIZE", INT_PAIR, optional=True)
    roi = mp.Input("OBJECT_SCALE_ROI", (NORMALIZED_RECT, RECT), optional=True)
    Options = mp.ProtoOptions(LandmarksSmoothingCalculatorOptions)

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """As for LandmarkFilter; IMAGE_SIZE with normalized landmarks only; valid parameters."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("IMAGE_SIZE") == contract.inputs.has("NORM_LANDMARKS"),
            "NORM_LANDMARKS need the input stream IMAGE_SIZE, and LANDMARKS do not take it.",
        )
        options: LandmarksSmoothingCalculatorOptions = contract.options
        for name in ("frequency", "min_cutoff", "derivate_cutoff"):
            value = getattr(options.one_euro_filter, name)
            contract.need(value > SMALLEST_FREQUENCY, f"{name} should be > 0, not {value}.")
        size = options.velocity_filter.window_size
        contract.need(size >= 0, f"window_size should be 0 or more, not {size}.")

    @mp.override
    def reset(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._filter: OneEuroFilter | RelativeVelocityFilter | None = None
        if options.HasField("one_euro_filter"):
            one_euro = options.one_euro_filter
            self._filter = OneEuroFilter(
                one_euro.frequency, one_euro.min_cutoff, one_euro.beta, one_euro.derivate_cutoff
            )
        elif options.HasField("velocity_filter"):
            velocity = options.velocity_filter
            self._filter = RelativeVelocityFilter(velocity.window_size, velocity.velocity_scale)

    @mp.override
    def smoothed(self, cc: mp.CalculatorContext, landmarks: Landmarks) -> Landmarks:
        roi = cc.get(self.roi)
        if not cc.connected(self.image_size):
            return self._filtered(cc, landmarks, _object_scale(roi))
        ret_check(cc.has(self.image_size), "there are NORM_LANDMARKS, but no IMAGE_SIZE at the same time.")
        width, height = map(np.float32, cc[self.image_size])
        in_pixels = landmarks.replaced(landmarks.x * width, landmarks.y * height, landmarks.z * width)
        filtered = self._filtered(cc, in_pixels, _object_scale(roi, width, height))
        return filtered.replaced(filtered.x / width, filtered.y / height, filtered.z / width)

    def _filtered(
        self, cc: mp.CalculatorContext, landmarks: Landmarks, object_scale: np.float32 | None
    ) -> Landmarks:
        if self._filter is None:
            return landmarks
        options = getattr(cc.options, cc.options.WhichOneof("filter_options"))
        scale = _ONE
        if not options.disable_value_scaling:
            if object_scale is None:
                object_scale = _extent(landmarks)
            if object_scale < options.min_allowed_object_scale:
                return landmarks
            scale = _ONE / object_scale
        coordinates = landmarks.values[:, _COORDINATES]
        return landmarks.replaced(*self._filter.apply(cc.t, scale, coordinates).T)


def _object_scale(roi: Any, width: np.float32 = _ONE, height: np.float32 = _ONE) -> np.float32 | None:
    """The mean of a rectangle's width and height; None without a rectangle."""
    if roi is None:
        return None
    return (np.float32(roi.width) * width + np.float32(roi.height) * height) * _HALF


def _extent(landmarks: Landmarks) -> np.float32:
    """The mean of width and height of the box around landmarks."""
    if not len(landmarks):
        return np.float32(0)
    return (np.ptp(landmarks.x) + np.ptp(landmarks.y)) * _HALF
