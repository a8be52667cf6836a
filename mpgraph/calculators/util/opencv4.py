"""Lines, arcs and text, drawn with any version of OpenCV as by OpenCV 4, with which MediaPipe is built.

OpenCV 5 draws text in other fonts, rounds thin lines with fractions differently, and clips thick lines that
leave the image first, which moves their edges by up to a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.util import hershey_simplex as simplex

Canvas = npt.NDArray[np.uint8]
Points = npt.NDArray[np.int64]
Point = tuple[int, int]
Color = tuple[float, float, float, float]

_FRACTION = 16
"""The bits of OpenCV's coordinates after the point."""
_ONE = 1 << _FRACTION
_FARTHEST = 2**15 - 1
"""Such coordinates have at most these pixels."""


def line(
    canvas: Canvas, start: Point, end: Point, color: Color, thickness: int, line_type: int = cv2.LINE_8
) -> None:
    """Draw a line with round ends.

    line_type: 4 or 8, how pixels of the edges are connected; 16 for soft edges, as OpenCV draws them.
    """
    if thickness == 1 or line_type == cv2.LINE_AA or max(map(abs, (*start, *end))) + thickness > _FARTHEST:
        cv2.line(canvas, start, end, color, thickness, line_type)
    else:
        _lines(canvas, np.array([start, end]) * _ONE, color, thickness, line_type)


def arc(
    canvas: Canvas,
    center: Point,
    axes: Point,
    degrees: float,
    end: int,
    color: Color,
    thickness: int,
    line_type: int = cv2.LINE_8,
) -> None:
    """Draw the outline of an ellipse from 0 to `end` degrees, rotated by `degrees`.

    axes: half of its size. line_type: as of `line`.

    Raises:
        cv2.error: an axis is negative.
    """
    reach = max(map(abs, center)) + max(axes) + thickness
    if min(axes) < 0 or line_type == cv2.LINE_AA or reach > _FARTHEST:
        cv2.ellipse(canvas, center, axes, degrees, 0, end, color, thickness, line_type)
        return
    longest = max(axes)
    step = 90 if longest < 3 else 30 if longest < 10 else 18 if longest < 15 else 5
    angles = np.minimum(np.arange(0, end + step, step), end)
    x, y = axes[0] * _sine(90 - angles), axes[1] * _sine(angles)
    angle = round(degrees) % 360
    cosine, sine = _sine(np.array(90 - angle)), _sine(np.array(angle))
    outline = np.stack([center[0] + x * cosine - y * sine, center[1] + x * sine + y * cosine], axis=1)
    _lines(canvas, np.rint(outline * _ONE).astype(np.int64), color, thickness, line_type)


def _sine(degrees: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The sine as in OpenCV's table: with seven decimals, in float32."""
    return np.sin(np.radians(degrees)).round(7).astype(np.float32).astype(np.float64)


def _lines(canvas: Canvas, points: Points, color: Color, thickness: int, line_type: int) -> None:
    """Draw lines from point to point, Nx2, with their fractions."""
    if thickness > 1:
        height, width = canvas.shape[:2]
        if ((points >= 0) & (points < (width * _ONE, height * _ONE))).all():  # Nothing is clipped.
            cv2.polylines(canvas, [points.astype(np.int32)], False, color, thickness, line_type, _FRACTION)
        else:
            _thick_lines(canvas, points, color, thickness, line_type)
    elif line_type == cv2.LINE_8:
        _thin_lines(canvas, points, color)
    else:
        for start, end in pairwise((points + _ONE // 2 >> _FRACTION).tolist()):
            cv2.line(canvas, start, end, color, 1, line_type)


def _thick_lines(canvas: Canvas, points: Points, color: Color, thickness: int, line_type: int) -> None:
    """As `_lines`: a quadrilateral for each line, and a disc on each point."""
    width = (thickness + thickness % 2) * _ONE / 2
    for start, end in pairwise(points):
        x, y = (end - start).tolist()
        if length := math.hypot(x, y):
            across = np.array([round(y / length * width), round(-x / length * width)])
            corners = np.array([start + across, start - across, end - across, end + across], np.int32)
            cv2.fillConvexPoly(canvas, corners, color, line_type, _FRACTION)
    for center in (points + _ONE // 2 >> _FRACTION).tolist():
        cv2.circle(canvas, center, (thickness + 1) // 2, color, cv2.FILLED)


def _thin_lines(canvas: Canvas, points: Points, color: Color) -> None:
    """As `_lines`, one pixel thick, with pixels connected at edges or corners."""
    height, width = canvas.shape[:2]
    box = 0, 0, min(width, _FARTHEST) * _ONE, min(height, _FARTHEST) * _ONE
    for start, end in pairwise(points.tolist()):
        is_inside, *ends = cv2.clipLine(box, start, end)
        if not is_inside:
            continue
        start, end = np.array(ends)
        longer = 0 if abs(end[0] - start[0]) > abs(end[1] - start[1]) else 1
        first, last = (start, end) if start[longer] <= end[longer] else (end, start)
        length = int(last[longer] - first[longer])
        slope = int((last - first)[1 - longer] * _ONE / (length | 1))
        steps = np.arange((length >> _FRACTION) + 1)
        pixels = np.empty((len(steps) + 1, 2), np.int64)
        pixels[:-1, longer] = (first[longer] + _ONE // 2 >> _FRACTION) + steps
        pixels[:-1, 1 - longer] = first[1 - longer] + _ONE // 2 + steps * slope >> _FRACTION
        pixels[-1] = last + _ONE // 2 >> _FRACTION
        x, y = pixels[((pixels >= 0) & (pixels < (width, height))).all(axis=1)].T
        canvas[y, x] = color[: canvas.shape[2]]


def text_size(text: str, font: int, scale: float, thickness: int) -> tuple[int, int]:
    """Width and height of a text in pixels, rounded. font: OpenCV's number; the others as of `put_text`."""
    if font != cv2.FONT_HERSHEY_SIMPLEX:
        (width, height), _ = cv2.getTextSize(text, font, scale, thickness)
        return width, height
    advance = sum((glyph.right - glyph.left) * scale for glyph in simplex.glyphs(text))
    size = (simplex.ASCENT + simplex.DESCENT) * scale
    return round(advance + thickness), round(size + (thickness + 1) // 2)


def put_text(
    canvas: Canvas,
    text: str,
    origin: Point,
    font: int,
    scale: float,
    color: Color,
    thickness: int,
    flip: bool,
) -> None:
    """Draw a text whose baseline begins at `origin`.

    font: OpenCV's number. 0 is Hershey Simplex; the others look different in OpenCV 5.
    scale: pixels a unit of the font. flip: upside down.
    """
    if font != cv2.FONT_HERSHEY_SIMPLEX:

        def put(target: Canvas, value: Sequence[float]) -> None:
            cv2.putText(target, text, origin, font, scale, value, thickness, cv2.LINE_8, flip)

        _draw_with_alpha(canvas, color, put)
        return
    across = round(scale * _ONE)
    down = -across if flip else across
    x, y = origin[0] * _ONE, origin[1] * _ONE - simplex.DESCENT * down
    for glyph in simplex.glyphs(text):
        x -= glyph.left * across
        for stroke in glyph.strokes:
            points = np.array([(x + right * across, y + low * down) for right, low in stroke])
            if len(points) and np.abs(points).max() + thickness * _ONE < _FARTHEST * _ONE:
                _lines(canvas, points, color, thickness, cv2.LINE_8)
        x += glyph.right * across


def _draw_with_alpha(canvas: Canvas, color: Color, draw: Callable[[Canvas, Sequence[float]], object]) -> None:
    """Call `draw` with a canvas and a color. OpenCV 5 draws soft text, with another alpha than it is told."""
    if canvas.shape[2] == 3:
        draw(canvas, color)
        return
    colors, opacity = np.ascontiguousarray(canvas[:, :, :3]), np.zeros(canvas.shape[:2], np.uint8)
    draw(colors, color)
    draw(opacity, (255,))
    canvas[:, :, :3] = colors
    canvas[:, :, 3] = cv2.multiply(canvas[:, :, 3], 255 - opacity, scale=1 / 255)
