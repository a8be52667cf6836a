"""mpgraph and a plain interpreter of the semantics agree on random graphs, however the threads are scheduled.

MPGRAPH_EXAMPLES sets the number of graphs (default 150).
"""

from __future__ import annotations

import os
import sys
from random import Random
from typing import Any

import pytest
from comparison import differences
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_graphs import make_plan
from reference_graph import graph_text

EXAMPLES = int(os.environ.get("MPGRAPH_EXAMPLES", "150"))


@pytest.fixture(autouse=True)
def quick_switches() -> Any:
    """Switch threads every 50 microseconds instead of every 5 milliseconds."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.timeout(0 if EXAMPLES > 1000 else 120)
@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize("stepwise", [True, False], ids=["stepwise", "at once"])
@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES <= 150,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_random_graphs(seed: int, threads: int, stepwise: bool) -> None:
    plan = make_plan(Random(seed))
    found = differences(plan, threads, stepwise)
    assert not found, "\n".join([*found, str(plan.events), graph_text(plan, threads)])
