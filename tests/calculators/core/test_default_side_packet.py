from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError

TEXT = """
output_stream: "out"
node {
  calculator: "DefaultSidePacketCalculator"
  input_side_packet: "OPTIONAL_VALUE:given"
  input_side_packet: "DEFAULT_VALUE:default"
  output_side_packet: "VALUE:value"
}
node { calculator: "SidePacketToStreamCalculator" input_side_packet: "value" output_stream: "AT_ZERO:out" }
"""


def test_what_is_given_wins(run: Any) -> None:
    assert run(TEXT, side={"given": 1, "default": 2})["out"] == [(0, 1)]


def test_the_default_fills_in(run: Any) -> None:
    assert run(TEXT, side={"default": 2})["out"] == [(0, 2)]


def test_the_default_is_needed(run: Any) -> None:
    with pytest.raises(InvalidArgumentError, match='Side packet "default" is required'):
        run(TEXT, side={"given": 1})
