"""A slice of the campaign over damaged recordings: `mpgraph replay` expects all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(240)


def test_no_damaged_recording_is_unexpected(campaign: Callable[..., Any]) -> None:
    code, results = campaign("--parts", "recordings", "--count", "500", "--seed", "17")
    assert code == 0, results["recordings"]["findings"]
    kinds = results["recordings"]["kinds"]
    assert sum(kinds.values()) == 500 and kinds["refused"] > 200
