"""The table of wheels: from names of files to cells."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

FILES = [
    "a_b-2.0-cp310-cp310-manylinux_2_28_x86_64.whl",
    "a_b-2.0-cp312-abi3-manylinux_2_28_x86_64.whl",
    "a_b-2.0-cp310-abi3-macosx_11_0_arm64.whl",
    "a_b-2.0-cp314-cp314-musllinux_1_2_aarch64.whl",
    "a_b-1.0-py3-none-win_amd64.whl",
    "a_b_c-2.0-py3-none-win_arm64.whl",
    "not a wheel.whl",
]


@pytest.fixture(scope="module")
def wheels(checkout: Path) -> Any:
    spec = importlib.util.spec_from_file_location("tools_wheels", checkout / "tools" / "wheels.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def row(wheels: Any, files: list[str]) -> dict[str, str]:
    of_ours = wheels.Wheels.of("a-b", files, SpecifierSet(">=2"))
    return {name: of_ours.cell(tags) for name, tags in wheels.platforms().items()}


def test_cells(wheels: Any) -> None:
    assert row(wheels, FILES) == {
        "Linux, x86-64": "3.10, 3.12–3.14",
        "Linux, arm64": "none",
        "Alpine, x86-64": "none",
        "Alpine, arm64": "3.14",
        "macOS 15, x86-64": "none",
        "macOS 15, arm64": "all",
        "Windows, x86-64": "none",
        "Windows, arm64": "none",
    }


def test_sources_count_where_there_is_no_wheel(wheels: Any) -> None:
    found = row(wheels, [*FILES, "a_b-2.0.tar.gz"])
    assert (found["Windows, arm64"], found["macOS 15, arm64"]) == ("source", "all")
    assert "source" not in row(wheels, [*FILES, "a_b-1.0.tar.gz"]).values()


def test_pure_wheels_fit_everywhere(wheels: Any) -> None:
    assert set(row(wheels, ["a_b-3-py3-none-any.whl"]).values()) == {"all"}


def test_table_in_the_documentation_is_of_these_distributions(wheels: Any) -> None:
    page = wheels.PAGE.read_text(encoding="utf-8")
    lines = page.partition(wheels.BEGIN)[2].partition(wheels.END)[0].splitlines()
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("|")]
    assert rows == ["", "---", *wheels.DISTRIBUTIONS]
    assert set(wheels.DISTRIBUTIONS) <= set(wheels.requirements())
