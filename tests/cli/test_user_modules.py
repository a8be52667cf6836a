from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mpgraph.framework.registry import CALCULATORS

TWICE = """
import mpgraph as mp

@mp.register
class {name}(mp.Calculator):
    value = mp.Input("", int)
    out = mp.Output("", int)

    def process(self, cc):
        cc.emit(self.out, cc[self.value] * 2)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None) -> Path:
    """The working directory, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def graph() -> Path:
    file = Path("twice.pbtxt")
    file.write_text(
        'input_stream: "a"\nnode { calculator: "CliTwice" input_stream: "a" output_stream: "b" }', "utf-8"
    )
    return file


@pytest.mark.parametrize("position", ["before", "after", "with ="])
def test_module_option_is_accepted_anywhere(cli: Any, graph: Path, position: str) -> None:
    Path("cli_calcs.py").write_text(TWICE.format(name="CliTwice"), "utf-8")
    assert "CliTwice" in cli("check", graph).err
    arguments = {
        "before": ["--module", "cli_calcs", "check", graph],
        "after": ["check", graph, "--module", "cli_calcs"],
        "with =": ["check", "--module=cli_calcs", graph],
    }[position]
    assert cli(*arguments) == (0, f"{graph}: ok\n", "")


def test_file_is_imported_under_its_full_module_name(cli: Any, graph: Path, folder: Path) -> None:
    package = folder / "src" / "clipack" / "inner"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package.parent / "__init__.py").touch()
    (package.parent / "base.py").write_text("NAME = 1", "utf-8")
    text = "from clipack.base import NAME\n" + TWICE.format(name="CliTwice")
    (package / "calcs.py").write_text(text, "utf-8")
    assert cli("check", graph, "--module", package / "calcs.py").code == 0
    cls = CALCULATORS.find("CliTwice")
    assert cls is not None and cls.__module__ == "clipack.inner.calcs"
    assert cli("check", graph, "--module", "src/clipack").code == 0


def test_several_modules(cli: Any, graph: Path) -> None:
    Path("cli_one.py").write_text(TWICE.format(name="CliTwice"), "utf-8")
    Path("cli-two.py").write_text(TWICE.format(name="CliOther"), "utf-8")
    assert cli("check", graph, "--module", "cli_one", "--module", "./cli-two.py").code == 0
    assert CALCULATORS.find("CliOther") is not None


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("cli_wrogn", 'no module "cli_wrogn"'),
        ("cli_wrogn", 'Did you mean "cli_wrong"'),
        ("./cli_wrogn.py", 'Did you mean "cli_wrong.py"'),
        ("nowhere/at_all.py", "there is no file"),
        ("cli_wrong", "cli_wrong.py:2:1: error: the module"),
        ("cli_wrong.py", 'cli_wrong.py:2:1: error: "cli_wrong.py" cannot be imported: ZeroDivisionError'),
        ("cli_wrong.inside", "ZeroDivisionError"),
        ("folder/", "no __init__.py"),
        ("types.py", "another module"),
        ("with.dots.py", "letters, digits"),
    ],
)
def test_modules_that_cannot_be_imported(cli: Any, graph: Path, module: str, message: str) -> None:
    Path("cli_wrong.py").write_text("#\n1 / 0\n", "utf-8")
    Path("folder").mkdir()
    for name in ("types.py", "with.dots.py"):
        Path(name).touch()
    code, out, err = cli("check", graph, "--module", module)
    assert (code, out) == (1, "") and message in err and err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["check", "--module"], ["--module", "--version"], ["--module="]])
def test_module_option_without_a_value_is_wrong_usage(cli: Any, arguments: list[str]) -> None:
    code, _, err = cli(*arguments)
    assert code == 2 and "--module needs" in err and "Try: mpgraph --help" in err


def test_two_dashes_end_the_options(cli: Any) -> None:
    assert "--module" in cli("check", "--", "--module").err
