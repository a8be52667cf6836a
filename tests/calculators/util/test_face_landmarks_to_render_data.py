from __future__ import annotations

from typing import Any

from mpgraph.solutions.face_mesh_connections import FACEMESH_CONTOURS, FACEMESH_IRISES
from mpgraph.testing import normalized_landmarks, run, t

NAME = "FaceLandmarksToRenderDataCalculator"
OPTIONS = "landmark_connections: [0, 1] visualize_landmark_depth: false"


def drawn(count: int) -> tuple[list[tuple[int, int]], int]:
    """The landmarks at the ends of each line, and the number of points."""
    node = run(NAME, OPTIONS, inputs=["NORM_LANDMARKS"])
    [packet] = node.send("NORM_LANDMARKS", normalized_landmarks(count) @ t(1)).take("RENDER_DATA")
    annotations: list[Any] = list(packet.payload.render_annotations)
    lines = [each.line for each in annotations if each.HasField("line")]
    ends = [(round(line.x_start * (count - 1)), round(line.x_end * (count - 1))) for line in lines]
    return ends, len(annotations) - len(lines)


def test_contours_of_a_face() -> None:
    lines, points = drawn(468)
    assert set(lines) == FACEMESH_CONTOURS and len(lines) == 124
    assert lines[0] == (61, 146) and lines[-1] == (109, 10)  # Lips first, outline last.
    assert points == 468


def test_irises_if_there_are_any() -> None:
    lines, points = drawn(478)
    assert set(lines) == FACEMESH_CONTOURS | FACEMESH_IRISES and len(lines) == 132
    assert points == 478
