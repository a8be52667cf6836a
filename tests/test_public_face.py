"""What `import mpgraph` offers, and what it costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import mpgraph

# The names of MediaPipe's Python package up to 0.10.21 that mpgraph keeps.
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
    assert mpgraph.__all__ == sorted(set(mpgraph.__all__))
    assert set(mpgraph.__all__) == {*mpgraph._NAMES, *mpgraph._MODULES, "__version__"}
    assert set(mpgraph.__all__) >= MEDIAPIPE


@pytest.mark.parametrize("name", mpgraph.__all__)
def test_every_name_is_there(name: str) -> None:
    value = getattr(mpgraph, name)
    assert isinstance(value, ModuleType) == (name in mpgraph._MODULES)
    assert name in dir(mpgraph)
    assert getattr(mpgraph, name) is value


def test_a_star_import_brings_all_of_it() -> None:
    namespace: dict[str, object] = {}
    exec("from mpgraph import *", namespace)
    assert set(mpgraph.__all__) <= set(namespace)


def test_type_checkers_see_the_same_names() -> None:
    """The imports for type checkers are a second list that must not fall behind."""
    source = Path(mpgraph.__file__).read_text(encoding="utf-8")
    block = source.partition("if TYPE_CHECKING:\n")[2].partition("\n\n")[0]
    seen = set(re.findall(r"[\w.]+", " ".join(line.partition(" import ")[2] for line in block.splitlines())))
    assert seen == set(mpgraph.__all__) - {"__version__"}


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="module 'mpgraph' has no attribute 'CalculatorGrap'"):
        _ = mpgraph.CalculatorGrap  # type: ignore[attr-defined]


def test_the_import_loads_nothing_heavy() -> None:
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


def test_the_version_is_that_of_the_project(checkout: Path) -> None:
    project = (checkout / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{mpgraph.__version__}"' in project.splitlines()


def test_built_in_calculators_are_known_whichever_module_comes_first() -> None:
    code = (
        "from mpgraph.framework.registry import CALCULATORS;"
        "assert 'PassThroughCalculator' in CALCULATORS.names()"
    )
    assert "mpgraph.framework.registry" in modules_after(code)
