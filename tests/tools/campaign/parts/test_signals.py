"""A slice of the campaign over signals: a command ends with 130 and one line, and breaks no output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("command", ["selfie", "run"])
def test_signals_at_random_moments_leave_no_broken_output(campaign: Callable[..., Any], command: str) -> None:
    code, results = campaign("--parts", f"signals:{command}", "--count", "10", "--seed", "11")
    (result,) = results.values()
    assert code == 0, result["findings"] + [result["said"]]
    assert result["kinds"] == {"run": 10}
