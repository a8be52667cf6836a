"""What PyInstaller is told to put into frozen programs; `.ci/run` freezes and runs some."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mpgraph
from mpgraph import inference
from mpgraph.pyinstaller import hook_folders

# Hooks are read in PyInstaller's process; this one need not know mpgraph's tests.
READ_HOOK = """
import json, runpy, sys
hook = runpy.run_path(sys.argv[1])
print(json.dumps({name: hook[name] for name in ("hiddenimports", "datas", "module_collection_mode")}))
"""
PACKAGE = Path(mpgraph.__file__).parent


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names that the hook sets, where the plug-in `shapes` is installed."""
    site = tmp_path_factory.mktemp("site")
    (site / "shapes").mkdir()
    (site / "shapes" / "__init__.py").touch()
    (site / "shapes" / "blur.py").touch()
    (site / "shapes" / "blur.pbtxt").touch()
    (site / "shapes-0.3.dist-info").mkdir()
    for name, text in {
        "METADATA": "Metadata-Version: 2.1\nName: shapes\nVersion: 0.3\n",
        "entry_points.txt": "[mpgraph.calculators]\nshapes = shapes.blur\n",
    }.items():
        (site / "shapes-0.3.dist-info" / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", READ_HOOK, str(Path(hook_folders()[0]) / "hook-mpgraph.py")]
    paths = [str(site), str(PACKAGE.parent)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def collected(hook: dict[str, Any]) -> set[str]:
    """The files in the frozen program, by their paths there."""
    found = set()
    for source, target in hook["datas"]:
        path = Path(source)
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        base = path.parent if path.is_file() else path
        found |= {(Path(target) / file.relative_to(base)).as_posix() for file in files}
    return found


def test_modules_that_are_imported_by_name(hook: dict[str, Any]) -> None:
    files = [file.relative_to(PACKAGE).with_suffix("").parts for file in PACKAGE.rglob("*.py")]
    by_statement = {"__main__", "as_mediapipe", "cli", "pyinstaller", "pytest_plugin"}
    wanted = {
        ".".join(["mpgraph", *(parts[:-1] if parts[-1] == "__init__" else parts)])
        for parts in files
        if parts[0] not in by_statement
    }
    assert {"mpgraph.calculators.core.gate", "mpgraph.inference.webgpu.runner", "mpgraph.solutions"} <= wanted
    assert {name for name in hook["hiddenimports"] if name.split(".")[0] == "mpgraph"} == wanted


def test_installed_backends(hook: dict[str, Any]) -> None:
    packages = {"litert": "ai_edge_litert.interpreter", "openvino": "openvino"}
    packages["tflite_runtime"] = "tflite_runtime.interpreter"
    available = {status.name for status in inference.backends() if status.available}
    assert available
    assert {packages[name] for name in available} <= set(hook["hiddenimports"])


def test_every_file_that_is_not_python(hook: dict[str, Any]) -> None:
    top = PACKAGE.parent
    found = collected(hook)
    folders = [PACKAGE, *(top / name for name in ("graphs", "models") if (top / name).is_dir())]
    wanted = {
        f"mpgraph/{file.relative_to(PACKAGE if folder == PACKAGE else top).as_posix()}"
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file() and file.suffix not in {".py", ".pyc"}
    }
    assert len(wanted) > 250
    assert wanted - found == set()
    assert "mpgraph/models/selfie_segmentation.tflite" in found


def test_sources_from_which_descriptions_quote(hook: dict[str, Any]) -> None:
    assert hook["module_collection_mode"] == "pyz+py"


def test_metadata_of_mpgraph_and_the_backend(hook: dict[str, Any]) -> None:
    folders = {target for _, target in hook["datas"] if target.endswith("-info")}
    names = {folder.partition("-")[0] for folder in folders}
    assert {"mpgraph", "numpy", "protobuf"} <= names


def test_plug_ins_with_their_files_and_entry_points(hook: dict[str, Any]) -> None:
    assert {"shapes", "shapes.blur"} <= set(hook["hiddenimports"])
    assert {"shapes/blur.pbtxt", "shapes-0.3.dist-info/entry_points.txt"} <= collected(hook)
