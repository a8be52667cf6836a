"""Draw detections, landmarks and axes onto BGR images, with the API of MediaPipe's drawing_utils."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

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

Key = TypeVar("Key", int, tuple[int, int])
Pixels = NDArray[np.uint8]
Pixel = tuple[int, int]
Connections = Sequence[tuple[int, int]] | frozenset[tuple[int, int]]


@dataclass
class DrawingSpec:
    """A drawing style: `color` as BGR in 0..255, `thickness` and `circle_radius` in pixels."""

    color: tuple[int, int, int] = WHITE_COLOR
    thickness: int = 2
    circle_radius: int = 2


def draw_detection(
    image: Pixels,
    detection: Any,
    keypoint_drawing_spec: DrawingSpec = DrawingSpec(color=RED_COLOR),  # noqa: B008 (never modified)
    bbox_drawing_spec: DrawingSpec = DrawingSpec(),  # noqa: B008
) -> None:
    """Draw the bounding box and key points of a Detection message into `image`, in place.

    image: HxWx3 uint8 BGR. detection: with location data in the format RELATIVE_BOUNDING_BOX; nothing is
    drawn without location data.

    Raises:
        InvalidArgumentError: the image does not have three channels, or the location is not relative.
    """
    _check_bgr(image)
    if not detection.HasField("location_data"):
        return
    location = detection.location_data
    if location.format != location.RELATIVE_BOUNDING_BOX:
        raise InvalidArgumentError("LocationData must be relative for this drawing function to work.")
    height, width = image.shape[:2]
    for point in location.relative_keypoints:
        pixel = _normalized_to_pixel_coordinates(point.x, point.y, width, height)
        if pixel:
            cv2.circle(image, pixel, keypoint_drawing_spec.circle_radius, keypoint_drawing_spec.color,
                       keypoint_drawing_spec.thickness)  # fmt: skip
    if not location.HasField("relative_bounding_box"):
        return
    box = location.relative_bounding_box
    left, right = (_box_edge(x, width) for x in (box.xmin, box.xmin + box.width))
    top, bottom = (_box_edge(y, height) for y in (box.ymin, box.ymin + box.height))
    cv2.rectangle(image, (left, top), (right, bottom), bbox_drawing_spec.color, bbox_drawing_spec.thickness)


def draw_landmarks(
    image: Pixels,
    landmark_list: Any,
    connections: Connections | None = None,
    landmark_drawing_spec: DrawingSpec | Mapping[int, DrawingSpec] | None = DrawingSpec(color=RED_COLOR),  # noqa: B008
    connection_drawing_spec: DrawingSpec | Mapping[tuple[int, int], DrawingSpec] | None = DrawingSpec(),  # noqa: B008
    is_drawing_landmarks: bool = True,
) -> None:
    """Draw a NormalizedLandmarkList and the lines between its points into `image`, in place.

    image: HxWx3 uint8 BGR. connections: pairs of landmark indexes.
    landmark_drawing_spec, connection_drawing_spec: one style for all, or a mapping by landmark index or by
        pair of indexes; None omits the points or the lines.
    is_drawing_landmarks: False omits the points.

    Landmarks with a visibility or presence below 0.5, or outside the image, are omitted.

    Raises:
        InvalidArgumentError: the image does not have three channels, or a connection refers to a landmark
            that does not exist.
    """
    if not landmark_list:
        return
    _check_bgr(image)
    height, width = image.shape[:2]
    found: dict[int, Pixel] = {}
    for i, mark in enumerate(landmark_list.landmark):
        pixel = _normalized_to_pixel_coordinates(mark.x, mark.y, width, height) if _is_visible(mark) else None
        if pixel:
            found[i] = pixel
    for pair in _checked(connections, landmark_list):
        if connection_drawing_spec and pair[0] in found and pair[1] in found:
            spec = _spec_for(pair, connection_drawing_spec)
            cv2.line(image, found[pair[0]], found[pair[1]], spec.color, spec.thickness)
    if not (is_drawing_landmarks and landmark_drawing_spec):
        return
    for i, pixel in found.items():
        spec = _spec_for(i, landmark_drawing_spec)
        # A white rim keeps the point visible on any background.
        rim = max(spec.circle_radius + 1, int(spec.circle_radius * 1.2))
        cv2.circle(image, pixel, rim, WHITE_COLOR, spec.thickness)
        cv2.circle(image, pixel, spec.circle_radius, spec.color, spec.thickness)


def draw_axis(
    image: Pixels,
    rotation: NDArray[np.floating[Any]],
    translation: NDArray[np.floating[Any]],
    focal_length: tuple[float, float] = (1.0, 1.0),
    principal_point: tuple[float, float] = (0.0, 0.0),
    axis_length: float = 0.1,
    axis_drawing_spec: DrawingSpec = DrawingSpec(),  # noqa: B008
) -> None:
    """Draw the x (red), y (green) and z (blue) axes of a 3-D pose into `image`, in place.

    image: HxWx3 uint8 BGR. rotation, translation: arrays of shape 3x3 and 3, from object to camera space.
    focal_length, principal_point: (fx, fy) and (px, py) in normalised device coordinates.
    axis_length: in units of `translation`.

    A point (X, Y, Z) is projected to (-fx X/Z + px, -fy Y/Z + py), clamped to -1..1.

    Raises:
        InvalidArgumentError: the image does not have three channels.
    """
    _check_bgr(image)
    height, width = image.shape[:2]
    tips = axis_length * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float64)
    world = tips @ np.asarray(rotation).T + np.asarray(translation)
    x = -focal_length[0] * world[:, 0] / (world[:, 2] + 1e-5) + principal_point[0]
    y = -focal_length[1] * world[:, 1] / (world[:, 2] + 1e-5) + principal_point[1]
    x, y = np.clip(x, -1, 1), np.clip(y, -1, 1)
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
    """Show a landmark list as a 3-D plot; requires matplotlib.

    elevation, azimuth: the view in degrees. The other arguments are those of `draw_landmarks`.

    Raises:
        InvalidArgumentError: a connection refers to a landmark that does not exist.
        ModuleNotFoundError: matplotlib is not installed.
    """
    if not landmark_list:
        return
    lines = _checked(connections, landmark_list)
    plt = importlib.import_module("matplotlib.pyplot")

    axes: Any = plt.figure(figsize=(10, 10)).add_subplot(projection="3d")
    axes.view_init(elev=elevation, azim=azimuth)
    points = {
        i: (-mark.z, mark.x, -mark.y) for i, mark in enumerate(landmark_list.landmark) if _is_visible(mark)
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


def _spec_for(key: Key, spec: DrawingSpec | Mapping[Key, DrawingSpec]) -> DrawingSpec:
    return spec[key] if isinstance(spec, Mapping) else spec


def _check_bgr(image: Pixels) -> None:
    if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3:
        raise InvalidArgumentError("Input image must contain three channel bgr data.")


def _checked(connections: Connections | None, landmark_list: Any) -> Connections:
    count = len(landmark_list.landmark)
    for pair in connections or ():
        if not all(0 <= end < count for end in pair):
            raise InvalidArgumentError(
                f"Landmark index is out of range. Invalid connection from landmark #{pair[0]} to landmark "
                f"#{pair[1]}."
            )
    return connections or ()


def _is_visible(mark: Any) -> bool:
    hidden = mark.HasField("visibility") and mark.visibility < _VISIBILITY_THRESHOLD
    absent = mark.HasField("presence") and mark.presence < _PRESENCE_THRESHOLD
    return not (hidden or absent)


# The name is MediaPipe's: much code calls this function in spite of the underscore.
def _normalized_to_pixel_coordinates(
    normalized_x: float, normalized_y: float, image_width: int, image_height: int
) -> Pixel | None:
    """Convert a point in 0..1 to (column, row) in pixels; None if it is outside."""

    def inside(value: float) -> bool:
        return (value > 0 or math.isclose(0, value)) and (value < 1 or math.isclose(1, value))

    if not (inside(normalized_x) and inside(normalized_y)):
        return None
    return (
        min(math.floor(normalized_x * image_width), image_width - 1),
        min(math.floor(normalized_y * image_height), image_height - 1),
    )


def _box_edge(normalized: float, size: int) -> int:
    """Convert an edge of a box to pixels; outside the image it is clamped to one image size away."""
    if math.isclose(1, normalized):
        return size - 1
    return math.floor(max(-1.0, min(normalized, 2.0)) * size)


def _unit_rgb(bgr: tuple[int, int, int]) -> tuple[float, ...]:
    return tuple(value / 255 for value in reversed(bgr))
