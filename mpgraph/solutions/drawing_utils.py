"""Drawing of detections, landmarks and axes onto BGR pictures, as MediaPipe's drawing_utils."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.errors import InvalidArgumentError

WHITE_COLOR = (224, 224, 224)
BLACK_COLOR = (0, 0, 0)
RED_COLOR = (0, 0, 255)
GREEN_COLOR = (0, 128, 0)
BLUE_COLOR = (255, 0, 0)

_PRESENCE_THRESHOLD = 0.5
_VISIBILITY_THRESHOLD = 0.5

Picture = NDArray[np.uint8]
Pixel = tuple[int, int]
Connections = Sequence[tuple[int, int]] | frozenset[tuple[int, int]]


@dataclass
class DrawingSpec:
    """How to draw: `color` in BGR, `thickness` and `circle_radius` in pixels."""

    color: tuple[int, int, int] = WHITE_COLOR
    thickness: int = 2
    circle_radius: int = 2


def draw_detection(
    image: Picture,
    detection: Any,
    keypoint_drawing_spec: DrawingSpec = DrawingSpec(color=RED_COLOR),  # noqa: B008 (never changed)
    bbox_drawing_spec: DrawingSpec = DrawingSpec(),  # noqa: B008
) -> None:
    """Draw a Detection message's box and key points into `image` (HxWx3 uint8 BGR), in place.

    Raises:
        InvalidArgumentError: the image has no three channels, or the location is not relative.
    """
    _check_bgr(image)
    if not detection.HasField("location_data"):
        return
    location = detection.location_data
    if location.format != location.RELATIVE_BOUNDING_BOX:
        raise InvalidArgumentError("LocationData must be relative for this drawing function to work.")
    height, width = image.shape[:2]
    for point in location.relative_keypoints:
        pixel = _to_pixel(point.x, point.y, width, height)
        if pixel:
            cv2.circle(image, pixel, keypoint_drawing_spec.circle_radius, keypoint_drawing_spec.color,
                       keypoint_drawing_spec.thickness)  # fmt: skip
    if not location.HasField("relative_bounding_box"):
        return
    box = location.relative_bounding_box
    start = _to_pixel(box.xmin, box.ymin, width, height)
    end = _to_pixel(box.xmin + box.width, box.ymin + box.height, width, height)
    if start and end:
        cv2.rectangle(image, start, end, bbox_drawing_spec.color, bbox_drawing_spec.thickness)


def draw_landmarks(
    image: Picture,
    landmark_list: Any,
    connections: Connections | None = None,
    landmark_drawing_spec: DrawingSpec | Mapping[int, DrawingSpec] | None = DrawingSpec(color=RED_COLOR),  # noqa: B008
    connection_drawing_spec: DrawingSpec | Mapping[tuple[int, int], DrawingSpec] = DrawingSpec(),  # noqa: B008
    is_drawing_landmarks: bool = True,
) -> None:
    """Draw a NormalizedLandmarkList and the lines between its points into `image`, in place.

    image: HxWx3 uint8 BGR. connections: pairs of landmark indexes. The specs may be mappings, by
    index and by pair. Points of low visibility or presence are left out.

    Raises:
        InvalidArgumentError: the image has no three channels, or a connection names no landmark.
    """
    if not landmark_list:
        return
    _check_bgr(image)
    height, width = image.shape[:2]
    found: dict[int, Pixel] = {}
    for i, mark in enumerate(landmark_list.landmark):
        hidden = mark.HasField("visibility") and mark.visibility < _VISIBILITY_THRESHOLD
        absent = mark.HasField("presence") and mark.presence < _PRESENCE_THRESHOLD
        pixel = None if hidden or absent else _to_pixel(mark.x, mark.y, width, height)
        if pixel:
            found[i] = pixel
    count = len(landmark_list.landmark)
    for pair in connections or ():
        if not all(0 <= end < count for end in pair):
            raise InvalidArgumentError(
                f"Landmark index is out of range. Invalid connection from landmark #{pair[0]} to landmark "
                f"#{pair[1]}."
            )
        if pair[0] in found and pair[1] in found:
            spec = (
                connection_drawing_spec[pair]
                if isinstance(connection_drawing_spec, Mapping)
                else connection_drawing_spec
            )
            cv2.line(image, found[pair[0]], found[pair[1]], spec.color, spec.thickness)
    if not (is_drawing_landmarks and landmark_drawing_spec):
        return
    for i, pixel in found.items():
        spec = (
            landmark_drawing_spec[i] if isinstance(landmark_drawing_spec, Mapping) else landmark_drawing_spec
        )
        # A white rim keeps the point visible on any ground.
        rim = max(spec.circle_radius + 1, int(spec.circle_radius * 1.2))
        cv2.circle(image, pixel, rim, WHITE_COLOR, spec.thickness)
        cv2.circle(image, pixel, spec.circle_radius, spec.color, spec.thickness)


def draw_axis(
    image: Picture,
    rotation: NDArray[np.floating[Any]],
    translation: NDArray[np.floating[Any]],
    focal_length: tuple[float, float] = (1.0, 1.0),
    principal_point: tuple[float, float] = (0.0, 0.0),
    axis_length: float = 0.1,
    axis_drawing_spec: DrawingSpec = DrawingSpec(),  # noqa: B008
) -> None:
    """Draw the x (red), y (green) and z (blue) axes of a 3-D pose into `image`, in place.

    rotation 3x3, translation 3: from object to camera. A point (X, Y, Z) lands at
    (-fx X/Z + px, -fy Y/Z + py) in normalised device coordinates.
    """
    _check_bgr(image)
    height, width = image.shape[:2]
    tips = axis_length * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float64)
    world = tips @ np.asarray(rotation).T + np.asarray(translation)
    x = -focal_length[0] * world[:, 0] / (world[:, 2] + 1e-5) + principal_point[0]
    y = -focal_length[1] * world[:, 1] / (world[:, 2] + 1e-5) + principal_point[1]
    pixels = [(int((1 + a) / 2 * width), int((1 - b) / 2 * height)) for a, b in zip(x, y, strict=True)]
    for tip, color in zip(pixels[1:], (RED_COLOR, GREEN_COLOR, BLUE_COLOR), strict=True):
        cv2.arrowedLine(image, pixels[0], tip, color, axis_drawing_spec.thickness)


def plot_landmarks(
    landmark_list: Any,
    connections: Connections | None = None,
    landmark_drawing_spec: DrawingSpec = DrawingSpec(color=RED_COLOR, thickness=5),  # noqa: B008
    connection_drawing_spec: DrawingSpec = DrawingSpec(color=BLACK_COLOR, thickness=5),  # noqa: B008
    elevation: int = 10,
    azimuth: int = 10,
) -> None:
    """Show a landmark list as a 3-D plot; needs matplotlib."""
    if not landmark_list:
        return
    plt = importlib.import_module("matplotlib.pyplot")

    axes: Any = plt.figure(figsize=(10, 10)).add_subplot(projection="3d")
    axes.view_init(elev=elevation, azim=azimuth)
    points = {
        i: (-mark.z, mark.x, -mark.y)
        for i, mark in enumerate(landmark_list.landmark)
        if not (mark.HasField("visibility") and mark.visibility < _VISIBILITY_THRESHOLD)
    }
    for point in points.values():
        axes.scatter3D(*([value] for value in point), color=_unit_rgb(landmark_drawing_spec.color),
                       linewidth=landmark_drawing_spec.thickness)  # fmt: skip
    for start, end in connections or ():
        if start in points and end in points:
            axes.plot3D(*zip(points[start], points[end], strict=True),
                        color=_unit_rgb(connection_drawing_spec.color),
                        linewidth=connection_drawing_spec.thickness)  # fmt: skip
    plt.show()


def _check_bgr(image: Picture) -> None:
    if image.ndim != 3 or image.shape[2] != 3:
        raise InvalidArgumentError("Input image must contain three channel bgr data.")


def _to_pixel(x: float, y: float, width: int, height: int) -> Pixel | None:
    """A normalised point as a pixel of the picture, None when it lies outside."""

    def inside(value: float) -> bool:
        return (value > 0 or math.isclose(0, value)) and (value < 1 or math.isclose(1, value))

    if not (inside(x) and inside(y)):
        return None
    return min(math.floor(x * width), width - 1), min(math.floor(y * height), height - 1)


def _unit_rgb(bgr: tuple[int, int, int]) -> tuple[float, ...]:
    return tuple(value / 255 for value in reversed(bgr))
