"""Unknown models run in another process first: once for each model, and never those that are shipped."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.inference import TfliteModel, create_runner, model_trial


@pytest.fixture(autouse=True)
def tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MPGRAPH_TRY_MODELS", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The models that were given to child processes."""
    found: list[bytes] = []
    real = subprocess.run

    def run(command: Any, **options: Any) -> Any:
        found.append(options["input"])
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", run)
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
