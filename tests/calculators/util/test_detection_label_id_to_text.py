from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mpgraph.protos.detection_pb2 import Detection
from mpgraph.testing import run, t

NAME = "DetectionLabelIdToTextCalculator"
ITEMS = 'label_items { key: 7 value { name: "cup" display_name: "A cup" } }'


def labeling(options: str) -> Any:
    return run(NAME, options, inputs=[""], outputs=[""])


def test_labels_replace_ids() -> None:
    node = labeling('label: "a" label: "b"')
    node.send("", [Detection(label_id=[1, 0, 9], score=[1, 1, 1]), Detection()] @ t(0), [] @ t(1))
    node.expect("", [Detection(label=["b", "a"], score=[1, 1, 1]), Detection()] @ t(0), [] @ t(1))


def test_ids_stay_without_a_label_and_if_the_option_says_so() -> None:
    labeling('label: "a"').send("", [Detection(label_id=[9])] @ t(0)).expect(
        "", [Detection(label_id=[9])] @ t(0)
    )
    node = labeling('label: "a" keep_label_id: true').send("", [Detection(label_id=[0])] @ t(0))
    node.expect("", [Detection(label_id=[0], label=["a"])] @ t(0))
    labeling("").send("", [Detection(label_id=[0])] @ t(0)).expect("", [Detection(label_id=[0])] @ t(0))


def test_items_have_ids_and_names_to_show() -> None:
    node = labeling(ITEMS).send("", [Detection(label_id=[7], label=["old"])] @ t(0))
    node.expect("", [Detection(label=["old", "cup"], display_name=["A cup"])] @ t(0))


def test_file_has_a_label_a_line(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_text("cup\n\nCoffee cup\n", encoding="utf-8")
    node = labeling(f'label_map_path: "{file.as_posix()}"')
    node.send("", [Detection(label_id=[2, 0, 1, 3])] @ t(0))
    node.expect("", [Detection(label=["Coffee cup", "cup", ""])] @ t(0))


def test_labels_of_mediapipes_path_are_found() -> None:
    node = labeling('label_map_path: "mediapipe/modules/objectron/object_detection_oidv4_labelmap.txt"')
    node.send("", [Detection(label_id=[0])] @ t(0)).expect("", [Detection(label=["???"])] @ t(0))


@pytest.mark.parametrize("options", [f'label: "a" {ITEMS}', 'label_map_path: "x" label: "a"'])
def test_labels_are_given_once(options: str) -> None:
    labeling(options).expect_error("Only can set one of the following fields")


def test_missing_file_is_an_error() -> None:
    labeling('label_map_path: "no_such_labels.txt"').expect_error('Cannot find the file "no_such_labels.txt"')
