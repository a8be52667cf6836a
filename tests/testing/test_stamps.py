"""`value @ t(time)`."""

from __future__ import annotations

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import at, t


def test_both_spellings() -> None:
    assert 2 @ t(10) == at(10, 2)
    assert repr("x" @ t(Timestamp.PRESTREAM)) == "'x' @ t(PRESTREAM)"
    assert repr(t(3)) == "t(3)"


def test_arrays_take_a_time_as_a_whole() -> None:
    array = np.eye(3)
    assert (array @ t(5)).value is array
    assert (np.float32(2) @ t(5)).value == 2


@pytest.mark.parametrize("time", [0.5, "0", None])
def test_other_times(time: object) -> None:
    with pytest.raises(TypeError, match="microseconds"):
        t(time)  # type: ignore[arg-type]


def test_a_second_time_and_special_numbers() -> None:
    with pytest.raises(TypeError, match="has a time already"):
        at(1, 2 @ t(3))
    with pytest.raises(InvalidArgumentError, match="special value"):
        t(2**63 - 1)
