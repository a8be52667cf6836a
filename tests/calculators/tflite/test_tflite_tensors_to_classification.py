"""TfLiteTensorsToClassificationCalculator; see the tests of TensorsToClassificationCalculator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mpgraph.formats.tensor import Tensor
from mpgraph.testing import run, t

NAME = "TfLiteTensorsToClassificationCalculator"


def classified(options: str, *scores: float) -> list[tuple[int, float, str]]:
    packet = [Tensor(np.array([scores], np.float32))]
    node = run(NAME, options).send("TENSORS", packet @ t(1))
    found: Any = node.take("CLASSIFICATIONS")[0].payload.classification
    return [(each.index, each.score, each.label) for each in found]


def test_best_with_their_labels(tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("a\nb\nc\n")
    options = f'top_k: 2 label_map_path: "{labels.as_posix()}"'
    assert classified(options, 0.25, 0.75, 0.5) == [(1, 0.75, "b"), (2, 0.5, "c")]


def test_threshold_and_two_classes() -> None:
    assert classified("min_score_threshold: 0.5", 0.25, 0.75) == [(1, 0.75, "")]
    assert classified("binary_classification: true", 0.25) == [(0, 0.25, ""), (1, 0.75, "")]
