from __future__ import annotations

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.testing import run, t


def test_clone_shares_the_pixels() -> None:
    image = Image.wrap(np.ones((2, 3, 3), np.uint8))
    node = run("ImageCloneCalculator").send("", image @ t(7))
    node.expect("", (lambda clone: clone.pixels is image.pixels and not clone.uses_gpu()) @ t(7))


def test_output_on_the_gpu_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="output_on_gpu"):
        run("ImageCloneCalculator", "output_on_gpu: true")
