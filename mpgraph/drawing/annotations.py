"""Draw detections, landmarks and axes onto BGR images, as MediaPipe's drawing_utils does."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.landmarks import FIELDS, Flags, Floats, Landmarks

WHITE_COLOR = (224, 224, 224)
BLACK_COLOR = (0, 0, 0)
RED_COLOR = (0, 0, 255)
GREEN_COLOR = (0, 128, 0)
BLUE_COLOR = (255, 0, 0)

_THRESHOLD = 0.5

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
        pixel = pixel_coordinates(point.x, point.y, width, height)
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
    if landmark_list:
        _check_bgr(image)
        points = landmark_drawing_spec if is_drawing_landmarks else None
        landmarks = Landmarks.of(landmark_list)
        positions = landmarks.values[:, :2]
        draw_layer(image, positions, visible(landmarks), connections, points, connection_drawing_spec)


def draw_layer(
    image: Pixels,
    positions: Floats,
    is_visible: Flags,
    connections: Connections | None,
    landmark_drawing_spec: DrawingSpec | Mapping[int, DrawingSpec] | None,
    connection_drawing_spec: DrawingSpec | Mapping[tuple[int, int], DrawingSpec] | None,
) -> None:
    """Draw lines, then points; the arguments are those of `draw_landmarks`, except for the landmarks.

    positions: Nx2 float32: x and y in 0..1. is_visible: which of them to draw, if they are in the image.
    """
    pixels, is_inside = _pixels(positions, width=image.shape[1], height=image.shape[0])
    is_drawn = is_inside & is_visible
    lines = connection_indexes(connections, len(positions))
    if connection_drawing_spec:
        lines = lines[is_drawn[lines].all(axis=1)]
        if isinstance(connection_drawing_spec, Mapping):
            for start, end in lines.tolist():
                line = connection_drawing_spec[start, end]
                cv2.line(image, pixels[start].tolist(), pixels[end].tolist(), line.color, line.thickness)
        else:
            line = connection_drawing_spec
            cv2.polylines(image, pixels[lines], False, line.color, line.thickness)  # type: ignore[call-overload]
    if not landmark_drawing_spec:
        return
    for i in np.flatnonzero(is_drawn).tolist():
        spec = landmark_drawing_spec
        point = spec[i] if isinstance(spec, Mapping) else spec
        # A white rim keeps the point visible on any background.
        rim = max(point.circle_radius + 1, int(point.circle_radius * 1.2))
        center = pixels[i].tolist()
        cv2.circle(image, center, rim, WHITE_COLOR, point.thickness)
        cv2.circle(image, center, point.circle_radius, point.color, point.thickness)


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


def visible(landmarks: Landmarks, fields: Sequence[str] = ("visibility", "presence")) -> Flags:
    """Whether each landmark is drawn: none of the fields is set to less than 0.5."""
    columns = [FIELDS.index(name) for name in fields]
    is_low = landmarks.values[:, columns] < _THRESHOLD
    return np.logical_not((is_low & landmarks.is_set[:, columns]).any(axis=1))


def connection_indexes(connections: Connections | None, count: int) -> NDArray[np.intp]:
    """Return connections as an array, Nx2.

    Raises:
        InvalidArgumentError: an index is not below `count`, the number of landmarks.
    """
    pairs = _shared_array(connections) if isinstance(connections, frozenset) else _array(connections or ())
    wrong = pairs[(pairs.min(axis=1) < 0) | (pairs.max(axis=1) >= count)] if len(pairs) else pairs
    if len(wrong):
        start, end = wrong[0]
        raise InvalidArgumentError(
            f"Landmark index is out of range. Invalid connection from landmark #{start} to landmark #{end}."
        )
    return pairs


def pixel_coordinates(
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


def _pixels(positions: Floats, width: int, height: int) -> tuple[NDArray[np.int32], Flags]:
    """The points in pixels, Nx2, and which of them are inside the image."""
    points = positions.astype(np.float64)
    is_inside: Flags = np.all((points >= 0) & (points <= 1), axis=1)
    size = np.array([width, height])
    pixels = np.floor(np.where(is_inside[:, np.newaxis], points, 0) * size)
    return np.minimum(pixels, size - 1).astype(np.int32), is_inside


def _array(connections: Iterable[tuple[int, int]]) -> NDArray[np.intp]:
    return np.array(list(connections), np.intp).reshape(-1, 2)


_shared_array = lru_cache(maxsize=16)(_array)  # Converting the 2556 lines of a face takes 0.5 ms.


def _check_bgr(image: Pixels) -> None:
    if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3:
        raise InvalidArgumentError("Input image must contain three channel bgr data.")


def _box_edge(normalized: float, size: int) -> int:
    """Convert an edge of a box to pixels; outside the image it is clamped to one image size away."""
    if math.isclose(1, normalized):
        return size - 1
    return math.floor(max(-1.0, min(normalized, 2.0)) * size)
