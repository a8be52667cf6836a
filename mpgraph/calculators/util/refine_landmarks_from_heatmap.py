"""RefineLandmarksFromHeatmapCalculator: move landmarks to where a heatmap is warm."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.calculators.tensor.activation import c_sigmoid
from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.landmarks import FIELDS, Floats, Landmarks
from mpgraph.formats.tensor import TENSORS, Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.refine_landmarks_from_heatmap_calculator_pb2 import (
    RefineLandmarksFromHeatmapCalculatorOptions,
)

_CONFIDENCES = {"refine_presence": FIELDS.index("presence"), "refine_visibility": FIELDS.index("visibility")}


@mp.register
class RefineLandmarksFromHeatmapCalculator(mp.Calculator):
    """Replaces x and y of landmarks by the mean position around them, weighted by a heatmap's confidence.

    NORM_LANDMARKS: a NormalizedLandmarkList. Landmarks outside of the heatmap stay as they are.
    TENSORS: a list whose first tensor is float32, (height, width, landmarks), also with a leading 1: scores
        whose sigmoids are the confidence in each landmark at each position. Without it, landmarks are
        passed on.
    Output NORM_LANDMARKS: the refined NormalizedLandmarkList.

    Options: `kernel_size` (odd), the side of the square in the heatmap over which positions are averaged;
    `min_confidence_to_refine`, the largest confidence in the square below which x and y stay as they are;
    `refine_presence` and `refine_visibility`, to limit these fields to that confidence.
    """

    landmarks = mp.Input("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    tensors = mp.Input("TENSORS", TENSORS)
    refined = mp.Output("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    Options = mp.ProtoOptions(RefineLandmarksFromHeatmapCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """The kernel has a size."""
        super().get_contract(contract)
        size = contract.options.kernel_size
        contract.need(size > 0, f"kernel_size must be 1 or more, not {size}.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        reach = (options.kernel_size - 1) // 2
        self._offsets = np.arange(-reach, reach + 1)
        self._least = np.float32(options.min_confidence_to_refine)
        self._limited = [column for name, column in _CONFIDENCES.items() if getattr(options, name)]

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        landmarks = Landmarks.in_packet(cc.packet(self.landmarks))
        if landmarks is None:
            return
        if not cc.has(self.tensors):
            cc.forward(self.refined, cc.packet(self.landmarks))
            return
        ret_check(cc[self.tensors], "Empty input tensors list. First element is expected to be a heatmap.")
        heatmap = _heatmap_of(cc[self.tensors][0])
        landmarks = landmarks.copy()
        ret_check(
            len(landmarks) == heatmap.shape[2],
            "Expected heatmap to have number of layers == to number of landmarks, but they are "
            f"{heatmap.shape[2]} and {len(landmarks)}.",
        )
        with np.errstate(all="ignore"):
            self._refine(landmarks, heatmap)
        cc.emit(self.refined, landmarks)

    def _refine(self, landmarks: Landmarks, heatmap: Floats) -> None:
        height, width, _ = heatmap.shape
        # The center's position, truncated as in C++; comparisons leave out NaN.
        x, y = np.trunc(landmarks.x * np.float32(width)), np.trunc(landmarks.y * np.float32(height))
        inside = np.flatnonzero((x >= 0) & (x < width) & (y >= 0) & (y < height))
        # By row, column and landmark.
        rows = y[inside].astype(np.intp) + self._offsets[:, None, None]
        columns = x[inside].astype(np.intp) + self._offsets[:, None]
        beyond = (rows < 0) | (rows >= height) | (columns < 0) | (columns >= width)
        scores = heatmap[rows.clip(0, height - 1), columns.clip(0, width - 1), inside]
        confidence = c_sigmoid(np.where(beyond, np.float32(-np.inf), scores))

        def sums(values: Floats) -> Floats:
            # Those of a loop over rows and columns; np.sum adds in another order.
            total: Floats = values.reshape(self._offsets.size**2, -1).cumsum(axis=0)[-1]
            return total

        weight, largest = sums(confidence), confidence.max(axis=(0, 1))
        mean_x = sums(confidence * columns.astype(np.float32)) / np.float32(width) / weight
        mean_y = sums(confidence * rows.astype(np.float32)) / np.float32(height) / weight
        moved = (largest >= self._least) & (weight > 0)
        landmarks.x[inside[moved]], landmarks.y[inside[moved]] = mean_x[moved], mean_y[moved]
        limited = weight > 0
        for column in self._limited:
            values = landmarks.values[:, column]
            values[inside[limited]] = np.minimum(values[inside], largest)[limited]


def _heatmap_of(tensor: Tensor) -> Floats:
    shape = tensor.shape
    if tensor.dtype != np.float32 or not (len(shape) == 3 or (len(shape) == 4 and shape[0] == 1)):
        raise InvalidArgumentError(
            "A heatmap is a float32 tensor of shape (height, width, landmarks) or "
            f"(1, height, width, landmarks), not {tensor}."
        )
    return tensor.array.reshape(shape[-3:])
