"""ProtoOptions, by name and by class."""

from __future__ import annotations

from typing import Any

import pytest

import mpgraph as mp
from mpgraph.errors import InvalidArgumentError
from mpgraph.protos import flow_limiter_calculator_pb2, gate_calculator_pb2


def test_message_may_be_given_by_name_or_class() -> None:
    message = gate_calculator_pb2.GateCalculatorOptions
    by_name, by_class = mp.ProtoOptions("GateCalculatorOptions"), mp.ProtoOptions(message)
    assert by_name.message_class() is by_class.message_class() is message
    assert by_name.full_name == by_class.full_name == "mediapipe.GateCalculatorOptions"
    assert repr(by_class) == "ProtoOptions('GateCalculatorOptions')"


@pytest.mark.parametrize(
    "options",
    [mp.ProtoOptions("GateCalculatorOptions"), mp.ProtoOptions(gate_calculator_pb2.GateCalculatorOptions)],
)
def test_context_gives_the_options_with_their_type(options: mp.ProtoOptions[Any]) -> None:
    read: list[object] = []

    class Reader(mp.Calculator):
        Options = options

        def open(self, cc: mp.CalculatorContext) -> None:
            read.append(cc.options_as(options).allow)
            with pytest.raises(InvalidArgumentError, match=r"not a FlowLimiterCalculatorOptions.*options_as"):
                cc.options_as(flow_limiter_calculator_pb2.FlowLimiterCalculatorOptions)

        def process(self, cc: mp.CalculatorContext) -> object:
            return mp.STOP

    mp.testing.run(Reader, options={"allow": True}).finish()
    assert read == [True]
