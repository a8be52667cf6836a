"""SsdAnchorsCalculator: the anchors of a single shot detector."""

from __future__ import annotations

import logging
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.anchors import ANCHORS, Anchors
from mpgraph.framework import calculator_framework as mp

_log = logging.getLogger(__name__)

_GENERATING_FIELDS = ("input_size_height", "input_size_width", "min_scale", "max_scale", "num_layers")

_float32 = np.float32
_ONE = np.float32(1)
_HALF = np.float32(0.5)


@mp.register
class SsdAnchorsCalculator(mp.Calculator):
    """Generates the anchors of a single shot detector (SSD), in the order of the model's boxes.

    The output side packet, untagged: Anchor messages, as fractions of the input image's size,
    or in pixels if `normalize_coordinates` is false for multiscale anchors.

    A layer is a grid of cells: `feature_map_height` and `feature_map_width`, or the input size divided by
    `strides`. Each cell gets, around the point `anchor_offset_x`, `anchor_offset_y` in it, an anchor for each
    of `aspect_ratios`, and one between the scales of this layer and the next with
    `interpolated_scale_aspect_ratio`, unless that is 0. Successive layers of the same stride share one grid.
    Scales are spread evenly from `min_scale` to `max_scale`.

    Options: the fields named above; `reduce_boxes_in_lowest_layer`: three fixed anchors in the first layer;
    `fixed_anchor_size`: width and height are 1; `multiscale_anchor_generation` with `min_level`,
    `max_level`, `anchor_scale`, `scales_per_octave`, `normalize_coordinates`: the anchors of RetinaNet;
    or `fixed_anchors`, listed.
    """

    anchors = mp.SideOutput("", ANCHORS)
    Options = mp.ProtoOptions("SsdAnchorsCalculatorOptions")
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options: Any = cc.options
        if options.fixed_anchors:
            if options.multiscale_anchor_generation or any(map(options.HasField, _GENERATING_FIELDS)):
                raise InvalidArgumentError(
                    "Fixed anchors are provided, but fields are set for generating anchors. When fixed "
                    "anchors are set, fields for generating anchors must not be set."
                )
            anchors = Anchors.of(options.fixed_anchors)
        else:
            _check_layers(options)
            generate = _multiscale_anchors if options.multiscale_anchor_generation else _layered_anchors
            with np.errstate(all="ignore"):  # As in C++, a size or aspect ratio of 0 gives infinite values.
                anchors = Anchors(generate(options))
        cc.emit(self.anchors, anchors)


def _check_layers(options: Any) -> None:
    heights, widths, strides = options.feature_map_height, options.feature_map_width, options.strides
    if not heights and not strides:
        raise InvalidArgumentError("Both feature map shape and strides are missing. Must provide either one.")
    if options.multiscale_anchor_generation:
        layers, source = options.max_level - options.min_level + 1, "min_level and max_level give"
    else:
        layers, source = options.num_layers, "num_layers is"
    if heights:
        if strides:
            _log.warning("Found feature map shapes. Strides will be ignored.")
        if not len(heights) == len(widths) == layers:
            raise InvalidArgumentError(
                f"There are {len(heights)} values of feature_map_height and {len(widths)} of "
                f"feature_map_width, but {source} {layers}."
            )
    elif len(strides) != layers:
        raise InvalidArgumentError(f"There are {len(strides)} strides, but {source} {layers}.")
    if not heights and min(strides, default=1) < 1:
        raise InvalidArgumentError(f"Strides must be 1 or more, not {min(strides)}.")


def _grid_size(options: Any, layer: int) -> tuple[int, int]:
    """The number of rows and columns of a layer."""
    if options.feature_map_height:
        return options.feature_map_height[layer], options.feature_map_width[layer]
    stride = options.strides[layer]
    rows = math.ceil(_float32(options.input_size_height) / _float32(stride))
    return rows, math.ceil(_float32(options.input_size_width) / _float32(stride))


def _on_grid(
    y_centers: npt.NDArray[np.float32], x_centers: npt.NDArray[np.float32], sizes: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """The anchors of a layer: rows, then columns, then sizes (Nx2: width, height)."""
    grid = np.empty((len(y_centers), len(x_centers), len(sizes), 4), np.float32)
    grid[..., 0] = x_centers[:, None]
    grid[..., 1] = y_centers[:, None, None]
    grid[..., 2:] = sizes
    return grid.reshape(-1, 4)


# Layers with their own scales


def _layered_anchors(options: Any) -> npt.NDArray[np.float32]:
    layers = []
    layer = 0
    while layer < options.num_layers:
        sizes, following = _sizes_of_layers(options, layer)
        rows, columns = _grid_size(options, layer)
        layers.append(
            _on_grid(
                _centers(rows, options.anchor_offset_y), _centers(columns, options.anchor_offset_x), sizes
            )
        )
        layer = following
    return np.concatenate(layers) if layers else np.empty((0, 4), np.float32)


def _centers(count: int, offset: float) -> npt.NDArray[np.float32]:
    return (np.arange(count, dtype=np.float32) + _float32(offset)) * _ONE / _float32(max(count, 1))


def _sizes_of_layers(options: Any, layer: int) -> tuple[npt.NDArray[np.float32], int]:
    """The anchor sizes (Nx2: width, height) of the layers from `layer` on with its stride; the next layer."""
    strides = options.strides
    if layer >= len(strides):
        # MediaPipe merges layers by their strides only, and loops forever without them.
        raise InvalidArgumentError(
            "Layers given by feature_map_height and feature_map_width need strides as well; their values are "
            "compared to find the layers that share a grid."
        )
    pairs: list[tuple[float, float | np.float32]] = []
    end = layer
    while end < len(strides) and strides[end] == strides[layer]:
        scale = _scale(options, end)
        if end == 0 and options.reduce_boxes_in_lowest_layer:
            pairs += [(1.0, 0.1), (2.0, scale), (0.5, scale)]
        else:
            pairs += [(ratio, scale) for ratio in options.aspect_ratios]
            if options.interpolated_scale_aspect_ratio > 0:
                following = _ONE if end == len(strides) - 1 else _scale(options, end + 1)
                pairs.append((options.interpolated_scale_aspect_ratio, np.sqrt(scale * following)))
        end += 1
    ratios, scales = np.array(pairs, np.float32).reshape(-1, 2).T
    roots = np.sqrt(ratios)
    sizes = np.stack([scales * roots, scales / roots], axis=1)
    return np.ones_like(sizes) if options.fixed_anchor_size else sizes, end


def _scale(options: Any, layer: int) -> np.float32:
    low, high, count = _float32(options.min_scale), _float32(options.max_scale), len(options.strides)
    if count == 1:
        return (low + high) * _HALF
    # The literal 1.0 of the original is a double, so only the difference is rounded to float32.
    return _float32(float(low) + float(high - low) * layer / (count - 1))


# The anchors of "Focal Loss for Dense Object Detection" (Lin et al., arXiv:1708.02002)


def _multiscale_anchors(options: Any) -> npt.NDArray[np.float32]:
    steps = options.scales_per_octave
    scales = np.array([2.0 ** (step / steps) for step in range(steps)], np.float32)
    roots = np.sqrt(np.array(options.aspect_ratios, np.float32))
    layers = []
    for layer, level in enumerate(range(options.min_level, options.max_level + 1)):
        stride = _float32(2.0**level)
        base = stride * _float32(options.anchor_scale)
        widths = (scales * roots[:, None]) * base
        heights = scales * base / roots[:, None]
        rows, columns = _grid_size(options, layer)
        grid = _on_grid(
            np.arange(rows, dtype=np.float32) * stride + _offset(options.input_size_height, stride, level),
            np.arange(columns, dtype=np.float32) * stride + _offset(options.input_size_width, stride, level),
            np.stack([widths.ravel(), heights.ravel()], axis=1),
        )
        if options.normalize_coordinates:
            width, height = options.input_size_width, options.input_size_height
            grid /= np.array([width, height, width, height], np.float32)
        layers.append(grid)
    return np.concatenate(layers) if layers else np.empty((0, 4), np.float32)


def _offset(input_size: int, stride: np.float32, level: int) -> np.float32:
    """Half a stride if the grid divides the input evenly, else 0."""
    return stride * _HALF if input_size % 2**level == 0 or input_size == 1 else _float32(0)
