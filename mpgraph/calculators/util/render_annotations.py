"""Drawing of RenderData messages on images, with the rounding and the OpenCV calls of MediaPipe.

Coordinates are pixels, truncated to integers, or, if `normalized` is set, fractions of the image's width and
height, rounded to the nearest pixel. Thickness is in pixels, at least 1. The original is MediaPipe's
util/annotation_renderer.cc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from mpgraph.calculators.util import opencv4
from mpgraph.calculators.util.opencv4 import Canvas, Color, Point
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.c_math import rounded

_FARTHEST = 2**29  # Sums and doubles of coordinates still fit the 32 bits of OpenCV.
_THICKEST = 32767  # OpenCV's own limit.
_TALLEST = 2**15  # Pixels; a taller font is illegible, but takes long to draw.
_FILLED = -1
_ARROW_TIP = 0.2  # Of the arrow's length.

# Height above and below the baseline at font scale 1, by OpenCV's number of the font.
_FONT_HEIGHTS = {0: 21, 1: 9, 2: 21, 3: 21, 4: 21, 5: 13, 6: 21, 7: 21}


def render(canvas: Canvas, render_data: Any, *, flip_text: bool = False) -> None:
    """Draw the annotations of a RenderData message, in order.

    canvas: uint8, HxWx3 or HxWx4, changed in place. Drawn pixels get alpha 0, as in MediaPipe.
    flip_text: draw text upside down, for images whose first row is the bottom row.

    Raises:
        InvalidArgumentError: an annotation holds no shape, or one that cannot be drawn.
    """
    for annotation in render_data.render_annotations:
        kind = annotation.WhichOneof("data")
        if kind is None:
            raise InvalidArgumentError("Unknown annotation type: the annotation has no shape and no text.")
        try:
            if kind == "text":
                _text(canvas, annotation, flip_text)
            else:
                _SHAPES[kind](canvas, annotation)
        except cv2.error as error:
            raise InvalidArgumentError(f"The annotation {kind} cannot be drawn: {error.err}") from error


def _rectangle(canvas: Canvas, annotation: Any) -> None:
    message, color = annotation.rectangle, _color(annotation.color)
    box = _box(canvas, message)
    corners = _corners(box, message.rotation)
    if message.rotation != 0:
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            opencv4.line(canvas, start, end, color, _thickness(annotation))
    else:
        _upright(canvas, box, color, _thickness(annotation))
    if message.HasField("top_left_thickness"):
        radius = _clamped(message.top_left_thickness)
        cv2.ellipse(canvas, corners[1], (radius, radius), 0, 0, 360, color, _FILLED)


def _filled_rectangle(canvas: Canvas, annotation: Any) -> None:
    message, color = annotation.filled_rectangle.rectangle, _color(annotation.color)
    box = _box(canvas, message)
    if message.rotation != 0:
        cv2.fillConvexPoly(canvas, np.array(_corners(box, message.rotation), np.int32), color)
    else:
        _upright(canvas, box, color, _FILLED)


def _rounded_rectangle(canvas: Canvas, annotation: Any) -> None:
    message, color = annotation.rounded_rectangle, _color(annotation.color)
    left, top, right, bottom = _box(canvas, message.rectangle)
    r, thickness, line_type = _radius(message), _thickness(annotation), message.line_type
    for start, end in (
        ((left + r, top), (right - r, top)),
        ((right, top + r), (right, bottom - r)),
        ((left + r, bottom), (right - r, bottom)),
        ((left, top + r), (left, bottom - r)),
    ):
        opencv4.line(canvas, start, end, color, thickness, line_type)
    for center, angle in _corner_arcs((left, top, right, bottom), r):
        opencv4.arc(canvas, center, (r, r), angle, 90, color, thickness, line_type)


def _filled_rounded_rectangle(canvas: Canvas, annotation: Any) -> None:
    # MediaPipe aborts here: it draws lines of thickness -1. This fills the interior of the outline.
    message, color = annotation.filled_rounded_rectangle.rounded_rectangle, _color(annotation.color)
    left, top, right, bottom = _box(canvas, message.rectangle)
    r = _radius(message)
    cv2.rectangle(canvas, (left + r, top), (right - r, bottom), color, _FILLED)
    cv2.rectangle(canvas, (left, top + r), (right, bottom - r), color, _FILLED)
    for center, angle in _corner_arcs((left, top, right, bottom), r):
        cv2.ellipse(canvas, center, (r, r), angle, 0, 90, color, _FILLED, message.line_type)


def _corner_arcs(box: Sequence[int], r: int) -> list[tuple[Point, int]]:
    """Center and rotation in degrees of the quarters of a circle on the corners of a box."""
    left, top, right, bottom = box
    return [
        ((left + r, top + r), 180),
        ((right - r, top + r), 270),
        ((right - r, bottom - r), 0),
        ((left + r, bottom - r), 90),
    ]


def _oval(canvas: Canvas, annotation: Any) -> None:
    center, axes, degrees = _ellipse(canvas, annotation.oval.rectangle)
    opencv4.arc(canvas, center, axes, degrees, 360, _color(annotation.color), _thickness(annotation))


def _filled_oval(canvas: Canvas, annotation: Any) -> None:
    center, (width, height), degrees = _ellipse(canvas, annotation.filled_oval.oval.rectangle)
    axes = max(0, width), max(0, height)
    cv2.ellipse(canvas, center, axes, degrees, 0, 360, _color(annotation.color), _FILLED)


def _ellipse(canvas: Canvas, message: Any) -> tuple[Point, Point, float]:
    left, top, right, bottom = _box(canvas, message)
    center = int((left + right) / 2), int((top + bottom) / 2)  # Towards 0, like a division in C++.
    axes = int((right - left) / 2), int((bottom - top) / 2)
    return center, axes, math.degrees(_finite(message.rotation))


def _arrow(canvas: Canvas, annotation: Any) -> None:
    start, end = _endpoints(canvas, annotation.arrow)
    color, thickness = _color(annotation.color), _thickness(annotation)
    opencv4.line(canvas, start, end, color, thickness)
    x, y = end[0] - start[0], end[1] - start[1]
    length = math.sqrt(x * x + y * y)
    shrink, tip = 1 / length if length else 0.0, _ARROW_TIP * length
    along, across = tip * (x * shrink), tip * (y * shrink)
    for side in (1, -1):
        wing = _round(end[0] - along - side * across), _round(end[1] - across + side * along)
        opencv4.line(canvas, wing, end, color, thickness)


def _point(canvas: Canvas, annotation: Any) -> None:
    _dot(canvas, annotation.point, annotation)


def _scribble(canvas: Canvas, annotation: Any) -> None:
    for point in annotation.scribble.point:
        _dot(canvas, point, annotation)


def _dot(canvas: Canvas, point: Any, annotation: Any) -> None:
    center = _pixel(canvas, point.x, point.y, point.normalized)
    cv2.circle(canvas, center, _thickness(annotation), _color(annotation.color), _FILLED)


def _line(canvas: Canvas, annotation: Any) -> None:
    start, end = _endpoints(canvas, annotation.line)
    opencv4.line(canvas, start, end, _color(annotation.color), _thickness(annotation))


def _gradient_line(canvas: Canvas, annotation: Any) -> None:
    message, thickness = annotation.gradient_line, _thickness(annotation)
    first, last = np.array(_color(message.color1)), np.array(_color(message.color2))
    pixels = _walk(canvas, *_endpoints(canvas, message))
    for index, (x, y) in enumerate(pixels):
        alpha = index / len(pixels)
        color = (first * (1 - alpha) + last * alpha).tolist()
        far = x + thickness - 1, y + thickness - 1
        cv2.rectangle(canvas, (x, y), far, color, _FILLED, cv2.LINE_4)


def _walk(canvas: Canvas, start: Point, end: Point) -> list[Point]:
    """The pixels of a line clipped to the canvas, each beside the previous pixel (Bresenham)."""
    height, width = canvas.shape[:2]
    inside, (x, y), (x_end, y_end) = cv2.clipLine((0, 0, width, height), start, end)
    if not inside:
        return []
    long, short = abs(x_end - x), abs(y_end - y)
    along, across = (1 if x_end >= x else -1, 0), (0, 1 if y_end >= y else -1)
    if short > long:
        long, short, along, across = short, long, across, along
    pixels, error = [], 0
    for _ in range(long + short + 1):
        pixels.append((x, y))
        step = across if error < 0 else along
        error += 2 * long if error < 0 else -2 * short
        x, y = x + step[0], y + step[1]
    return pixels


def _text(canvas: Canvas, annotation: Any, flip: bool) -> None:
    message, thickness, font = annotation.text, _thickness(annotation), annotation.text.font_face
    left, baseline = _pixel(canvas, message.left, message.baseline, message.normalized)
    tall = _finite(message.font_height)
    size = min(_round(tall * canvas.shape[0]) if message.normalized else int(tall), _TALLEST)
    height = _FONT_HEIGHTS.get(font)
    scale = (size - (thickness + 1) / 2) / height if height else -1.0
    text_width, text_height = opencv4.text_size(message.display_text, font, scale, thickness)
    if message.center_horizontally:
        left -= int(text_width / 2)
    if message.center_vertically:
        baseline += int(text_height / 2)

    def put(color: Color, thickness: int) -> None:
        origin = left, baseline
        opencv4.put_text(canvas, message.display_text, origin, font, scale, color, thickness, flip)

    if message.outline_thickness > 0:
        outline = _clamped(annotation.thickness + 2 * message.outline_thickness)
        put(_color(message.outline_color), outline)
    put(_color(annotation.color), thickness)


_SHAPES: dict[str, Callable[[Canvas, Any], None]] = {
    "arrow": _arrow,
    "filled_oval": _filled_oval,
    "filled_rectangle": _filled_rectangle,
    "filled_rounded_rectangle": _filled_rounded_rectangle,
    "gradient_line": _gradient_line,
    "line": _line,
    "oval": _oval,
    "point": _point,
    "rectangle": _rectangle,
    "rounded_rectangle": _rounded_rectangle,
    "scribble": _scribble,
}


def _upright(canvas: Canvas, box: Sequence[int], color: Color, thickness: int) -> None:
    # MediaPipe clips the box to one pixel outside the canvas, so a thick edge further out is not visible.
    left, top = max(box[0], -1), max(box[1], -1)
    right, bottom = min(box[2], canvas.shape[1] + 1), min(box[3], canvas.shape[0] + 1)
    if right > left and bottom > top:
        cv2.rectangle(canvas, (left, top), (right - 1, bottom - 1), color, thickness)


def _box(canvas: Canvas, message: Any) -> tuple[int, int, int, int]:
    left, top = _pixel(canvas, message.left, message.top, message.normalized)
    right, bottom = _pixel(canvas, message.right, message.bottom, message.normalized)
    return left, top, right, bottom


def _corners(box: Sequence[int], rotation: float) -> list[Point]:
    """Bottom left, top left, top right, bottom right, rotated by `rotation` radians about the center."""
    # cv2.boxPoints orders the corners differently from one version to the next.
    left, top, right, bottom = box
    degrees = float(np.float32(math.degrees(_finite(rotation))))
    cos, sin = (
        np.float32(math.cos(math.radians(degrees))) / 2,
        np.float32(math.sin(math.radians(degrees))) / 2,
    )
    center = np.array([left + right, top + bottom], np.float32) / 2
    width, height = np.float32(right - left), np.float32(bottom - top)
    low = center + np.array([-sin * height - cos * width, cos * height - sin * width], np.float32)
    high = center + np.array([sin * height - cos * width, -cos * height - sin * width], np.float32)
    corners = np.rint([low, high, 2 * center - low, 2 * center - high])
    return [(int(x), int(y)) for x, y in corners]


def _radius(message: Any) -> int:
    return min(int(message.corner_radius), _FARTHEST)


def _endpoints(canvas: Canvas, message: Any) -> tuple[Point, Point]:
    start = _pixel(canvas, message.x_start, message.y_start, message.normalized)
    return start, _pixel(canvas, message.x_end, message.y_end, message.normalized)


def _pixel(canvas: Canvas, x: float, y: float, normalized: bool) -> Point:
    if normalized:
        x, y = _round(_finite(x) * canvas.shape[1]), _round(_finite(y) * canvas.shape[0])
    x, y = (min(max(_finite(value), -_FARTHEST), _FARTHEST) for value in (x, y))
    return int(x), int(y)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise InvalidArgumentError(f"An annotation's coordinate is {value}; it must be a finite number.")
    return value


def _thickness(annotation: Any) -> int:
    return _clamped(annotation.thickness)


def _clamped(thickness: float) -> int:
    return min(max(_round(_finite(thickness)), 1), _THICKEST)


def _round(value: float) -> int:
    return int(rounded(value))


def _color(message: Any) -> Color:
    return message.r, message.g, message.b, 0
