"""What a user gets by `pip install`: the built wheel, not the checkout."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import mpgraph


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive, built once without network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(built.glob("*.whl")))


def shipped_files(checkout: Path) -> dict[str, Path]:
    """Name inside the wheel -> file of the checkout."""
    found = {
        f"mpgraph/{file.relative_to(checkout).as_posix()}": file
        for folder in ("graphs", "models")
        for file in (checkout / folder).rglob("*")
        if file.is_file()
    }
    assert len(found) > 8
    return found


def test_wheel_contains_graphs_and_models_of_the_checkout(wheel: zipfile.ZipFile, checkout: Path) -> None:
    for name, file in shipped_files(checkout).items():
        assert wheel.read(name) == file.read_bytes(), name


def test_wheel_is_pure_unless_compiling_is_asked_for(built: Path, checkout: Path) -> None:
    (wheel,) = built.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    spec = importlib.util.spec_from_file_location("hatch_build", checkout / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    assert hook.MODULES and all((checkout / module).is_file() for module in hook.MODULES)
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        assert any(name.endswith("/hatch_build.py") for name in archive.getnames())


def test_wheel_contains_only_the_package(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {
        "mpgraph/py.typed",
        "mpgraph/demo/portrait.jpg",
        "mpgraph/protos/descriptors.binpb",
    } <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    tops = {name.split("/")[0] for name in names}
    assert len(tops) == 2
    assert all(top == "mpgraph" or top.endswith(".dist-info") for top in tops)
    assert not [name for name in names if "__pycache__" in name]
    sizes = {info.filename: info.file_size for info in wheel.infolist()}
    models = sum(size for name, size in sizes.items() if name.endswith(".tflite"))
    assert models < 30_000_000
    assert sum(sizes.values()) - models < 6_000_000


def test_wheel_contains_every_file_of_the_package(wheel: zipfile.ZipFile, checkout: Path) -> None:
    files = [file for file in (checkout / "mpgraph").rglob("*") if file.is_file()]
    wanted = {file.relative_to(checkout).as_posix() for file in files if file.suffix != ".pyc"}
    names = set(wheel.namelist())
    assert {name for name in names if name.startswith("mpgraph/")} == wanted | set(shipped_files(checkout))
    suffixes = {Path(name).suffix for name in names}
    assert {".wgsl", ".js", ".html", ".css", ".proto", ".pyi", ".tmpl", ".tflite", ".pbtxt"} <= suffixes


def test_source_archive_builds_the_same_wheel(built: Path, wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
        members = {Path(name).parts[1] for name in archive.getnames() if len(Path(name).parts) > 1}
    assert ".ci" not in members
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=next(tmp_path.glob("mpgraph-*")), capture_output=True, check=True)
    again = zipfile.ZipFile(next(tmp_path.glob("*.whl")))
    contents = [{info.filename: info.CRC for info in each.infolist()} for each in (wheel, again)]
    assert contents[0] == contents[1]


def test_entry_points(wheel: zipfile.ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    lines = wheel.read(name).decode().splitlines()
    assert "mpgraph = mpgraph.cli:main" in lines
    assert lines[lines.index("[pyinstaller40]") + 1] == "hook-dirs = mpgraph.pyinstaller:hook_folders"


def test_version_of_the_wheel_is_that_of_the_package(built: Path) -> None:
    assert next(built.glob("*.whl")).name.startswith(f"mpgraph-{mpgraph.__version__}-")


def test_source_archive_contains_everything_to_build(built: Path, checkout: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {name.removeprefix("mpgraph/") for name in shipped_files(checkout)}
    assert wanted | {"pyproject.toml", "LICENSE", "README.md"} <= names


def test_installed_package_finds_its_own_files(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from mpgraph.framework import resources\n"
        "print(resources.find_resource('mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite'))\n"
        "print(resources.find_resource('selfie_segmentation_cpu.pbtxt'))\n"
        "print(resources.find_resource('mediapipe/modules/hand_landmark/handedness.txt'))\n"
        "print(resources.model_manifest().find('iris_landmark.tflite').distribution, file=sys.stderr)\n"
        "print(resources.demo_image())\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "site")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    files = [Path(line) for line in done.stdout.splitlines()]
    assert len(files) == 4
    assert done.stderr == "mpgraph-models\n"
    assert all(file.is_relative_to(tmp_path / "site" / "mpgraph") and file.is_file() for file in files)


def test_package_inside_an_archive_says_that_models_must_be_files(built: Path, tmp_path: Path) -> None:
    """A wheel is an archive that Python can import from; graphs without models run."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import mpgraph as mp\n"
        'node = \'calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b"\'\n'
        "text = 'input_stream: \"a\" node { ' + node + ' }'\n"
        "with mp.CalculatorGraph(graph_config=text) as graph: graph.start_run()\n"
        "mp.solutions.selfie_segmentation.SelfieSegmentation()\n"
    )
    wheel = next(built.glob("*.whl"))
    done = subprocess.run(
        [sys.executable, "-c", script, str(wheel)], cwd=tmp_path, capture_output=True, text=True
    )
    last = done.stderr.splitlines()[-1]
    assert f'inside the archive "{wheel}", where its models are not files. Unpack it' in last


def test_stand_in_for_mediapipe_is_a_distribution_of_that_name_too(
    wheel: zipfile.ZipFile, checkout: Path, tmp_path: Path
) -> None:
    """As installed, without a network: pip needs no index for a wheel without its requirements."""
    wheel.extractall(tmp_path / "site")
    hatchling = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(hatchling, cwd=checkout / "tools" / "as_mediapipe", check=True, capture_output=True)
    built = next(tmp_path.glob("mpgraph_as_mediapipe-*.whl"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*pip, str(tmp_path / "site"), str(built)], check=True, capture_output=True)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import importlib.metadata as metadata\n"
        "import mediapipe\n"
        "from mediapipe.python.solutions import face_mesh\n"
        "distribution = metadata.distribution('mediapipe')\n"
        "print(mediapipe.__version__, distribution.version, distribution.read_text('INSTALLER'), end='')\n"
        "print(face_mesh.__name__)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "site")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "0.10.21 0.10.21 mpgraph-as-mediapipe\nmpgraph.solutions.face_mesh\n", done.stderr


def test_demo_image_matches_the_model_card(checkout: Path) -> None:
    card = (checkout / "models" / "README.md").read_text(encoding="utf-8")
    image = (checkout / "mpgraph" / "demo" / "portrait.jpg").read_bytes()
    assert re.findall(r"`([0-9a-f]{64})`", card) == [hashlib.sha256(image).hexdigest()]
    assert f"{len(image):,} bytes" in card
