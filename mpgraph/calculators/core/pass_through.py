"""PassThroughCalculator: forward every packet unchanged."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import copy_headers
from mpgraph.framework import calculator_framework as mp


@mp.register
class PassThroughCalculator(mp.Calculator):
    """Forwards each packet to the output with the same tag and index, at its own time.

    Headers, bounds and side packets are forwarded too.
    """

    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Inputs and outputs have the same tags and indexes; so have side packets, if any is an output."""
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

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._is_single = len(cc.packets) == 1
        copy_headers(cc)
        if cc.side_outputs:
            for slot, packet in zip(cc.side_outputs, cc.side_packets, strict=True):
                slot.add_packet(packet)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        # Appends to the shards directly: the runtime has checked these packets already, as inputs.
        if self._is_single:
            packet = cc.packets[0]
            if packet._type is not None:
                cc.outputs[0].packets.append(packet)
            return
        outputs = cc.outputs
        for i, packet in enumerate(cc.packets):
            if packet._type is not None:
                outputs[i].packets.append(packet)
