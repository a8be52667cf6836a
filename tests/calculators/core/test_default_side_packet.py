from __future__ import annotations

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.testing import run

NAME = "DefaultSidePacketCalculator"


def test_optional_value_wins() -> None:
    run(NAME, side={"OPTIONAL_VALUE": 1, "DEFAULT_VALUE": 2}).expect_side("VALUE", 1)


def test_default_replaces_a_missing_value() -> None:
    run(NAME, side={"DEFAULT_VALUE": 2}).expect_side("VALUE", 2)


def test_connected_optional_value_may_be_left_out() -> None:
    text = f"""
    node {{
      calculator: "{NAME}"
      input_side_packet: "OPTIONAL_VALUE:given"
      input_side_packet: "DEFAULT_VALUE:default"
      output_side_packet: "VALUE:value"
    }}
    """
    run(text, side={"default": 2}).expect_side("value", 2)


def test_default_is_required() -> None:
    with pytest.raises(InvalidArgumentError, match='Side packet "default_value" is required'):
        run(NAME, side={"OPTIONAL_VALUE": 1}).expect_side("VALUE", 1)
