"""Calculators that route, pace and combine packets of any type."""

from __future__ import annotations

CALCULATORS = {
    "ConstantSidePacketCalculator": "constant_side_packet",
    "FlowLimiterCalculator": "flow_limiter",
    "PacketSequencerCalculator": "packet_sequencer",
    "PassThroughCalculator": "pass_through",
    "SwitchDemuxCalculator": "switch_demux",
    "SwitchMuxCalculator": "switch_mux",
}

SUBGRAPHS = {"SwitchContainer": "switch_container"}
