from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_frame import ImageFrame

GRAPH = """
    input_stream: "in" output_stream: "out"
    node {
      calculator: "BilateralFilterCalculator" input_stream: "IMAGE:in" output_stream: "IMAGE:out"
      options { [mediapipe.BilateralFilterCalculatorOptions.ext] { %s } }
    }"""


@pytest.mark.parametrize("channels", [1, 3])
def test_noise_goes_and_the_edge_stays(run: Any, channels: int) -> None:
    clean = np.full((40, 40, channels), 50.0)
    clean[:, 20:] = 200
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 6, clean.shape), 0, 255).astype(np.uint8)
    [(_, out)] = run(GRAPH % "sigma_color: 0.15 sigma_space: 4", [("in", 0, ImageFrame.wrap(noisy))])["out"]
    smooth = out.pixels.reshape(clean.shape).astype(float)
    assert smooth[:, 25:35].std() < noisy[:, 25:35].std() / 2
    assert smooth[:, 18].max() < 80 and smooth[:, 21].min() > 170


def test_an_even_window_of_twice_sigma_space(run: Any) -> None:
    # int(2 · 0.4) is 0, which OpenCV takes as a window that follows from sigma; the picture still comes.
    frame = ImageFrame.wrap(np.full((3, 4, 3), 9, np.uint8))
    [(_, out)] = run(GRAPH % "sigma_color: 0.1 sigma_space: 0.4", [("in", 0, frame)])["out"]
    assert (out.pixels == 9).all()


@pytest.mark.parametrize("shape", [(2, 2, 4), (2, 2)])
def test_pictures_it_cannot_take(run: Any, shape: Any) -> None:
    frame = ImageFrame.wrap(np.zeros(shape, np.uint8 if len(shape) == 3 else np.uint16))
    with pytest.raises(ValueError, match="1 or 3 channels"):
        run(GRAPH % "sigma_color: 0.1 sigma_space: 2", [("in", 0, frame)])


def test_a_negative_sigma_is_refused(run: Any) -> None:
    with pytest.raises(ValueError, match="sigma_space must not be negative"):
        run(GRAPH % "sigma_space: -1")
