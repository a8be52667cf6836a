"""A slice of the campaign over mutated texts: mpgraph and protobuf accept the same ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(240)


def test_mutated_texts_are_accepted_by_both_or_none(campaign: Callable[..., Any]) -> None:
    code, results = campaign("--parts", "texts", "--count", "2000", "--seed", "5")
    assert code == 0, results["texts"]["findings"]
    kinds = results["texts"]["kinds"]
    assert sum(kinds.values()) == 2000 and min(kinds["run"], kinds["refused"]) > 200
