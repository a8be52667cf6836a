from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.formats.tensor import Tensor
from mpgraph.protos.classification_pb2 import Classification, ClassificationList
from mpgraph.testing import run, t

NAME = "TensorsToClassificationCalculator"
SCORES = (0.25, 0.75, 0.5)
ITEMS = (
    'label_items { key: 0 value { name: "a" } } label_items { key: 1 value { name: "b" display_name: "B" } }'
)


def tensors(*values: float) -> list[Tensor]:
    return [Tensor(np.array([values], np.float32))]


def classes(*rows: tuple[Any, ...]) -> ClassificationList:
    names = ("index", "score", "label", "display_name")
    found = [Classification(**dict(zip(names, row, strict=False))) for row in rows]
    return ClassificationList(classification=found)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", [0, 1, 2]),
        ("top_k: 2", [1, 2]),
        ("top_k: 9", [1, 2, 0]),
        ("sort_by_descending_score: true", [1, 2, 0]),
        ("min_score_threshold: 0.5", [1, 2]),
        ("allow_classes: [2, 0]", [0, 2]),
        ("ignore_classes: 1 top_k: 1", [2]),
    ],
)
def test_classes_are_chosen_and_sorted(options: str, expected: list[int]) -> None:
    node = run(NAME, options, inputs=["TENSORS"], outputs=["CLASSIFICATIONS"])
    node.send("TENSORS", tensors(*SCORES) @ t(0))
    node.expect("CLASSIFICATIONS", classes(*((index, SCORES[index]) for index in expected)) @ t(0))


def test_binary_classification_adds_the_other_class() -> None:
    node = run(NAME, f"binary_classification: true {ITEMS}", inputs=["TENSORS"], outputs=["CLASSIFICATIONS"])
    node.send("TENSORS", tensors(0.25) @ t(0))
    node.expect("CLASSIFICATIONS", classes((0, 0.25, "a"), (1, 0.75, "b", "B")) @ t(0))


@pytest.mark.parametrize("text", ["left\nright", "left\nright\n"])
def test_labels_come_from_a_file(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "labels.txt").write_text(text)
    monkeypatch.chdir(tmp_path)
    node = run(NAME, 'label_map_path: "labels.txt"', inputs=["TENSORS"], outputs=["CLASSIFICATIONS"])
    node.send("TENSORS", tensors(0.25, 0.5) @ t(0))
    node.expect("CLASSIFICATIONS", classes((0, 0.25, "left"), (1, 0.5, "right")) @ t(0))


def test_labels_come_from_a_map() -> None:
    options = 'label_map { entries { id: 1 label: "b" } entries { id: 0 label: "a" } }'
    node = run(NAME, options, inputs=["TENSORS"], outputs=["CLASSIFICATIONS"])
    node.send("TENSORS", tensors(0.25, 0.5) @ t(0))
    node.expect("CLASSIFICATIONS", classes((0, 0.25, "a"), (1, 0.5, "b")) @ t(0))


@pytest.mark.parametrize(
    ("options", "values", "message"),
    [
        ("", [], "a list of one float32 tensor"),
        ("", [Tensor(np.zeros(2, np.uint8))], "a list of one float32 tensor"),
        ("binary_classification: true", tensors(0.5, 0.5), "a binary classification has one score"),
        (ITEMS, tensors(0.5), "there are 1 classes, but 2 labels"),
        (ITEMS.replace("key: 1", "key: 5"), tensors(0.5, 0.5), "Class 1 has no label"),
    ],
)
def test_wrong_tensors_are_errors(options: str, values: list[Tensor], message: str) -> None:
    node = run(NAME, options, inputs=["TENSORS"], outputs=["CLASSIFICATIONS"])
    node.send("TENSORS", values @ t(0)).expect_error(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("allow_classes: 1 ignore_classes: 2", "only one of allow_classes"),
        ("allow_classes: 1 binary_classification: true", "neither allow_classes"),
        ('label_map { entries { label: "a" } entries { label: "b" } }', "Duplicate id found: 0"),
    ],
)
def test_contract_refuses(options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=["TENSORS"], outputs=["CLASSIFICATIONS"])
