"""The example notebook: it runs, and displays graph, images and trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[2] / "graphs" / "examples" / "notebook" / "notebook.ipynb"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The outputs of the cells, in order."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder = tmp_path_factory.mktemp("notebook")
    NotebookClient(notebook, timeout=100, resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output["data"] for output in outputs if output["output_type"] == "execute_result"]


def test_outputs_are_the_graph_two_images_and_the_trace(outputs: list[dict[str, Any]]) -> None:
    graph, mask, image, trace = outputs
    assert "SpotlightCalculator" in graph["text/html"] and "<script" not in graph["text/html"]
    assert "image/png" in mask and "image/png" in image
    assert "<svg" in trace["text/html"] and "SpotlightCalculator" in trace["text/html"]
