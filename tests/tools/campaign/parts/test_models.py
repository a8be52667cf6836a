"""A slice of the campaign over damaged models: none may end the process or get a traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(240)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("backend", ["litert", "webgpu"])
def test_damaged_models_are_refused_or_run(campaign: Callable[..., Any], backend: str) -> None:
    code, results = campaign("--parts", f"models:{backend}", "--count", "200", "--seed", "3")
    (result,) = results.values()
    assert code == 0, result["findings"] + [result["said"]]
    assert sum(result["kinds"].values()) == 200
    assert min(result["kinds"]["run"], result["kinds"]["refused"]) > 20
