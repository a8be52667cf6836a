"""A slice of the campaign over random graphs: `mpgraph check` and the runtime agree on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(240)


def test_what_check_accepts_starts_and_what_it_refuses_does_not(campaign: Callable[..., Any]) -> None:
    code, results = campaign("--parts", "configs", "--count", "1000", "--seed", "9")
    assert code == 0, results["configs"]["findings"]
    kinds = results["configs"]["kinds"]
    assert sum(kinds.values()) == 1000 and kinds["run"] > 100
