from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image

GRAPH = """
    input_stream: "in" output_stream: "out"
    node {
      calculator: "ImageCloneCalculator" input_stream: "in" output_stream: "out"
      options { [mediapipe.ImageCloneCalculatorOptions.ext] { %s } }
    }"""


def test_the_clone_shares_the_pixels(run: Any) -> None:
    image = Image.wrap(np.ones((2, 3, 3), np.uint8))
    [(t, clone)] = run(GRAPH % "", [("in", 7, image)])["out"]
    assert t == 7 and clone.pixels is image.pixels and not clone.uses_gpu()


def test_the_gpu_is_refused_when_the_graph_is_built(run: Any) -> None:
    with pytest.raises(Exception, match="output_on_gpu"):
        run(GRAPH % "output_on_gpu: true")
