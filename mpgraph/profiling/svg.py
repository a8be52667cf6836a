"""A timeline as a small static SVG: a lane per thread, a bar per call, a colour per node."""

from __future__ import annotations

from html import escape

from mpgraph.profiling.timeline import Slice, Timeline

_WIDTH = 960
_LEFT = 140
_LANE = 26
_MOST_BARS = 2000


def to_svg(timeline: Timeline) -> str:
    """Return an SVG of the timeline, limited to the first calls if there are too many to show."""
    shown = timeline.slices[:_MOST_BARS]
    end = max((piece.end for piece in shown), default=1) or 1
    scale = (_WIDTH - _LEFT - 10) / end
    lanes = len(timeline.threads)
    height = _LANE * lanes + 48
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" role="img" font-family="sans-serif" font-size="11">',
        f"<title>{len(timeline.slices)} calls on {lanes} threads in {_time(timeline.end)}</title>",
    ]
    for lane, name in enumerate(timeline.threads):
        y = 8 + lane * _LANE
        parts.append(f'<text x="4" y="{y + 15}" fill="currentColor">{escape(name[:22])}</text>')
        parts.append(
            f'<rect x="{_LEFT}" y="{y}" width="{_WIDTH - _LEFT - 10}" height="{_LANE - 4}" '
            'fill="currentColor" fill-opacity="0.06"/>'
        )
    parts += [_bar(piece, timeline, scale) for piece in shown]
    axis = 8 + lanes * _LANE + 8
    for step in range(6):
        x = _LEFT + step * (_WIDTH - _LEFT - 10) / 5
        anchor = "start" if step == 0 else "end" if step == 5 else "middle"
        parts.append(
            f'<text x="{x:.0f}" y="{axis + 6}" text-anchor="{anchor}" fill="currentColor">'
            f"{_time(round(end * step / 5))}</text>"
        )
    if len(shown) < len(timeline.slices):
        more = f"the first {len(shown)} of {len(timeline.slices)} calls"
        parts.append(f'<text x="{_LEFT}" y="{axis + 22}" fill="currentColor">{more}</text>')
    return "".join([*parts, "</svg>"])


def _bar(piece: Slice, timeline: Timeline, scale: float) -> str:
    width = max((piece.end - piece.start) * scale, 0.6)
    x, y = _LEFT + piece.start * scale, 8 + piece.thread * _LANE
    name = timeline.nodes[piece.node]
    at = "" if piece.t is None else f" at {piece.t}"
    title = f"{name}.{piece.stage}{at}: {_time(piece.end - piece.start)}"
    label = ""
    if width > 7 * len(name):
        label = f'<text x="{x + 3:.1f}" y="{y + 15}" fill="#fff" pointer-events="none">{escape(name)}</text>'
    hue = piece.node * 137 % 360
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_LANE - 4}" fill="hsl({hue} 45% 42%)">'
        f"<title>{escape(title)}</title></rect>{label}"
    )


def _time(ns: int) -> str:
    if ns < 1_000_000:
        return f"{ns / 1e3:.0f} µs"
    return f"{ns / 1e6:.1f} ms" if ns < 1_000_000_000 else f"{ns / 1e9:.2f} s"
