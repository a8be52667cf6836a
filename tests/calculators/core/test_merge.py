from __future__ import annotations

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.testing import run, t


def test_first_input_wins() -> None:
    runner = run("MergeCalculator").send("", "a1" @ t(1)).send(":1", 10 @ t(1), 20 @ t(2))
    runner.send("", "a3" @ t(3)).close(":1").expect("", "a1" @ t(1), 20 @ t(2), "a3" @ t(3))


def test_input_is_required() -> None:
    with pytest.raises(InvalidArgumentError, match="untagged index 0 is a required input stream"):
        run("MergeCalculator", inputs=[], outputs=[""])
