"""Building the wheel mpgraph-models from verified files; the archives are fakes, nothing is downloaded."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mpgraph.framework.model_manifest import ModelManifest, ModelSource, read_manifest

OWN, HEAVY, PACKED = (name.encode() * 20 for name in ("own", "heavy", "packed"))
CONTENT = {"own.tflite": OWN, "heavy.tflite": HEAVY, "packed.tflite": PACKED}


@pytest.fixture(scope="module")
def build(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_models", checkout / "tools" / "models" / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder like models/ with three files that are not real models."""
    folder = tmp_path / "models"
    folder.mkdir()
    entries: list[dict[str, Any]] = [
        entry("own.tflite", "mpgraph", "fake", "fake/own.tflite"),
        entry("heavy.tflite", "mpgraph-models", "@fake/web", "package/heavy.tflite"),
        entry("packed.tflite", "mpgraph-models", "@fake/web", "package/assets.data", byte_range=[3, 123]),
    ]
    sources = {
        "fake": {"client": "pip", "version": "1.0", "archive": "fake-1.0-cp311-cp311-linux_x86_64.whl"},
        "@fake/web": {"client": "npm", "version": "2.0", "archive": "fake-web-2.0.tgz"},
    }
    commands = {"mpgraph": {"install": "pip install mpgraph"}, "mpgraph-models": {"install": "pip ..."}}
    content = {"sources": sources, "distributions": commands, "models": entries}
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "README.md").write_text("cards", encoding="utf-8")
    return folder


def entry(file: str, distribution: str, source: str, path: str, **more: Any) -> dict[str, Any]:
    data = CONTENT[file]
    return {
        "name": file.removesuffix(".tflite"),
        "file": file,
        "distribution": distribution,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": "Apache-2.0",
        "purpose": "A test.",
        "source": source,
        "path": path,
        "mediapipe_path": f"mediapipe/modules/test/{file}",
        "inputs": [],
        "outputs": [],
        **more,
    }


@pytest.fixture
def manifest(models: Path) -> ModelManifest:
    return read_manifest(models / "manifest.json")


class FakeDownload:
    """Writes archives like those of pip and npm, and remembers what was requested."""

    def __init__(self, heavy: bytes = HEAVY) -> None:
        self.requested: list[str] = []
        self.heavy = heavy

    def __call__(self, source: ModelSource, folder: Path) -> None:
        self.requested.append(source.requirement)
        archive = folder / source.archive
        if source.client == "pip":
            with zipfile.ZipFile(archive, "w") as wheel:
                wheel.writestr("fake/own.tflite", OWN)
            return
        with tarfile.open(archive, "w:gz") as tar:
            for name, data in (("heavy.tflite", self.heavy), ("assets.data", b"abc" + PACKED + b"z")):
                info = tarfile.TarInfo(f"package/{name}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))


def test_wheel_holds_the_verified_files_of_its_distribution(
    build: ModuleType, manifest: ModelManifest, models: Path, tmp_path: Path, checkout: Path
) -> None:
    download = FakeDownload()
    archives = build.Archives(tmp_path / "archives", download)
    path = build.build_wheel(manifest, archives, tmp_path / "out" / "dist", models)
    assert path.parent == tmp_path / "out" / "dist"
    assert download.requested == ["@fake/web@2.0"]
    with zipfile.ZipFile(path) as wheel:
        held = {name: wheel.read(name) for name in wheel.namelist()}
    info = next(name for name in held if name.endswith("/METADATA")).removesuffix("METADATA")
    assert {name for name in held if not name.startswith(info)} == {
        f"mpgraph_models/{name}"
        for name in ("__init__.py", "MODELS.md", "manifest.json", "heavy.tflite", "packed.tflite")
    }
    assert held["mpgraph_models/heavy.tflite"] == HEAVY
    assert held["mpgraph_models/packed.tflite"] == PACKED
    assert held["mpgraph_models/MODELS.md"] == b"cards"
    assert held[f"{info}licenses/LICENSE"] == (checkout / "LICENSE").read_bytes()
    metadata = held[f"{info}METADATA"].decode()
    assert "\nName: mpgraph-models\n" in metadata and "Requires-Dist" not in metadata


def test_mpgraph_finds_the_models_of_a_built_wheel(
    build: ModuleType, manifest: ModelManifest, models: Path, tmp_path: Path, checkout: Path
) -> None:
    archives = build.Archives(tmp_path / "archives", FakeDownload())
    path = build.build_wheel(manifest, archives, tmp_path, models)
    zipfile.ZipFile(path).extractall(tmp_path / "site")
    script = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from mpgraph.framework.resources import find_resource\n"
        "print(find_resource('mediapipe/modules/test/heavy.tflite'))\n"
        "print('mpgraph_models' in sys.modules)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "site"), str(checkout)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [str(tmp_path / "site/mpgraph_models/heavy.tflite"), "False"]


def test_update_writes_the_files_that_mpgraph_ships(
    build: ModuleType, manifest: ModelManifest, tmp_path: Path
) -> None:
    folder = tmp_path / "written"
    folder.mkdir()
    build.update(manifest, build.Archives(tmp_path, FakeDownload()), folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {"own.tflite": OWN}


def test_archives_that_are_there_are_used(build: ModuleType, manifest: ModelManifest, tmp_path: Path) -> None:
    download = FakeDownload()
    for _ in range(2):
        archives = build.Archives(tmp_path, download)
        assert [archives.read(model) for model in manifest.models] == [OWN, HEAVY, PACKED]
    assert download.requested == ["fake==1.0", "@fake/web@2.0"]


@pytest.mark.parametrize(
    ("heavy", "problem"),
    [(b"short", "has 5 bytes, the manifest says 100"), (b"x" * 100, "has sha256 .*, not ")],
)
def test_changed_file_stops_the_build(
    build: ModuleType, manifest: ModelManifest, tmp_path: Path, models: Path, heavy: bytes, problem: str
) -> None:
    archives = build.Archives(tmp_path / "archives", FakeDownload(heavy))
    with pytest.raises(build.ModelError, match=f"@fake/web@2.0, .*: heavy.tflite {problem}"):
        build.build_wheel(manifest, archives, tmp_path / "out", models)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "problem"), [(b"", "cannot read"), (b"not an archive", "cannot read"), (None, "but not as")]
)
def test_archives_that_cannot_be_read_are_reported(
    build: ModuleType, manifest: ModelManifest, tmp_path: Path, content: bytes | None, problem: str
) -> None:
    def download(source: ModelSource, folder: Path) -> None:
        if content is not None:
            (folder / source.archive).write_bytes(content)

    for model in manifest.models:
        with pytest.raises(build.ModelError, match=problem):
            build.Archives(tmp_path, download).read(model)


@pytest.mark.parametrize("cut", [15, 60, 100])
def test_truncated_archives_are_reported(
    build: ModuleType, manifest: ModelManifest, tmp_path: Path, cut: int
) -> None:
    def download(source: ModelSource, folder: Path) -> None:
        FakeDownload()(source, folder)
        archive = folder / source.archive
        archive.write_bytes(archive.read_bytes()[:cut])

    with pytest.raises(build.ModelError, match="cannot read"):
        build.Archives(tmp_path, download).read(manifest.models[1])


def test_file_that_the_archive_lacks_is_reported(
    build: ModuleType, manifest: ModelManifest, tmp_path: Path
) -> None:
    own = manifest.models[0]
    with zipfile.ZipFile(tmp_path / own.source.archive, "w") as wheel:
        wheel.writestr("fake/other.tflite", b"")
    with pytest.raises(build.ModelError, match="has no fake/own.tflite"):
        build.Archives(tmp_path, FakeDownload()).read(own)


def test_downloads_use_the_client_and_the_exact_version(
    build: ModuleType, manifest: ModelManifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 1, "", "no network")

    monkeypatch.setattr(build.subprocess, "run", run)
    for model in manifest.models[:2]:
        with pytest.raises(build.ModelError, match="cannot download .*:\nno network"):
            build.download(model.source, tmp_path)
    pip, npm = commands
    assert pip[1:4] == ["-m", "pip", "download"] and pip[-1] == "fake==1.0"
    assert pip[pip.index("--platform") + 1] == "linux_x86_64" and pip[pip.index("--abi") + 1] == "cp311"
    assert npm == ["npm", "pack", "@fake/web@2.0", "--pack-destination", str(tmp_path)]


def test_missing_client_is_reported(
    build: ModuleType, manifest: ModelManifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(build.ModelError, match="npm is not installed"):
        build.download(manifest.models[1].source, tmp_path)


def test_check_reports_missing_changed_and_unknown_files(
    build: ModuleType, manifest: ModelManifest, models: Path
) -> None:
    assert list(build.problems(manifest, models)) == ["own.tflite is missing"]
    (models / "own.tflite").write_bytes(OWN[:-1])
    (models / "other.tflite").write_bytes(b"")
    unknown, changed = build.problems(manifest, models)
    assert unknown == "other.tflite is not in the manifest's list of mpgraph"
    assert changed == "own.tflite has 59 bytes, the manifest says 60"
    (models / "own.tflite").write_bytes(OWN)
    (models / "other.tflite").unlink()
    (damaged,) = build.problems(manifest, models)
    assert "damaged or not a .tflite file" in damaged


def test_check_passes_for_the_committed_models(build: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["check"]) == 0
    assert "14 models" in capsys.readouterr().out


def test_check_compares_tensors(build: ModuleType, checkout: Path, tmp_path: Path) -> None:
    text = (checkout / "models" / "manifest.json").read_text(encoding="utf-8")
    assert text.count('"regressors"') == 1
    (tmp_path / "manifest.json").write_text(text.replace('"regressors"', '"boxes"'), encoding="utf-8")
    manifest = read_manifest(tmp_path / "manifest.json")
    (problem,) = build.problems(manifest, checkout / "models")
    assert problem.startswith("face_detection_short_range.tflite has the outputs") and "'boxes'" in problem
