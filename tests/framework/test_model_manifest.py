"""models/manifest.json describes the files beside it, and models/README.md has a card for each."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from mpgraph.framework import resources
from mpgraph.framework.model_manifest import ModelFile, ModelSource
from mpgraph.inference import load_model

MANIFEST = resources.model_manifest()
SHIPPED = MANIFEST.in_distribution("mpgraph")
FURTHER = MANIFEST.in_distribution("mpgraph-models")
BY_NAME = pytest.mark.parametrize("model", MANIFEST.models, ids=lambda model: model.name)


def test_each_model_is_in_one_of_two_distributions() -> None:
    assert len(SHIPPED) == 14 and len(FURTHER) == 7
    assert [*SHIPPED, *FURTHER] == list(MANIFEST.models)
    assert set(MANIFEST.install_commands) == {"mpgraph", "mpgraph-models"}
    assert len({model.file for model in MANIFEST.models}) == len(MANIFEST.models)
    assert sum(model.size for model in SHIPPED) < 30_000_000


def test_folder_has_exactly_the_models_of_mpgraph(checkout: Path) -> None:
    assert {file.name for file in (checkout / "models").glob("*.tflite")} == {model.file for model in SHIPPED}


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.name)
def test_files_have_the_size_hash_and_tensors_of_the_manifest(model: ModelFile, checkout: Path) -> None:
    data = (checkout / "models" / model.file).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (model.size, model.sha256)
    found = load_model(data, origin=model.file)
    for specs, tensors in ((found.inputs, model.inputs), (found.outputs, model.outputs)):
        assert [(spec.name, spec.shape, spec.dtype.name) for spec in specs] == [
            (tensor.name, tensor.shape, tensor.dtype) for tensor in tensors
        ]


@BY_NAME
def test_origin_is_an_exact_version_under_a_licence(model: ModelFile) -> None:
    assert model.licence == "Apache-2.0"
    assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
    assert model.source.version in model.source.archive
    assert model.mediapipe_path == f"mediapipe/modules/{Path(model.mediapipe_path).parts[2]}/{model.file}"
    if model.byte_range is None:
        assert Path(model.path).name == model.file
    else:
        start, end = model.byte_range
        assert end - start == model.size


def test_requirements_are_in_the_notation_of_the_client() -> None:
    assert ModelSource("a", "pip", "1.2", "a-1.2.whl").requirement == "a==1.2"
    assert ModelSource("@a/b", "npm", "1.2", "a-b-1.2.tgz").requirement == "@a/b@1.2"


@BY_NAME
def test_card_has_the_facts_of_the_manifest(model: ModelFile, checkout: Path) -> None:
    card = (checkout / "models" / "README.md").read_text(encoding="utf-8")
    (section,) = (part for part in re.split(r"^## ", card, flags=re.M) if f"`{model.file}`" in part)
    assert f"{model.size:,}" in section
    for tensor in [*model.inputs, *model.outputs]:
        assert " x ".join(map(str, tensor.shape)) in section
    assert model.source.requirement in card


@pytest.mark.parametrize(
    ("file", "first", "count"),
    [
        ("handedness.txt", ["Left", "Right"], 2),
        ("object_detection_oidv4_labelmap.txt", ["???", "Bicycle"], 24),
    ],
)
def test_label_lists_have_one_line_per_class(file: str, first: list[str], count: int) -> None:
    lines = resources.read_resource(file).decode().splitlines()
    assert lines[:2] == first and len(lines) == len(set(lines)) == count
