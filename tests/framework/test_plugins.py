from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mpgraph.cli.console import error_lines
from mpgraph.config.subgraph_files import SubgraphFiles
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import MpgraphError, NotFoundError, ResourceNotFoundError
from mpgraph.framework import plugins
from mpgraph.framework.registry import CALCULATORS, load_plugins
from mpgraph.framework.resources import read_resource

CALCULATOR = """
import mpgraph as mp

@mp.register
class {name}(mp.Calculator):
    value = mp.Input("", int)
    out = mp.Output("", int)

    def process(self, cc):
        cc.emit(self.out, cc[self.value] * 2)
"""

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None) -> Install:
    """Installs a package: (package name, entry points, its modules' texts by name)."""

    def make(package: str, entry_points: str, **modules: str) -> Path:
        folder = tmp_path / package
        info = folder / f"{package}-0.3.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.3\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{entry_points}\n", "utf-8")
        for name, text in modules.items():
            (folder / f"{name}.py").write_text(text, "utf-8")
        monkeypatch.syspath_prepend(folder)
        return folder

    return make


def check(calculator: str) -> None:
    ValidatedGraphConfig().initialize(
        graph_config=f'input_stream: "in" node {{ calculator: "{calculator}" input_stream: "in"'
        ' output_stream: "out" }'
    )


def test_named_class_is_imported_when_a_graph_uses_it(install: Install) -> None:
    install(
        "shapes",
        "Twice = shapes_twice:Twice\nOther = shapes_other:Other",
        shapes_twice=CALCULATOR.format(name="Twice"),
        shapes_other=CALCULATOR.format(name="Other"),
    )
    assert "shapes_twice" not in sys.modules
    check("Twice")
    assert "shapes_twice" in sys.modules and "shapes_other" not in sys.modules
    assert CALCULATORS.find("Other", "some.package") is not None


def test_unregistered_class_of_an_entry_point_is_registered(install: Install) -> None:
    text = CALCULATOR.format(name="Twice").replace("@mp.register", "")
    install("shapes", "shapes.Double = shapes_plain:Twice", shapes_plain=text)
    check("shapes.Double")


def test_plugin_modules_are_imported_for_unknown_names(install: Install) -> None:
    both = CALCULATOR.format(name="Twice") + CALCULATOR.format(name="Again")
    install("shapes", "all_of_shapes = shapes_module", shapes_module=both)
    check("PassThroughCalculator")
    assert "shapes_module" not in sys.modules
    check("Again")
    assert CALCULATORS.find("Twice") is not None


def test_subgraph_file_takes_precedence_over_a_plugin(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
import mpgraph as mp
from mpgraph.protos import calculator_pb2

@mp.register
class TwoSteps(mp.Subgraph):
    @classmethod
    def get_config(cls, node):
        config = calculator_pb2.CalculatorGraphConfig(input_stream=["a"], output_stream=["b"])
        config.node.add(calculator="PassThroughCalculator", input_stream=["a"], output_stream=["b"])
        return config
"""
    install("steps", "TwoSteps = steps_module:TwoSteps", steps_module=text)
    near = tmp_path / "near"
    near.mkdir()
    monkeypatch.chdir(near)
    file = near / "two_steps.pbtxt"
    file.write_text('input_stream: "a" output_stream: "a"', "utf-8")
    check("TwoSteps")
    assert "steps_module" not in sys.modules
    file.unlink()
    check("TwoSteps")
    assert "steps_module" in sys.modules


def test_broken_plugin_is_reported_with_its_location(install: Install) -> None:
    folder = install("shapes", "Twice = shapes_broken:Twice", shapes_broken="import sys\nimport numpyy\n")
    with pytest.raises(MpgraphError) as caught:
        check("Twice")
    (line,) = error_lines(caught.value)
    assert line.startswith(f"{folder / 'shapes_broken.py'}:2:1: error: ")
    assert '"Twice" of the plug-in "shapes 0.3" (module shapes_broken)' in line
    assert "No module named 'numpyy'" in line
    check("PassThroughCalculator")


def test_broken_plugin_module_is_reported_once_and_skipped(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    install("broken", "broken = broken_module", broken_module="x = = 1")
    install("shapes", "shapes = shapes_fine", shapes_fine=CALCULATOR.format(name="Twice"))
    with caplog.at_level(logging.WARNING):
        check("Twice")
        with pytest.raises(NotFoundError, match='may come with the plug-in "broken 0.3"'):
            check("Thrice")
    (record,) = caplog.records
    assert '"broken 0.3"' in record.getMessage() and "broken_module.py:1:5" in record.getMessage()
    assert ['"broken 0.3"' in str(error) for error in load_plugins()] == [True]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("Twice = shapes_odd:Twyce", 'has no "Twyce"'),
        ("Twice = shapes_odd:number", "not a Calculator or Subgraph class"),
        ("Twice = shapes_nowhere:Twice", "No module named 'shapes_nowhere'"),
    ],
)
def test_missing_class_of_an_entry_point_is_reported(install: Install, entry: str, message: str) -> None:
    install("shapes", entry, shapes_odd="number = 3")
    with pytest.raises(MpgraphError, match=message) as caught:
        check("Twice")
    assert "shapes 0.3" in str(caught.value)
    assert caught.value.location is not None


def test_plugin_name_is_suggested_for_a_typo(install: Install) -> None:
    install("shapes", "TwiceCalculator = shapes_t:Twice", shapes_t=CALCULATOR.format(name="Twice"))
    with pytest.raises(NotFoundError, match='Did you mean "TwiceCalculator"'):
        check("TwiseCalculator")


def test_graphs_and_files_in_the_package_are_found_without_importing_it(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = install("shapes", "shapes_pack = shapes_pack")
    graphs = folder / "shapes_pack" / "graphs"
    graphs.mkdir(parents=True)
    (graphs.parent / "__init__.py").write_text("1 / 0", "utf-8")
    text = 'input_stream: "a" output_stream: "b"'
    node = 'node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }'
    (graphs / "passes_on.pbtxt").write_text(f"{text} {node}", "utf-8")
    (graphs / "labels.txt").write_text("one", "utf-8")
    monkeypatch.chdir(tmp_path)
    check("PassesOn")
    assert read_resource("shapes_pack/graphs/labels.txt") == b"one"
    with pytest.raises(ResourceNotFoundError):
        read_resource("shapes_pack/graphs/label.txt")
    assert "PassesOn" in SubgraphFiles().names("")
    assert "shapes_pack" not in sys.modules
