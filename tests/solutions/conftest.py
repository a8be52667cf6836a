from __future__ import annotations

import pytest
from landmark_images import Pixels

from mpgraph.inference.backend import BACKEND_VARIABLE


@pytest.fixture
def backend(backend: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each installed backend in turn, which the solutions of the test use."""
    monkeypatch.setenv(BACKEND_VARIABLE, backend)
    return backend


@pytest.fixture(scope="module")
def image(portrait: Pixels) -> Pixels:
    """The shipped image, writable."""
    return portrait.copy()
