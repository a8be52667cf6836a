"""The backends that are installed here, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.inference import backends
from mpgraph.inference.backend import BACKEND_VARIABLE

AVAILABLE = [status.name for status in backends() if status.available]


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, cache_folder: Path) -> None:
    """No test depends on the user's backend or touches the user's cache."""
    monkeypatch.delenv(BACKEND_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder))


@pytest.fixture(params=AVAILABLE)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run solutions of this test on each installed backend in turn."""
    monkeypatch.setenv(BACKEND_VARIABLE, request.param)
    return str(request.param)
