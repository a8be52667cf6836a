from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import InferenceError
from mpgraph.inference import TfliteModel, blob_cache, create_runner, idle_runners, load_model

Floats = npt.NDArray[np.float32]


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder of compiled models, empty at first and used for each runner."""
    monkeypatch.setattr(idle_runners, "_MOST", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "mpgraph" / "openvino"


def mask(model: TfliteModel, face: Floats) -> Floats:
    with create_runner(model, backend="openvino", num_threads=1) as runner:
        return np.asarray(runner.run([face])[0])


def test_openvinos_telemetry_is_not_loaded() -> None:
    code = """
import sys
from mpgraph import inference
from mpgraph.framework import resources
model = (resources.shipped_models() / "selfie_segmentation.tflite").read_bytes()
inference.create_runner(inference.load_model(model, origin="m"), backend="openvino")
unwanted = "openvino_telemetry", "urllib.request", "openvino.tools.ovc"
print([name for name in unwanted if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_compiled_model_is_cached(compiled: Path, selfie_model: TfliteModel, face: Floats) -> None:
    first = mask(selfie_model, face)
    (file,) = compiled.iterdir()
    written = file.stat().st_mtime_ns
    np.testing.assert_array_equal(mask(selfie_model, face), first)
    assert file.stat().st_mtime_ns == written and list(compiled.iterdir()) == [file]


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of models that are compiled and stored, in order."""
    keys: list[str] = []
    store = blob_cache.store

    def recording(kind: str, key: str, data: bytes) -> None:
        keys.append(key)
        store(kind, key, data)

    monkeypatch.setattr(blob_cache, "store", recording)
    return keys


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-9], lambda data: b"x" * len(data)])
def test_damaged_cache_entry_is_rebuilt(
    compiled: Path,
    stored: list[str],
    selfie_model: TfliteModel,
    face: Floats,
    damage: Callable[[bytes], bytes],
) -> None:
    first = mask(selfie_model, face)
    (file,) = compiled.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert stored == [file.name]
    np.testing.assert_array_equal(mask(selfie_model, face), first)
    assert stored == [file.name] * 2  # Compiled again,
    np.testing.assert_array_equal(mask(selfie_model, face), first)
    assert stored == [file.name] * 2  # and loaded.


def test_cache_entry_that_openvino_rejects_is_rebuilt(
    compiled: Path, stored: list[str], general_model: TfliteModel
) -> None:
    create_runner(general_model, backend="openvino").close()
    (file,) = compiled.iterdir()
    blob_cache.store("openvino", file.name, b"undamaged, but not a compiled model")
    stored.clear()
    for _ in range(2):
        create_runner(general_model, backend="openvino").close()
    assert stored == [file.name]


def test_settings_have_cache_entries_of_their_own(compiled: Path, general_model: TfliteModel) -> None:
    for threads, loss in ((1, False), (2, False), (1, True)):
        with create_runner(general_model, backend="openvino", num_threads=threads, allow_precision_loss=loss):
            pass
    assert len(list(compiled.iterdir())) == 3


def test_less_precision_has_similar_results(selfie_model: TfliteModel, face: Floats) -> None:
    with create_runner(selfie_model, backend="openvino", allow_precision_loss=True) as runner:
        (rough,) = runner.run([face])
    assert np.abs(rough - mask(selfie_model, face)).mean() < 0.01


def test_unsupported_operator_is_reported_in_one_sentence(builder: Any) -> None:
    x, y = builder.tensor("x", [1]), builder.tensor("y", [1])
    builder.operator("Nonsense", [x], [y])
    model = load_model(builder.build([x], [y]), origin="m")
    with pytest.raises(InferenceError, match="openvino: No translator found for Nonsense node.$"):
        create_runner(model, backend="openvino")
