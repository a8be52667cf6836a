from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CALCULATOR = '''
from dataclasses import dataclass

import mpgraph as mp


@mp.register
class CliShown(mp.Calculator):
    """Shows a page. That is all."""

    value = mp.Input("VALUE", int, doc="a number")
    out = mp.Output("VALUE", int)
    blocking = True

    @dataclass
    class Options:
        times: int = 2
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("cli_shown.py").write_text(CALCULATOR, "utf-8")
    return Path("cli_shown.py")


def test_listing_is_grouped_by_origin_with_the_users_own_first(cli: Any, module: Path) -> None:
    code, out, err = cli("calculators", "--module", module)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    # Modules of other tests may come before it.
    own, core = lines.index("module cli_shown"), lines.index("mpgraph, core")
    assert lines[own + 1] == "  CliShown  Shows a page."
    assert own < core and "mpgraph, image" in lines
    assert any(line.startswith("  BeginLoop*Calculator") and "types)" in line for line in lines)
    assert any("SelfieSegmentationCpu " in line and "(subgraph)" in line for line in lines)


def test_listing_can_be_searched(cli: Any) -> None:
    code, out, _ = cli("calculators", "--search", "LOOPDETECTION")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == [
        "BeginLoopDetectionCalculator",
        "EndLoopDetectionCalculator",
    ]
    code, out, err = cli("calculators", "--search", "no such thing")
    assert (code, out) == (1, "") and "no such thing" in err


def test_page_of_a_calculator_has_an_example_node(cli: Any, module: Path) -> None:
    code, out, err = cli("calculators", "CliShown", "--module", "cli_shown")
    assert (code, err) == (0, "")
    head, location, rest = out.split("\n", 2)
    assert head == "CliShown  calculator, module cli_shown"
    # The line of the decorator or of the class, depending on the version of Python.
    assert location in (f"{module.resolve()}:7", f"{module.resolve()}:8")
    assert rest == (
        "\nShows a page. That is all.\n\n"
        "Input streams\n  VALUE  int  a number\n\n"
        "Output streams\n  VALUE  int\n\n"
        "Options  mediapipe.CliShownOptions\n  times  int = 2\n\n"
        "Behaviour\n  Runs on an executor's threads, because it blocks or takes long.\n\n"
        'Example\n  node {\n    calculator: "CliShown"\n    input_stream: "VALUE:value"\n'
        '    output_stream: "VALUE:out_value"\n'
        "    node_options {\n      [type.googleapis.com/mediapipe.CliShownOptions] {\n"
        "        # times: 2\n      }\n    }\n  }\n"
    )


@pytest.mark.parametrize("name", ["PassThroughCalculator", "SwitchContainer", "ImageToTensorCalculator"])
def test_pages_of_shipped_calculators(cli: Any, name: str) -> None:
    code, out, err = cli("calculators", name)
    assert (code, err) == (0, "")
    assert out.startswith(f"{name}  ") and f'calculator: "{name}"' in out


def test_json_output(cli: Any) -> None:
    one = json.loads(cli("calculators", "GateCalculator", "--json").out)
    assert one["name"] == "GateCalculator" and one["line"] > 1 and one["file"].endswith("gate.py")
    assert one["ports"][0]["list"] == "input_stream" and one["options"][0]["type"] == "bool"
    every = json.loads(cli("calculators", "--json").out)
    assert len(every) > 145 and one in every
    assert json.loads(cli("calculators", "--json", "--search", "no such thing").out) == []


def test_unknown_name(cli: Any) -> None:
    code, out, err = cli("calculators", "GateCalculater")
    assert (code, out) == (1, "")
    assert 'no calculator or subgraph "GateCalculater". Did you mean "GateCalculator"' in err
    assert err.count("\n") == 1
    assert cli("calculators", "GateCalculator", "--search", "x").code == 2


def test_broken_plug_in_does_not_hide_the_others(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None
) -> None:
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n", "utf-8")
    (info / "entry_points.txt").write_text("[mpgraph.calculators]\nbroken = broken_cli_plugin\n", "utf-8")
    (tmp_path / "broken_cli_plugin.py").write_text("\nimport numpyy\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    code, out, err = cli("calculators")
    assert code == 0 and "PassThroughCalculator" in out
    assert err.startswith("warning: ") and "broken_cli_plugin.py:2:1" in err and err.count("\n") == 1
