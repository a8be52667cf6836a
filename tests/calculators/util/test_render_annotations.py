"""Annotations are drawn as by MediaPipe 0.10.21; recorded by tools/conformance/record_annotations.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from google.protobuf import text_format

from mpgraph.calculators.util.render_annotations import render
from mpgraph.protos.render_data_pb2 import RenderData

RECORDED = Path(__file__).parent.parent / "recorded"
CASES = json.loads((RECORDED / "annotations.json").read_text("utf-8"))
BGR: Any = cv2.imread(str(RECORDED / "annotations.png"))
SHEET = BGR[..., ::-1]
TILES, WIDTH, HEIGHT, GRAY = 5, 96, 64, 77
SHAPES = list(dict.fromkeys(case["shape"] for case in CASES))


def drawn(message: str) -> Any:
    canvas = np.full((HEIGHT, WIDTH, 3), GRAY, np.uint8)
    render(canvas, text_format.Parse(message, RenderData()))
    return canvas


@pytest.mark.parametrize("shape", SHAPES)
def test_shape_is_drawn_as_by_mediapipe(shape: str) -> None:
    row = np.hstack([drawn(case["message"]) for case in CASES if case["shape"] == shape])
    top = SHAPES.index(shape) * HEIGHT
    assert row.shape == (HEIGHT, TILES * WIDTH, 3)
    assert not np.argwhere((row != SHEET[top : top + HEIGHT]).any(axis=2)).tolist()
