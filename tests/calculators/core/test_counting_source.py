from __future__ import annotations

import pytest

from mpgraph.errors import InternalError, NotFoundError
from mpgraph.testing import CalculatorRunner, run, t


def count(**side: int | bool) -> CalculatorRunner:
    return run("CountingSourceCalculator", side={tag.upper(): value for tag, value in side.items()})


def test_each_number_is_its_own_time() -> None:
    count(max_count=3).expect("", 0 @ t(0), 1 @ t(1), 2 @ t(2)).expect_closed()
    count(max_count=0).expect_nothing().expect_closed()


def test_start_step_and_batch_size() -> None:
    runner = count(max_count=2, batch_size=2, initial_value=5, increment=10)
    runner.expect("", *(n @ t(n) for n in (5, 15, 25, 35)))


def test_errors_on_request() -> None:
    count(error_count=2).expect_error("expected error", InternalError)
    count(max_count=2, error_on_open=True).expect_error("expected error", NotFoundError)


@pytest.mark.parametrize("side", [{"max_count": -1}, {"max_count": 1, "increment": 0}])
def test_numbers_below_the_least_are_refused(side: dict[str, int]) -> None:
    count(**side).expect_error("less than", InternalError)


def test_source_must_end() -> None:
    with pytest.raises(InternalError, match="MAX_COUNT or ERROR_COUNT"):
        count()
