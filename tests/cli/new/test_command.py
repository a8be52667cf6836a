"""`mpgraph new`: the files it creates are used as a user would, with pytest, mypy and `mpgraph check`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mpgraph.media.images import read_image


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def python(checkout: Path, *arguments: str | Path, **variables: str) -> str:
    """Run Python with this mpgraph; return its output, after checking that it succeeds."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(checkout), "MYPYPATH": str(checkout), **variables},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_new_calculator_passes_its_test_and_runs(
    cli: Any, folder: Path, checkout: Path, portrait_file: Path
) -> None:
    code, out, err = cli("new", "calculator", "Blur")
    assert (code, err) == (0, "")
    assert files(folder) == {"blur_calculator.py", "test_blur_calculator.py", "blur.pbtxt"}
    assert all(name in out for name in files(folder))
    assert "3 passed" in python(checkout, "-m", "pytest", "-q", "-W", "error")
    # The commands that it prints work.
    commands = re.findall(r"^  mpgraph (.*)$", out, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["check", "run", "calculators"]
    assert cli(*commands[0].split()).out == "blur.pbtxt: ok\n"
    page = cli(*commands[2].split()).out
    assert "strength  float from 0 to 1 = 1.0" in page and "Inverts images" in page
    code, _, err = cli("fmt", "--check", "blur.pbtxt")
    assert (code, err) == (0, "")
    target = folder / "inverted.png"
    arguments = ["--input-image", portrait_file, "--output-image", target, "--module", "blur_calculator"]
    assert cli("run", "blur.pbtxt", *arguments).code == 0
    assert (read_image(target) == 255 - read_image(portrait_file)).all()


@pytest.mark.parametrize("name", ["Blur", "class", "ONNXRunner"])
def test_new_calculator_as_a_function(cli: Any, folder: Path, checkout: Path, name: str) -> None:
    code, out, err = cli("new", "calculator", name, "--function")
    assert (code, err) == (0, "")
    assert "3 passed" in python(checkout, "-m", "pytest", "-q", "-W", "error")
    for command in re.findall(r"^  mpgraph ((?:check|calculators) .*)$", out, re.MULTILINE):
        assert cli(*command.split()).code == 0


def test_new_project_passes_its_tests_and_installs_its_calculator(
    cli: Any, folder: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = cli("new", "project", "image-effects", "--calculator", "Blur")
    assert (code, err) == (0, "")
    assert "cd image-effects" in out
    project = folder / "image-effects"
    assert files(project) == {
        ".gitignore",
        "README.md",
        "graphs/blur.pbtxt",
        "pyproject.toml",
        "src/image_effects/__init__.py",
        "src/image_effects/blur_calculator.py",
        "src/image_effects/py.typed",
        "tests/test_blur_calculator.py",
    }
    monkeypatch.chdir(project)
    assert "3 passed" in python(checkout, "-m", "pytest", "-q", "-W", "error")
    # A second calculator goes into the right folders, and is imported by the package.
    code, out, err = cli("new", "calculator", "hand_roi")
    assert (code, err) == (0, "")
    assert {"tests/test_hand_roi_calculator.py", "graphs/hand_roi.pbtxt"} < files(project)
    assert "6 passed" in python(checkout, "-m", "pytest", "-q", "-W", "error")
    commands = re.findall(r"^  mpgraph ((?:check|calculators) .*)$", out, re.MULTILINE)
    assert all("--module" in command and cli(*command.split()).code == 0 for command in commands)
    # Install it as pip would; from then on graphs find its calculators.
    text = Path("pyproject.toml").read_text("utf-8")
    entries = text.partition('[project.entry-points."mpgraph.calculators"]\n')[2].partition("\n\n")[0]
    info = folder / "site" / "image_effects-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: image-effects\nVersion: 0.1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[mpgraph.calculators]\n" + entries.replace('"', ""), "utf-8")
    monkeypatch.syspath_prepend(info.parent)
    monkeypatch.syspath_prepend(project / "src")
    assert cli("check", "graphs/blur.pbtxt", "graphs/hand_roi.pbtxt").err == ""
    out = cli("new", "calculator", "Sharpen").out
    assert "--module" not in out
    # A process that starts now finds the new calculator.
    for command in re.findall(r"^  mpgraph ((?:check|calculators) .*)$", out, re.MULTILINE):
        path = os.pathsep.join(sys.path[:2])
        printed = python(
            checkout, "-m", "mpgraph", *command.split(), PYTHONPATH=f"{path}{os.pathsep}{checkout}"
        )
    assert "plug-in image-effects 0.1.0" in printed


def test_created_files_pass_mypy_strict(cli: Any, folder: Path, checkout: Path) -> None:
    assert cli("new", "calculator", "Sharpen", "--into", ".").code == 0
    assert cli("new", "project", "shapes").code == 0
    assert cli("new", "calculator", "Soften", "--function", "--into", ".").code == 0
    names = ["sharpen_calculator.py", "test_sharpen_calculator.py", "src", "tests"]
    names += ["soften_calculator.py", "test_soften_calculator.py"]
    for name in ("src", "tests"):
        (folder / "shapes" / name).rename(folder / name)
    path = f"{checkout}{os.pathsep}{folder / 'src'}"
    options = ["--strict", "--follow-imports=silent", "--explicit-package-bases"]
    out = python(checkout, "-m", "mypy", *options, *names, MYPYPATH=path)
    assert "Success: no issues found in 7 source files" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["calculator", "3d"], "begin with a letter"),
        (["calculator", "Gate"], "already has a GateCalculator"),
        (["calculator", "Blur", "--into", "nowhere"], 'no folder "nowhere"'),
        (["project", "json"], "json-calculators"),
        (["project", "full"], '"full" already exists'),
        (["project", "full/file"], "already exists"),
        (["calculator", "Taken"], '"taken.pbtxt" already exists'),
    ],
)
def test_refused_creation_writes_nothing(cli: Any, folder: Path, arguments: list[str], message: str) -> None:
    Path("full").mkdir()
    Path("full/file").touch()
    Path("taken.pbtxt").write_text("precious", "utf-8")
    before = files(folder)
    code, out, err = cli("new", *arguments)
    assert (code, out) == (1, "") and message in err and err.count("\n") == 1
    assert files(folder) == before and Path("taken.pbtxt").read_text("utf-8") == "precious"


@pytest.mark.parametrize(
    "arguments",
    [
        ["calculator"],
        ["graph", "x"],
        ["calculator", "x", "--calculator", "y"],
        ["project", "x", "--into", "y"],
        ["project", "x", "--function"],
    ],
)
def test_wrong_usage(cli: Any, arguments: list[str]) -> None:
    code, _, err = cli("new", *arguments)
    assert code == 2 and "Try: mpgraph new --help" in err
