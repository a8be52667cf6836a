"""Isolated settings for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.inference.backend import BACKEND_VARIABLE


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def isolated_settings(monkeypatch: pytest.MonkeyPatch, cache_folder: Path) -> None:
    """Keep tests independent of the user's backend and cache."""
    monkeypatch.delenv(BACKEND_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder))
