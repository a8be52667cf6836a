"""Unknown models run in another process first: once for each model, and never those that are shipped."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.inference import TfliteModel, create_runner, load_model, model_trial


@pytest.fixture(autouse=True)
def tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MPGRAPH_TRY_MODELS", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The models that were given to child processes."""
    found: list[bytes] = []
    real = subprocess.Popen

    def start(command: Any, **options: Any) -> Any:
        found.append(options["stdin"].read())
        options["stdin"].seek(0)
        return real(command, **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    return found


def crashing(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(model_trial, "_CHILD", program)


def test_a_model_is_tried_once(doubler: TfliteModel, backend: str, starts: list[bytes]) -> None:
    for _ in range(2):
        with create_runner(doubler, backend=backend) as runner:
            (out,) = runner.run([np.ones((1, 3), np.float32)])
        assert out.tolist() == [[2, 2, 2]]
    assert starts == [doubler.data]


def test_shipped_models_are_not_tried(selfie_model: TfliteModel, backend: str, starts: list[bytes]) -> None:
    create_runner(selfie_model, backend=backend).close()
    assert starts == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_a_model_that_ends_the_child_is_refused_now_and_later(
    doubler: TfliteModel, backend: str, monkeypatch: pytest.MonkeyPatch, starts: list[bytes]
) -> None:
    crashing(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    for _ in range(2):
        with pytest.raises(InvalidArgumentError, match=r"doubler.*SIGSEGV.*--trust-model"):
            create_runner(doubler, backend=backend)
    assert len(starts) == 1
    monkeypatch.setenv("MPGRAPH_TRY_MODELS", "0")
    create_runner(doubler, backend=backend).close()


def test_a_model_that_takes_too_long_is_refused_and_tried_again(
    doubler: TfliteModel, backend: str, monkeypatch: pytest.MonkeyPatch, starts: list[bytes]
) -> None:
    monkeypatch.setattr(model_trial, "LIMIT_S", 0.3)
    crashing(monkeypatch, "import time; time.sleep(60)")
    for _ in range(2):
        with pytest.raises(InvalidArgumentError, match="took more than 0.3 s"):
            create_runner(doubler, backend=backend)
    assert len(starts) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux can the memory of another process be read")
def test_a_model_that_takes_too_much_memory_is_refused_now_and_later(
    doubler: TfliteModel, backend: str, monkeypatch: pytest.MonkeyPatch, starts: list[bytes]
) -> None:
    monkeypatch.setattr(model_trial, "LIMIT_MB", 100)
    crashing(monkeypatch, "import time; taken = b'1' * 200_000_000; time.sleep(60)")
    for _ in range(2):
        with pytest.raises(InvalidArgumentError, match="took more than 100 MB"):
            create_runner(doubler, backend=backend)
    assert len(starts) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_verdicts_are_private(doubler: TfliteModel, backend: str, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_runner(doubler, backend=backend).close()
    finally:
        os.umask(before)
    made = [*(tmp_path / "cache").rglob("*")]
    assert any(path.is_file() for path in made)
    assert [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def write_known(builder: Any, kind: str) -> bytes:
    """A model that is valid as far as it can be checked, and ends OpenVINO, or takes 8 GB or many seconds."""
    if kind == "index":
        x, y = builder.tensor("x", [4, 4]), builder.tensor("y", [1])
        indices = builder.constant("indices", np.array([[1 << 30, 1 << 30]], np.int32))
        builder.operator("GATHER_ND", [x, indices], [y], options_type=83, options={})
        return bytes(builder.build([x], [y]))
    if kind == "work":
        tensors = [builder.tensor(f"x{number}", [1, 2048, 2048]) for number in range(60)]
        for x, y in pairwise(tensors):
            builder.operator("BATCH_MATMUL", [x, x], [y], options_type=101, options={})
        return bytes(builder.build(tensors[:1], tensors[-1:]))
    size, value = builder.tensor("size", [2], np.int32), builder.tensor("value", [])
    large, y = builder.tensor("large", [2], np.int32), builder.tensor("y", [1, 1])
    added = builder.constant("added", np.array([1 << 16, 1 << 15], np.int32))
    builder.operator("ADD", [size, added], [large], options_type=11, options={})
    builder.operator("FILL", [large, value], [y], options_type=94, options={})
    return bytes(builder.build([size, value], [y]))


@pytest.mark.skipif(sys.platform != "linux", reason="what ends the backends differs with the system")
@pytest.mark.parametrize(
    ("kind", "backend", "message"),
    [
        ("index", "openvino", r"with openvino, ended it \(SIG(SEGV|BUS|ABRT)\)"),
        ("work", "litert", "with litert, took more than 1 s of processor time"),
        ("size", "litert", "with litert, took more than 500 MB"),
        ("size", "openvino", "with openvino, took more than 500 MB"),
    ],
)
def test_models_that_are_known_to_do_harm_are_refused(
    builder: Any, kind: str, backend: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip({"litert": "ai_edge_litert"}.get(backend, backend))
    monkeypatch.setattr(model_trial, "PROCESSOR_S", 1 if kind == "work" else 30)
    monkeypatch.setattr(model_trial, "LIMIT_MB", 500)
    model = load_model(write_known(builder, kind), origin="known")
    with pytest.raises(InvalidArgumentError, match=message):
        create_runner(model, backend=backend)
