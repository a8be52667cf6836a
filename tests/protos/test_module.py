"""Messages of mpgraph's pool inside an Any, in text format."""

from __future__ import annotations

import pytest
from google.protobuf import text_format

from mpgraph.protos import POOL, calculator_pb2, flow_limiter_calculator_pb2
from mpgraph.protos.module import let_text_format_search

TEXT = """node { node_options { [type.googleapis.com/mediapipe.FlowLimiterCalculatorOptions] {
  max_in_flight: 7 } } }"""


def test_text_format_reads_options_in_any_without_a_pool_argument() -> None:
    config = text_format.Parse(TEXT, calculator_pb2.CalculatorGraphConfig())
    options = flow_limiter_calculator_pb2.FlowLimiterCalculatorOptions()
    assert config.node[0].node_options[0].Unpack(options)
    assert options.max_in_flight == 7


def test_unknown_types_stay_unknown() -> None:
    with pytest.raises(text_format.ParseError, match=r"mediapipe\.NoSuchOptions"):
        text_format.Parse(
            TEXT.replace("FlowLimiterCalculatorOptions", "NoSuchOptions"),
            calculator_pb2.CalculatorGraphConfig(),
        )


def test_pool_is_added_once() -> None:
    let_text_format_search(POOL)
    before = vars(text_format)["_BuildMessageFromTypeName"]
    let_text_format_search(POOL)
    assert vars(text_format)["_BuildMessageFromTypeName"] is before
