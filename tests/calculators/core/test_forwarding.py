from __future__ import annotations

import pytest

from mpgraph.testing import run


@pytest.mark.parametrize(
    ("name", "inputs", "output"),
    [
        ("PassThroughCalculator", [""], ""),
        ("FlowLimiterCalculator", ["", "FINISHED"], ""),
        ("GateCalculator", ["", "ALLOW"], ""),
        ("PacketClonerCalculator", ["", "TICK"], ""),
        ("PacketThinnerCalculator", [""], ""),
        ("PacketResamplerCalculator", [""], ""),
        ("PreviousLoopbackCalculator", ["LOOP", "MAIN"], "PREV_LOOP"),
        ("SwitchDemuxCalculator", ["A"], "C0__A"),
    ],
)
def test_calculators_that_forward_packets_forward_the_header(
    name: str, inputs: list[str], output: str
) -> None:
    options = {"frame_rate": 30, "output_header": "PASS_HEADER"} if "Resampler" in name else None
    runner = run(name, options, inputs=inputs, outputs=[output], headers={inputs[0]: "header"})
    runner.expect_header(output, "header")
