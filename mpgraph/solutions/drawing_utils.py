"""Draw detections, landmarks and axes onto BGR images, with the API of MediaPipe's drawing_utils."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from mpgraph.drawing.annotations import (
    BLACK_COLOR,
    BLUE_COLOR,
    GREEN_COLOR,
    RED_COLOR,
    WHITE_COLOR,
    Connections,
    DrawingSpec,
    connection_indexes,
    draw_axis,
    draw_detection,
    draw_landmarks,
    visible,
)

# The name is MediaPipe's: much code calls this function in spite of the underscore.
from mpgraph.drawing.annotations import pixel_coordinates as _normalized_to_pixel_coordinates
from mpgraph.formats.landmarks import Landmarks


def plot_landmarks(
    landmark_list: Any,
    connections: Connections | None = None,
    landmark_drawing_spec: DrawingSpec = DrawingSpec(color=RED_COLOR, thickness=5),  # noqa: B008
    connection_drawing_spec: DrawingSpec = DrawingSpec(color=BLACK_COLOR, thickness=5),  # noqa: B008
    elevation: int = 10,
    azimuth: int = 10,
) -> None:
    """Show a landmark list as a 3-D plot; requires matplotlib.

    elevation, azimuth: the view in degrees. The other arguments are those of `draw_landmarks`.

    Raises:
        InvalidArgumentError: a connection refers to a landmark that does not exist.
        ModuleNotFoundError: matplotlib is not installed.
    """
    if not landmark_list:
        return
    landmarks = Landmarks.of(landmark_list)
    lines = connection_indexes(connections, len(landmarks)).tolist()
    plt = importlib.import_module("matplotlib.pyplot")

    axes: Any = plt.figure(figsize=(10, 10)).add_subplot(projection="3d")
    axes.view_init(elev=elevation, azim=azimuth)
    points = {
        i: (-landmarks.z[i], landmarks.x[i], -landmarks.y[i]) for i in np.flatnonzero(visible(landmarks))
    }
    for point in points.values():
        axes.scatter3D(*([value] for value in point), color=_unit_rgb(landmark_drawing_spec.color),
                       linewidth=landmark_drawing_spec.thickness)  # fmt: skip
    for start, end in lines:
        if start in points and end in points:
            axes.plot3D(*zip(points[start], points[end], strict=True),
                        color=_unit_rgb(connection_drawing_spec.color),
                        linewidth=connection_drawing_spec.thickness)  # fmt: skip
    plt.show()


def _unit_rgb(bgr: tuple[int, int, int]) -> tuple[float, ...]:
    return tuple(value / 255 for value in reversed(bgr))


__all__ = [
    "BLACK_COLOR",
    "BLUE_COLOR",
    "GREEN_COLOR",
    "RED_COLOR",
    "WHITE_COLOR",
    "DrawingSpec",
    "_normalized_to_pixel_coordinates",
    "draw_axis",
    "draw_detection",
    "draw_landmarks",
    "plot_landmarks",
]
