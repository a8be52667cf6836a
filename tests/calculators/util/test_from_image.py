from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame

GRAPH = """
    input_stream: "in" output_stream: "out" output_stream: "gpu"
    node {{ calculator: "FromImageCalculator" input_stream: "IMAGE:in" {} }}"""


def test_the_frame_shares_the_pixels(run: Any) -> None:
    image = Image.wrap(np.ones((2, 3, 3), np.uint8))
    ports = 'output_stream: "IMAGE_CPU:out" output_stream: "SOURCE_ON_GPU:gpu"'
    out = run(GRAPH.format(ports), [("in", 6, image)])
    [(t, frame)] = out["out"]
    assert t == 6 and isinstance(frame, ImageFrame) and frame.pixels is image.pixels
    assert frame.image_format is image.image_format
    assert out["gpu"] == [(6, False)]


def test_two_places_at_once_are_refused(run: Any) -> None:
    with pytest.raises(Exception, match="Cannot have multiple outputs"):
        run(GRAPH.format('output_stream: "IMAGE_CPU:out" output_stream: "IMAGE_GPU:gpu"'))
