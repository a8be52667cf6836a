"""A drawing as the comparison sees it, whoever made it, and what is measured on it."""

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
"""Width and height of closed nodes, by id."""


@dataclass
class Drawn:
    """One drawing.

    boxes: closed nodes by id. lines: (net, ids of the nodes at its ends, corners); lines of one net are
    one stream and may share their way. seconds: what the layout took.
    """

    boxes: dict[str, Box] = field(default_factory=dict)
    lines: list[tuple[str, frozenset[str], list[Point]]] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Measures:
    """What is measured.

    crossings: places where lines of two streams cross. through: lines that pass through a node.
    overlaps: nodes on nodes. shared: pixels on which lines of two streams lie on each other.
    length: of all lines, in pixels, what one stream's lines share counted once. bends: corners.
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
        """In square pixels."""
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
    """Return which stream an edge of the model is, as all its edges have it."""
    return f"{graph} {edge['kind']} {edge['source']['node']} {edge['source']['port']}"


def _merged(net: str, drawn: Drawn) -> Iterator[Segment]:
    """The segments of a net, those that lie on each other joined."""
    levels: dict[tuple[str, float], list[tuple[float, float]]] = defaultdict(list)
    for name, _, points in drawn.lines:
        if name != net:
            continue
        for (x1, y1), (x2, y2) in pairwise(points):
            if abs(y1 - y2) < 0.01:
                levels["level", round(y1, 1)].append((min(x1, x2), max(x1, x2)))
            elif abs(x1 - x2) < 0.01:
                levels["upright", round(x1, 1)].append((min(y1, y2), max(y1, y2)))
            else:
                yield (x1, y1), (x2, y2)
    for (way, at), spans in levels.items():
        for start, end in _joined(spans):
            yield ((start, at), (end, at)) if way == "level" else ((at, start), (at, end))


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
    """Crossings of the lines of different nets, and how far they lie on each other."""
    everything = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), net, (a, b)) for net, segments in nets.items() for a, b in segments
    )
    places: set[tuple[str, str, int, int]] = set()
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
                places.add((first, second, round(crossing[0] / 3), round(crossing[1] / 3)))
        active.append((right, net, segment))
    return len(places), shared


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
    """How far two level or two upright segments lie on each other."""
    for axis in (0, 1):
        across = 1 - axis
        flat = all(abs(a[across] - b[across]) < 0.5 for a, b in (one, other))
        if flat and abs(one[0][across] - other[0][across]) < 0.5:
            spans = [sorted((a[axis], b[axis])) for a, b in (one, other)]
            return max(0.0, min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0]))
    return 0.0


def _passes(points: list[Point], own: frozenset[str], boxes: dict[str, Box]) -> int:
    """Through how many boxes a line goes, not counting those it belongs to."""
    return sum(
        any(_inside(a, b, box) for a, b in pairwise(points)) for name, box in boxes.items() if name not in own
    )


def _inside(a: Point, b: Point, box: Box, margin: float = 1.0) -> bool:
    """Whether a segment goes through a box (Liang and Barsky 1984)."""
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
