"""RenderData messages, as the calculators that create them have it in common."""

from __future__ import annotations

from mpgraph.protos.color_pb2 import Color
from mpgraph.protos.render_data_pb2 import RenderAnnotation, RenderData


def add_annotation(data: RenderData, color: Color, thickness: float, scene_tag: str = "") -> RenderAnnotation:
    """Append an annotation, for the caller to set its shape. thickness: in pixels."""
    added: RenderAnnotation = data.render_annotations.add(
        thickness=thickness, color=Color(r=color.r, g=color.g, b=color.b)
    )
    if scene_tag:
        added.scene_tag = scene_tag
    return added


def six_digits(value: float) -> str:
    """A number as MediaPipe writes it in texts: at most six significant digits."""
    return f"{value:g}"
