from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.config.diagnostics import diagnose
from mpgraph.config.modules_nearby import file_defining


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
def test_files_that_define_it(text: str, name: str) -> None:
    Path("calcs.py").write_text(text, "utf-8")
    assert file_defining(name, "<string>") == "calcs.py"
    assert file_defining("NearBlu", "<string>") == ""


def test_the_hint_says_how_to_get_it(folder: Path) -> None:
    graph = folder / "graphs" / "near.pbtxt"
    graph.write_text('node { calculator: "NearBlur" }', "utf-8")
    (folder / "graphs" / "broken.py").write_bytes(b"\xff\xfe class NearBlur")
    (folder / "graphs" / "calcs.py").write_text("class NearBlur: ...", "utf-8")
    (error,) = diagnose(graph)
    assert f"--module {folder / 'graphs' / 'calcs.py'}" in error.suggestion
