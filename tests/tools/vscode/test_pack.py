"""tools/vscode: the packed extension, and the colours of its grammar."""

from __future__ import annotations

import json
import re
import runpy
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mpgraph.config.source import TEXT_SUFFIXES


@pytest.fixture(scope="module")
def unpacked(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vsix")
    script = runpy.run_path(str(checkout / "tools" / "vscode" / "pack.py"))
    script["pack"](folder / "mpgraph.vsix")
    with zipfile.ZipFile(folder / "mpgraph.vsix") as archive:
        assert archive.testzip() is None
        archive.extractall(folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def package(unpacked: Path) -> Any:
    return json.loads((unpacked / "extension" / "package.json").read_text())


def test_everything_that_the_package_names_is_packed(unpacked: Path, package: Any) -> None:
    contributed = package["contributes"]
    files = [
        package["main"],
        contributed["grammars"][0]["path"],
        contributed["languages"][0]["configuration"],
    ]
    assert all((unpacked / "extension" / file).is_file() for file in files)
    assert tuple(contributed["languages"][0]["extensions"]) == TEXT_SUFFIXES
    assert contributed["configuration"]["properties"]["mpgraph.command"]["default"] == ["mpgraph", "lsp"]


def test_manifest_and_content_types(unpacked: Path, package: Any) -> None:
    root = ET.parse(unpacked / "extension.vsixmanifest").getroot()
    space = {"v": "http://schemas.microsoft.com/developer/vsx-schema/2011"}
    identity = root.find("v:Metadata/v:Identity", space)
    assert identity is not None
    assert (identity.get("Id"), identity.get("Version")) == (package["name"], package["version"])
    assets = [asset.get("Path") for asset in root.iterfind("v:Assets/v:Asset", space)]
    assert assets and all((unpacked / str(path)).is_file() for path in assets)
    types = {each.get("Extension") for each in ET.parse(unpacked / "[Content_Types].xml").getroot()}
    packed = {file.suffix for file in unpacked.rglob("*") if file.is_file() and file.suffix != ".xml"}
    assert packed <= types


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("comment", 'node {  # "why"', ['# "why"']),
        ("calculator", 'calculator: "A.BCalculator"', ["calculator", ":", '"A.BCalculator"']),
        (
            "port",
            'input_stream: "IMAGE:1:frames"',
            ["input_stream", ":", '"', "IMAGE", ":", "1", ":", "frames", '"'],
        ),
        ("port", 'output_stream: "mask"', ["output_stream", ":", '"', None, None, None, None, "mask", '"']),
        ("type", "[type.googleapis.com/mediapipe.AOptions] {", ["[type.googleapis.com/mediapipe.AOptions]"]),
        ("field", "  max_in_flight: 1", ["max_in_flight"]),
        ("number", "x: -1.5e3", ["-1.5e3"]),
        ("constant", "x: true", ["true"]),
        ("constant", "mode: ROTATION_90", ["ROTATION_90"]),
    ],
)
def test_grammar(unpacked: Path, rule: str, text: str, expected: list[str | None]) -> None:
    grammar = json.loads((unpacked / "extension" / "syntaxes" / "pbtxt.tmLanguage.json").read_text())
    found = re.search(grammar["repository"][rule]["match"], text)
    assert found is not None
    assert (list(found.groups()) or [found[0]]) == expected
    assert {"include": f"#{rule}"} in grammar["repository"]["all"]["patterns"]
