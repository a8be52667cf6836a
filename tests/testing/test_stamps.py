"""`value @ t(time)` and `at(time, value)`."""

from __future__ import annotations

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import at, t


def test_operator_and_function() -> None:
    assert 2 @ t(10) == at(10, 2)
    assert repr("x" @ t(Timestamp.PRESTREAM)) == "'x' @ t(PRESTREAM)"
    assert repr(t(3)) == "t(3)"


def test_array_gets_one_time() -> None:
    array = np.eye(3)
    assert (array @ t(5)).value is array
    assert (np.float32(2) @ t(5)).value == 2


@pytest.mark.parametrize("time", [0.5, "0", None])
def test_invalid_times(time: object) -> None:
    with pytest.raises(TypeError, match="microseconds"):
        t(time)  # type: ignore[arg-type]


def test_second_time_and_special_values_are_refused() -> None:
    with pytest.raises(TypeError, match="has a time already"):
        at(1, 2 @ t(3))
    with pytest.raises(InvalidArgumentError, match="special value"):
        t(2**63 - 1)
