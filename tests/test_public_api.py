"""The public API of `import mpgraph`: its names, their types, and what the import loads."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import mpgraph

# The names that mpgraph shares with MediaPipe's Python package up to 0.10.21.
MEDIAPIPE = {
    "CalculatorGraph",
    "GraphInputStreamAddMode",
    "Image",
    "ImageFormat",
    "ImageFrame",
    "Matrix",
    "Packet",
    "Timestamp",
    "ValidatedGraphConfig",
    "packet_creator",
    "packet_getter",
    "resource_util",
    "solutions",
}
HEAVY = (
    "ai_edge_litert",
    "av",
    "cv2",
    "google.protobuf",
    "networkx",
    "numpy",
    "openvino",
    "rich",
    "typer",
    "wgpu",
)


def modules_after(code: str) -> set[str]:
    """The modules loaded in a fresh interpreter after `code`."""
    program = f"import sys\n{code}\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(mpgraph.__file__).parent.parent,
    )
    return set(done.stdout.split())


def test_all_is_sorted_and_complete() -> None:
    assert mpgraph.__all__ == sorted({*mpgraph._EXPORTS, "__version__"})
    assert set(mpgraph.__all__) >= MEDIAPIPE


@pytest.mark.parametrize("name", mpgraph.__all__)
def test_every_public_name_resolves(name: str) -> None:
    value = getattr(mpgraph, name)
    assert isinstance(value, ModuleType) == (":" not in mpgraph._EXPORTS.get(name, ":"))
    assert name in dir(mpgraph)
    assert getattr(mpgraph, name) is value


def test_star_import_gives_every_public_name() -> None:
    namespace: dict[str, object] = {}
    exec("from mpgraph import *", namespace)
    assert set(mpgraph.__all__) <= set(namespace)


def test_imports_for_type_checkers_agree_with_the_table() -> None:
    """The imports under TYPE_CHECKING repeat the table of exports, since a type checker cannot read that."""
    tree = ast.parse(Path(mpgraph.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    found = {}
    for statement in block.body:
        assert isinstance(statement, ast.ImportFrom)
        for alias in statement.names:
            assert alias.asname == alias.name  # `X as X`: otherwise mypy --strict refuses `mpgraph.X`.
            is_module = importlib.util.find_spec(statement.module or "").submodule_search_locations and (
                importlib.util.find_spec(f"{statement.module}.{alias.name}")
            )
            found[alias.name] = f"{statement.module}{'.' if is_module else ':'}{alias.name}"
    assert found == mpgraph._EXPORTS


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mpgraph' has no attribute 'CalculatorGrap'"):
        _ = mpgraph.CalculatorGrap  # type: ignore[attr-defined]


def test_import_is_light() -> None:
    loaded = modules_after("import mpgraph")
    assert "mpgraph" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize(
    ("code", "light"),
    [
        ("from mpgraph import Calculator, Input, Output, register, Packet, Timestamp", HEAVY),
        ("from mpgraph import ImageFrame, packet_creator, packet_getter", ("cv2", "google.protobuf")),
        ("from mpgraph import CalculatorGraph", ("cv2", "ai_edge_litert", "networkx", "rich", "typer")),
    ],
)
def test_names_load_only_what_they_need(code: str, light: tuple[str, ...]) -> None:
    assert not modules_after(code) & set(light)


def test_built_in_calculators_are_known_whichever_module_comes_first() -> None:
    code = (
        "from mpgraph.framework.registry import CALCULATORS;"
        "assert 'PassThroughCalculator' in CALCULATORS.names()"
    )
    assert "mpgraph.framework.registry" in modules_after(code)
