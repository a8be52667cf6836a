from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from mpgraph.inference.backend import BACKEND_VARIABLE

BUILD = "python tools/models/build.py wheel --out dist && pip install dist/mpgraph_models-*.whl"


@pytest.fixture
def backend(backend: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each installed backend in turn, which the solutions of the test use."""
    monkeypatch.setenv(BACKEND_VARIABLE, backend)
    return backend


@pytest.fixture
def models_package() -> None:
    """Skips a test without mpgraph-models; with MPGRAPH_TEST_MODELS, as in .ci/run, fails it."""
    if find_spec("mpgraph_models") is None:
        stop = pytest.fail if os.environ.get("MPGRAPH_TEST_MODELS") else pytest.skip
        stop(f"needs the package mpgraph-models: {BUILD}")
