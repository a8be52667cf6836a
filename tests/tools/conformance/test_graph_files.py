"""The check of MediaPipe's graph files, and the names that docs/compatibility.md lists as not here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import mpgraph.calculators  # noqa: F401 (registers the names)
from mpgraph.framework import registry


@pytest.fixture(scope="module")
def graph_files(checkout: Path) -> ModuleType:
    path = checkout / "tools" / "conformance" / "graph_files.py"
    spec = importlib.util.spec_from_file_location("graph_files", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["graph_files"] = module  # Its dataclass looks itself up.
    spec.loader.exec_module(module)
    return module


def test_documented_names_are_missing(graph_files: ModuleType) -> None:
    names = graph_files.documented()
    assert "BoxTrackerCalculator" in names and len(names) > 50
    assert not [name for name in names if registry.CALCULATORS.find(name) or registry.SUBGRAPHS.find(name)]


def test_graphs_of_a_checkout(
    graph_files: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "modules/good_gpu.pbtxt": 'input_stream: "a"\nnode { calculator: "PassThroughCalculator" '
        'input_stream: "a" output_stream: "b" }',
        "graphs/pose/bad.pbtxt": 'node { calculator: "BoxTrackerCalculator" output_stream: "b" }',
        "graphs/data.pbtxt": "x: 1",
    }
    for name, text in texts.items():
        file = tmp_path / "mediapipe" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    bad, good = graph_files.graph_files(tmp_path)
    assert (bad.path, bad.missing, bad.category) == (
        "graphs/pose/bad.pbtxt",
        {"BoxTrackerCalculator"},
        "demos of solutions, CPU",
    )
    assert (good.errors, good.category) == ([], "modules, GPU and mobile")
    page = graph_files.report([bad, good])
    assert "2 graph files in MediaPipe's repository, 1 check clean" in page
    assert "- `BoxTrackerCalculator`: 1\n" in page
