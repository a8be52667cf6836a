"""LandmarksToRenderDataCalculator: landmarks and the lines between them, to draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.calculators.core.families import LANDMARK_LIST, NORMALIZED_LANDMARK_LIST, RENDER_DATA
from mpgraph.calculators.util.render_data import add_annotation
from mpgraph.formats.landmarks import FIELDS, Floats, Landmarks, extent
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.color_pb2 import Color
from mpgraph.protos.landmarks_to_render_data_calculator_pb2 import LandmarksToRenderDataCalculatorOptions
from mpgraph.protos.render_data_pb2 import RenderData

_VISIBILITY, _PRESENCE = FIELDS.index("visibility"), FIELDS.index("presence")
_SHALLOWEST = 1e-3
"""The depth below which landmarks are drawn as if they had none."""
_WHITE = Color(r=255, g=255, b=255)
_ONE = np.float32(1)


@mp.register
class LandmarksToRenderDataCalculator(mp.Calculator):
    """Converts landmarks into annotations: a line for each connection, then a point for each landmark.

    NORM_LANDMARKS (a NormalizedLandmarkList) or LANDMARKS (a LandmarkList, in pixels).
    RENDER_SCALE: a float that multiplies `thickness`, such as RectToRenderScaleCalculator's.
    RENDER_DATA: RenderData.

    Options: `landmark_connections`, the two landmarks of each line, one after the other; those that the list
    does not have are left out. `landmark_color`, `connection_color`, `thickness`; `render_landmarks`. With
    `visualize_landmark_depth` and landmarks whose z differ, points that are nearer are lighter and larger,
    from `max_depth_circle_thickness` down to `min_depth_circle_thickness`, and lines change their color along
    the way, from `max_depth_line_color` (default: white) where they are nearest to `min_depth_line_color`
    (default: black). `utilize_visibility` and `utilize_presence` leave out landmarks below
    `visibility_threshold` or `presence_threshold`, and their lines.
    """

    landmarks = mp.Input("LANDMARKS", LANDMARK_LIST, optional=True)
    norm_landmarks = mp.Input("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST, optional=True)
    scale = mp.Input("RENDER_SCALE", float, optional=True)
    render_data = mp.Output("RENDER_DATA", RENDER_DATA)
    Options = mp.ProtoOptions(LandmarksToRenderDataCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One input of landmarks; connections come in pairs."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("LANDMARKS") != contract.inputs.has("NORM_LANDMARKS"),
            "Connect either LANDMARKS or NORM_LANDMARKS: only one type of landmarks can be taken.",
        )
        ends = contract.options.landmark_connections
        contract.need(
            len(ends) % 2 == 0,
            f"Number of entries in landmark connections must be a multiple of 2, not {len(ends)}.",
        )
        contract.need(min(ends, default=0) >= 0, "landmark_connections are indexes of landmarks, from 0.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._options = cc.options_as(self.Options)
        self._connections = np.array(self.connections(self._options), np.intp).reshape(-1, 2)

    @staticmethod
    def connections(options: LandmarksToRenderDataCalculatorOptions) -> Sequence[int]:
        """The two landmarks of each line, one after the other."""
        return options.landmark_connections

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        message = cc.get(self.norm_landmarks) or cc.get(self.landmarks)
        if message is None:
            return
        thickness = np.float32(self._options.thickness)
        if cc.connected(self.scale):
            thickness *= np.float32(cc[self.scale])
        drawing = _Drawing(Landmarks.of(message), cc.connected(self.norm_landmarks), self._options)
        drawing.add_lines(self._connections, float(thickness))
        if self._options.render_landmarks:
            drawing.add_points(float(thickness))
        cc.emit(self.render_data, drawing.data)


class _Drawing:
    """The annotations of one list of landmarks."""

    def __init__(
        self, landmarks: Landmarks, normalized: bool, options: LandmarksToRenderDataCalculatorOptions
    ) -> None:
        self.data = RenderData()
        self._options = options
        self._normalized = normalized
        self._positions = landmarks.values[:, :2].tolist()
        self._drawn = _drawn(landmarks, options)
        self._depths = _depths(landmarks.z) if options.visualize_landmark_depth else None

    def add_lines(self, connections: npt.NDArray[np.intp], thickness: float) -> None:
        """Add a line for each connection, Nx2, whose landmarks exist and are drawn."""
        connections = connections[(connections < len(self._positions)).all(axis=1)]
        connections = connections[self._drawn[connections].all(axis=1)]
        colors = None if self._depths is None else self._line_colors(self._depths)
        for start, end in connections.tolist():
            line: Any
            if colors is None:
                line = add_annotation(self.data, self._options.connection_color, thickness).line
            else:
                line = self.data.render_annotations.add(thickness=thickness).gradient_line
                line.color1.CopyFrom(colors[start])
                line.color2.CopyFrom(colors[end])
            line.x_start, line.y_start = self._positions[start]
            line.x_end, line.y_end = self._positions[end]
            line.normalized = self._normalized

    def add_points(self, thickness: float) -> None:
        """Add a point for each landmark that is drawn."""
        shades, sizes = self._shades_and_sizes(thickness)
        for index in np.flatnonzero(self._drawn).tolist():
            point = add_annotation(self.data, shades[index], sizes[index], "KEYPOINT").point
            point.x, point.y = self._positions[index]
            point.normalized = self._normalized

    def _line_colors(self, depths: npt.NDArray[np.float64]) -> list[Color]:
        """The color of lines at each landmark."""
        options = self._options
        near = options.min_depth_line_color if options.HasField("min_depth_line_color") else Color()
        far = options.max_depth_line_color if options.HasField("max_depth_line_color") else _WHITE
        share = depths.astype(np.float32)[:, None]
        first, last = (np.array([color.r, color.g, color.b], np.float32) for color in (near, far))
        mixed = _whole(first * share + last * (_ONE - share))
        return [Color(r=r, g=g, b=b) for r, g, b in mixed]

    def _shades_and_sizes(self, thickness: float) -> tuple[list[Color], list[float]]:
        """The color and thickness of the point of each landmark."""
        if self._depths is None:
            count = len(self._positions)
            return [self._options.landmark_color] * count, [thickness] * count
        grays = _whole((self._depths * 255).astype(np.float32))
        smallest = np.float32(self._options.min_depth_circle_thickness)
        span = np.float32(self._options.max_depth_circle_thickness) - smallest
        sizes = _whole(smallest + (_ONE - self._depths.astype(np.float32)) * span)
        return [Color(r=255 - gray, g=255 - gray, b=255 - gray) for gray in grays], sizes


def _drawn(landmarks: Landmarks, options: LandmarksToRenderDataCalculatorOptions) -> npt.NDArray[np.bool_]:
    """Which landmarks are visible and present enough; one without the field is."""
    drawn = np.ones(len(landmarks), np.bool_)
    for is_used, column, threshold in (
        (options.utilize_visibility, _VISIBILITY, options.visibility_threshold),
        (options.utilize_presence, _PRESENCE, options.presence_threshold),
    ):
        if is_used:
            low = landmarks.values[:, column] < np.float32(threshold)
            drawn &= ~(landmarks.is_set[:, column] & low)
    return drawn


def _depths(z: Floats) -> npt.NDArray[np.float64] | None:
    """How far away each landmark is, 0 for the nearest and 1 for the farthest; None if they hardly differ.

    In double and not rounded yet, since MediaPipe rounds only after a multiplication.
    """
    if not len(z):
        return None
    nearest, farthest = extent(z)
    if not float(farthest - nearest) > _SHALLOWEST:
        return None
    return (z - nearest).astype(np.float64) / (float(farthest - nearest) + 1e-6)


def _whole(values: Floats) -> list[Any]:
    """Truncated to integers, 0 where undefined."""
    whole: list[Any] = np.nan_to_num(values, posinf=0, neginf=0).astype(np.int64).tolist()
    return whole
