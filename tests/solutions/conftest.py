"""The backends that are installed here, one after the other."""

from __future__ import annotations

import pytest

from mpgraph.inference import backends
from mpgraph.inference.backend import BACKEND_VARIABLE

AVAILABLE = [status.name for status in backends() if status.available]


@pytest.fixture(params=AVAILABLE)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run solutions of this test on each installed backend in turn."""
    monkeypatch.setenv(BACKEND_VARIABLE, request.param)
    return str(request.param)
