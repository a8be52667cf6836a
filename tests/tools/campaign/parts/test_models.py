"""A slice of the campaign over damaged models: none may end the process or get a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize(
    ("backend", "count", "seed"),
    [*(("litert", 500, seed) for seed in (3, 4, 5, 6)), ("webgpu", 200, 3)],
)
def test_damaged_models_are_refused_or_run(
    campaign: Callable[..., Any], backend: str, count: int, seed: int
) -> None:
    code, results = campaign("--parts", f"models:{backend}", "--count", str(count), "--seed", str(seed))
    (result,) = results.values()
    assert code == 0, result["findings"] + [result["said"]]
    assert sum(result["kinds"].values()) == count
    assert min(result["kinds"]["run"], result["kinds"]["refused"]) > 20
