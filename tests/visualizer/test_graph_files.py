"""The data of graphs for the page."""

from __future__ import annotations

import json

import pytest

from mpgraph.errors import ConfigError
from mpgraph.visualizer.graph_files import (
    graph_data,
    problems,
    short_names,
    structure_of_texts,
    without_folders,
)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ([], []),
        (["a/b.pbtxt"], ["b.pbtxt"]),
        (["a/x.pbtxt", "b/x.pbtxt"], ["x.pbtxt", "b/x.pbtxt"]),
        (["a/s/x.pbtxt", "b/s/x.pbtxt"], ["x.pbtxt", "b/…/x.pbtxt"]),
        (["x.pbtxt", "/x.pbtxt"], ["x.pbtxt", "//x.pbtxt"]),
        (["<string>", "g"], ["<string>", "g"]),
    ],
)
def test_short_names(files: list[str], names: list[str]) -> None:
    assert list(short_names(files).values()) == names


def test_short_names_are_unique() -> None:
    files = [f"{a}/{b}/{c}/x" for a in "12" for b in "12" for c in "12"] + ["x", "1/x"]
    assert len(set(short_names(files).values())) == len(files)


def test_edited_text_replaces_the_subgraphs_file() -> None:
    texts = {
        "outer.pbtxt": 'node { calculator: "Inner" }',
        "inner.pbtxt": 'type: "Inner" node { name: "edited" calculator: "PassThroughCalculator" }',
    }
    structure = structure_of_texts("outer.pbtxt", texts)
    (node,) = structure.graph.nodes
    assert node.graph and node.graph.nodes[0].name == "edited"
    assert structure.files["inner.pbtxt"] == texts["inner.pbtxt"]


def test_shared_data_has_no_folders() -> None:
    texts = {
        "/secret/outer.pbtxt": 'node { calculator: "Inner" }\nnode { calculator: "NoSuch" }',
        "/secret/inner.pbtxt": 'type: "Inner" node { calculator: "PassThroughCalculator" }',
    }
    data = without_folders(graph_data(structure_of_texts("/secret/outer.pbtxt", texts)))
    assert "secret" not in json.dumps(data)
    assert [info["file"] for info in data["files"]] == ["outer.pbtxt", "inner.pbtxt"]
    assert set(data["structure"]["files"]) == {"outer.pbtxt", "inner.pbtxt"}


def test_error_without_location_is_at_the_start_of_the_file() -> None:
    (problem,) = problems(ConfigError("It is wrong."), "graph.pbtxt")
    assert problem.location and (problem.location.file, problem.location.line) == ("graph.pbtxt", 1)
