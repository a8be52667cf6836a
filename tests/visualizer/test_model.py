"""The model and its type definitions in JavaScript agree."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from mpgraph.visualizer import model

TYPES = Path(model.__file__).parent / "web" / "page" / "structure.js"
NAMES = {"DrawnNode": "GraphNode"}
"""Classes with another name in JavaScript, where Node is a DOM class."""


def declared(name: str) -> set[str]:
    """The fields of a type in structure.js, which has two ways to write them."""
    text = TYPES.read_text(encoding="utf-8")
    inline = re.search(r"@typedef \{\{([^@]*?)\}\} " + name + r"\b", text, re.DOTALL)
    if inline:
        return set(re.findall(r"(\w+):", inline[1]))
    block = re.search(r"@typedef \{object\} " + name + r"\b(.*?)\*/", text, re.DOTALL)
    assert block, f"structure.js has no {name}"
    return set(re.findall(r"@property \{.*\} (\w+)", block[1]))


@pytest.mark.parametrize(
    "cls",
    [
        model.SourceRange,
        model.DrawnPort,
        model.OptionRow,
        model.DrawnDiagnostic,
        model.Endpoint,
        model.DrawnEdge,
        model.DrawnExecutor,
        model.DrawnNode,
        model.DrawnGraph,
        model.Structure,
    ],
)
def test_javascript_types_have_every_field(cls: type) -> None:
    assert declared(NAMES.get(cls.__name__, cls.__name__.removeprefix("Drawn"))) == {
        field.name for field in fields(cls)
    }
