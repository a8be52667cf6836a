from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from mpgraph import resources
from mpgraph.cli.diagnosis import MODEL_SHA256


def test_a_healthy_machine(cli: Any) -> None:
    code, out, err = cli("doctor")
    assert (code, err) == (0, "")
    topics = [line.split()[1] for line in out.splitlines()]
    for topic in ("mpgraph", "Python", "needed", "inference", "video", "display", "GPU", "models", "trial"):
        assert topic in topics
    assert "litert" in out and "in use" in out
    assert "54 % of it is a person" in out
    assert not [line for line in out.splitlines() if line.startswith("!!")]


def test_quick_leaves_the_network_alone(cli: Any) -> None:
    lines = cli("doctor", "--quick").out.splitlines()
    checks = {line.split()[1] for line in lines if line.startswith(("ok", "--", "!!"))}
    assert "models" in checks and "trial" not in checks


def test_a_backend_that_is_not_there_is_the_end(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPGRAPH_INFERENCE_BACKEND", "lightning")
    code, out, _ = cli("doctor")
    assert code == 1
    assert "!!  inference" in out and "!!  trial" in out


def test_another_model_in_the_way_is_told(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "mediapipe" / "modules" / "selfie_segmentation" / "selfie_segmentation.tflite"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"something else")
    monkeypatch.setenv(resources.RESOURCE_PATH_VARIABLE, str(tmp_path))
    code, out, _ = cli("doctor", "--quick")
    assert code == 0
    assert f"sha256 differs from the published one: {other}" in out


def test_the_published_models_are_the_shipped_ones() -> None:
    for name, expected in MODEL_SHA256.items():
        assert hashlib.sha256((resources.shipped_models() / name).read_bytes()).hexdigest() == expected
