"""PassThroughCalculator: every packet goes out as it came in."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.registry import register


@register
class PassThroughCalculator(Calculator):
    """Sends each input packet, at its own time, out of the output with the same tag and index.

    Inputs and outputs must have the same tags and counts; so must input and output side packets,
    if there are output side packets. Headers and side packets are passed on too.
    """

    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Let every output carry what the matching input carries."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.tags.same_ports(contract.outputs.tags),
            "Input and output streams to PassThroughCalculator must use matching tags and indexes.",
        )
        for source, target in zip(contract.inputs, contract.outputs, strict=True):
            target.set_same_as(source.set_any())
        for source in contract.side_inputs:
            source.set_any()
        if not len(contract.side_outputs):
            return
        contract.need(
            contract.side_inputs.tags.same_ports(contract.side_outputs.tags),
            "Input and output side packets to PassThroughCalculator must use matching tags and indexes.",
        )
        for source, target in zip(contract.side_inputs, contract.side_outputs, strict=True):
            target.set_same_as(source)

    def open(self, cc: CalculatorContext) -> None:
        """Pass headers and side packets on."""
        self._is_single = len(cc.packets) == 1
        for shard, header in zip(cc.outputs, cc.headers, strict=True):
            if not header.is_empty():
                shard.set_header(header)
        if cc.side_outputs:
            for slot, packet in zip(cc.side_outputs, cc.side_packets, strict=True):
                slot.add_packet(packet)

    def process(self, cc: CalculatorContext) -> None:
        """Pass packets on. The shards' own checks are left out: the inputs were checked the same way."""
        if self._is_single:
            packet = cc.packets[0]
            if packet._type is not None:
                cc.outputs[0].packets.append(packet)
            return
        outputs = cc.outputs
        for i, packet in enumerate(cc.packets):
            if packet._type is not None:
                outputs[i].packets.append(packet)
