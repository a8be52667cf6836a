from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from mpgraph import Calculator, CalculatorContext, register
from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.config.validation.unknown_calculators import file_defining


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "here").mkdir()
    (tmp_path / "graphs").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@mp.register\nclass NearBlur(mp.Calculator): ...", "NearBlur"),
        ("@mp.register\nclass NearBlur(mp.Calculator): ...", "some.package.NearBlur"),
        ('@mp.register("near.Blur")\nclass Other: ...', "near.Blur"),
        ("@mp.calculator\ndef near_blur(image): ...", "NearBlurCalculator"),
        ("@calculator(blocking=True)\ndef near_blur(image): ...", "NearBlurCalculator"),
    ],
)
def test_files_that_define_a_calculator(text: str, name: str) -> None:
    Path("calcs.py").write_text(text, "utf-8")
    assert file_defining(name, "<string>") == "calcs.py"
    assert file_defining("NearBlu", "<string>") == ""


def test_hint_names_the_module_to_import(folder: Path) -> None:
    graph = folder / "graphs" / "near.pbtxt"
    graph.write_text('node { calculator: "NearBlur" }', "utf-8")
    (folder / "graphs" / "broken.py").write_bytes(b"\xff\xfe class NearBlur")
    (folder / "graphs" / "calcs.py").write_text("class NearBlur: ...", "utf-8")
    (error,) = diagnose(graph)
    assert f"--module {folder / 'graphs' / 'calcs.py'}" in error.suggestion


def test_imported_modules_are_not_suggested(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "here" / "near_imported.py"
    file.write_text("class NearBlur: ...", "utf-8")
    monkeypatch.syspath_prepend(folder / "here")
    monkeypatch.delitem(sys.modules, "near_imported", raising=False)
    assert file_defining("NearBlur", "<string>") == "near_imported.py"
    monkeypatch.setitem(sys.modules, "near_imported", importlib.import_module("near_imported"))
    assert file_defining("NearBlur", "<string>") == ""


@register("near.package.Sharpen")
class Sharper(Calculator):
    def process(self, cc: CalculatorContext) -> None: ...


@pytest.mark.parametrize("name", ["Sharpen", "Sharper", "other.Sharpen"])
def test_calculator_registered_under_another_name(name: str) -> None:
    (error,) = diagnose(f'node {{ calculator: "{name}" }}')
    assert error.suggestion == 'Did you mean "near.package.Sharpen"?'


def test_no_file_is_suggested_for_qualified_names() -> None:
    (error,) = diagnose('node { calculator: "no.such.Thing" }')
    assert error.suggestion.endswith("(commands: --module FILE).")


@pytest.mark.parametrize("name", ["MyTrackingCalculator", "FaceMeshPainter", "ImageSharpeningCalculator"])
def test_other_names_get_no_suggestion(name: str) -> None:
    (error,) = diagnose(f'node {{ calculator: "{name}" }}')
    assert error.suggestion.startswith("Register its class")
    assert "MPGRAPH_RESOURCE_PATH" in error.suggestion


@pytest.mark.parametrize("name", ["PassthroughCalculator", "PasThroughCalculator", "PassThrough"])
def test_misspelt_names_get_one(name: str) -> None:
    (error,) = diagnose(f'node {{ calculator: "{name}" }}')
    assert '"PassThroughCalculator"' in error.suggestion
