"""Modules as classic scripts; that they run in a page is tested in tests/browser/test_web_helpers.py."""

from __future__ import annotations

import _quickjs
import pytest

from mpgraph.web.classic import NAMES, classic_files
from mpgraph.web.package_files import package_files


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    package = package_files()
    return classic_files(lambda path: package[path].decode())


def test_names_are_those_of_the_original_packages(files: dict[str, bytes]) -> None:
    scripts = {f"classic/{name}/{name}.js" for name in NAMES}
    assert set(files) == {*scripts, "classic/control_utils/control_utils.css"}


def test_exports_become_global_and_nothing_else(files: dict[str, bytes]) -> None:
    context = _quickjs.Context()
    before = set(context.eval("Object.getOwnPropertyNames(globalThis).join()").split(","))
    context.eval(files["classic/drawing_utils/drawing_utils.js"].decode())
    after = set(context.eval("Object.getOwnPropertyNames(globalThis).join()").split(","))
    assert after - before == {"clamp", "lerp", "drawLandmarks", "drawConnectors", "drawRectangle"}
    assert context.eval("lerp(0.5, 0, 1, 10, 20)") == 15


def test_late_imports_find_the_package(files: dict[str, bytes]) -> None:
    text = files["classic/selfie_segmentation/selfie_segmentation.js"].decode()
    assert 'import("../../graph.js")' in text
    assert 'import("./' not in text
    assert "import.meta" not in text  # Classic scripts have none.
