"""Drawings of any layout engine in a common form, and the measures on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Segment = tuple[Point, Point]
Sizes = dict[str, tuple[float, float]]
"""Width and height of collapsed nodes, by id."""


@dataclass
class Drawn:
    """One drawing.

    boxes: collapsed nodes by id. lines: (net, ids of the connected nodes, corners); lines of one net belong
    to one stream and may share their path. seconds: the time of the layout.
    """

    boxes: dict[str, Box] = field(default_factory=dict)
    lines: list[tuple[str, frozenset[str], list[Point]]] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Measures:
    """The measures of a drawing.

    crossings: points where lines of two streams cross. through: lines that pass through a node.
    overlaps: overlapping nodes. shared: length in pixels over which lines of two streams coincide.
    length: of all lines in pixels, with shared parts of one stream's lines counted once. bends: corners.
    """

    crossings: int
    through: int
    overlaps: int
    shared: float
    length: float
    bends: int
    width: float
    height: float
    seconds: float

    @property
    def area(self) -> float:
        """The area of the bounding box in square pixels."""
        return self.width * self.height


def measured(drawn: Drawn) -> Measures:
    """Measure a drawing."""
    nets = {net: list(_merged(net, drawn)) for net in {net for net, _, _ in drawn.lines}}
    crossings, shared = _between(nets)
    xs = [x for box in drawn.boxes.values() for x in (box[0], box[2])]
    ys = [y for box in drawn.boxes.values() for y in (box[1], box[3])]
    for _, _, points in drawn.lines:
        xs += [x for x, _ in points]
        ys += [y for _, y in points]
    return Measures(
        crossings,
        sum(_passes(points, own, drawn.boxes) for _, own, points in drawn.lines),
        sum(_overlap(a, b) for a, b in combinations(drawn.boxes.values(), 2)),
        shared,
        sum(_length(segment) for segments in nets.values() for segment in segments),
        sum(max(0, len(points) - 2) for _, _, points in drawn.lines),
        max(xs, default=0) - min(xs, default=0),
        max(ys, default=0) - min(ys, default=0),
        drawn.seconds,
    )


def net_of(edge: dict[str, Any], graph: str) -> str:
    """Return a name for the stream of an edge, which is equal for all edges of the stream."""
    return f"{graph} {edge['kind']} {edge['source']['node']} {edge['source']['port']}"


def _merged(net: str, drawn: Drawn) -> Iterator[Segment]:
    """The segments of a net, with coinciding ones merged."""
    spans_of: dict[tuple[str, float], list[tuple[float, float]]] = defaultdict(list)
    for name, _, points in drawn.lines:
        if name != net:
            continue
        for (x1, y1), (x2, y2) in pairwise(points):
            if abs(y1 - y2) < 0.01:
                spans_of["horizontal", round(y1, 1)].append((min(x1, x2), max(x1, x2)))
            elif abs(x1 - x2) < 0.01:
                spans_of["vertical", round(x1, 1)].append((min(y1, y2), max(y1, y2)))
            else:
                yield (x1, y1), (x2, y2)
    for (direction, at), spans in spans_of.items():
        for start, end in _joined(spans):
            yield ((start, at), (end, at)) if direction == "horizontal" else ((at, start), (at, end))


def _joined(spans: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    spans.sort()
    start, end = spans[0]
    for low, high in spans[1:]:
        if low <= end + 0.01:
            end = max(end, high)
        else:
            yield start, end
            start, end = low, high
    yield start, end


def _between(nets: dict[str, list[Segment]]) -> tuple[int, float]:
    """The number of crossings of different nets, and the length over which they coincide."""
    everything = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), net, (a, b)) for net, segments in nets.items() for a, b in segments
    )
    points: set[tuple[str, str, int, int]] = set()
    shared = 0.0
    active: list[tuple[float, str, Segment]] = []
    for left, right, net, segment in everything:
        active = [entry for entry in active if entry[0] >= left]
        for _, other_net, other in active:
            if other_net == net:
                continue
            shared += _common(segment, other)
            crossing = _crossing(segment, other)
            if crossing:
                first, second = sorted((net, other_net))
                points.add((first, second, round(crossing[0] / 3), round(crossing[1] / 3)))
        active.append((right, net, segment))
    return len(points), shared


def _crossing(one: Segment, other: Segment) -> Point | None:
    (ax, ay), (bx, by) = one
    (cx, cy), (dx, dy) = other
    det = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    if abs(det) < 1e-9:
        return None
    t = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / det
    u = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / det
    if 1e-6 < t < 1 - 1e-6 and 1e-6 < u < 1 - 1e-6:
        return ax + t * (bx - ax), ay + t * (by - ay)
    return None


def _common(one: Segment, other: Segment) -> float:
    """The length over which two horizontal or two vertical segments coincide."""
    for axis in (0, 1):
        across = 1 - axis
        flat = all(abs(a[across] - b[across]) < 0.5 for a, b in (one, other))
        if flat and abs(one[0][across] - other[0][across]) < 0.5:
            spans = [sorted((a[axis], b[axis])) for a, b in (one, other)]
            return max(0.0, min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0]))
    return 0.0


def _passes(points: list[Point], own: frozenset[str], boxes: dict[str, Box]) -> int:
    """The number of boxes that a line passes through, without those it connects."""
    return sum(
        any(_inside(a, b, box) for a, b in pairwise(points)) for name, box in boxes.items() if name not in own
    )


def _inside(a: Point, b: Point, box: Box, margin: float = 1.0) -> bool:
    """Whether a segment passes through a box (Liang and Barsky 1984)."""
    low, high = 0.0, 1.0
    for start, step, least, most in (
        (a[0], b[0] - a[0], box[0] + margin, box[2] - margin),
        (a[1], b[1] - a[1], box[1] + margin, box[3] - margin),
    ):
        if abs(step) < 1e-9:
            if not least < start < most:
                return False
            continue
        first, second = sorted(((least - start) / step, (most - start) / step))
        low, high = max(low, first), min(high, second)
    return low < high - 1e-9


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1


def _length(segment: Segment) -> float:
    (ax, ay), (bx, by) = segment
    return float(((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5)
