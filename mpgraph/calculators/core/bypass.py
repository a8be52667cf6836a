"""BypassCalculator: replace a part of a graph that is switched off."""

from __future__ import annotations

from typing import Any

from mpgraph.errors import InvalidArgumentError, did_you_mean, ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.tags import TagMap, parse_tag_index


@mp.register
class BypassCalculator(mp.Calculator):
    """Drops its inputs and settles its outputs, except for the streams that its options forward.

    The ports are arbitrary. The input named by the i-th `pass_input_stream` of the options (TAG or
    TAG:index) is forwarded to the output named by the i-th `pass_output_stream`.

    Useful as a contained node of a SwitchContainer. The outputs close with the node.
    """

    Options = mp.ProtoOptions("BypassCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`pass_input_stream` and `pass_output_stream` name as many ports, all of which are connected."""
        super().get_contract(contract)
        for specs in (contract.inputs, contract.outputs, contract.side_inputs):
            for spec in specs:
                spec.set_any()
        passed = _passed(contract.options, contract.inputs.tags, contract.outputs.tags)
        for target, source in passed.items():
            contract.outputs[target].set_same_as(contract.inputs[source])

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._passed = _passed(cc.options, cc.input_tags, cc.output_tags)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        for i, shard in enumerate(cc.outputs):
            if i not in self._passed:
                shard.set_next_timestamp_bound(max(shard.next_bound(), ts.next_allowed(cc.t)))
                continue
            packet = cc.packets[self._passed[i]]
            if packet._t == cc.t:
                shard.add_packet(packet)

    @mp.override
    def close(self, cc: mp.CalculatorContext) -> None:
        for shard in cc.outputs:
            shard.close()


def _passed(options: Any, inputs: TagMap, outputs: TagMap) -> dict[int, int]:
    """The position of the input that each forwarded output takes its packets from, by its own position."""
    sources, targets = options.pass_input_stream, options.pass_output_stream
    ret_check(
        len(sources) == len(targets),
        f"there are {len(sources)} pass_input_stream and {len(targets)} pass_output_stream; they form pairs.",
    )
    return {
        _position(outputs, target, "output"): _position(inputs, source, "input")
        for source, target in zip(sources, targets, strict=True)
    }


def _position(tags: TagMap, text: str, kind: str) -> int:
    port = parse_tag_index(text)
    position = tags.id(port.tag, port.index)
    if position is None:
        raise InvalidArgumentError(
            f'pass_{kind}_stream "{text}" is no {kind} stream of the node.'
            + did_you_mean(text, map(str, tags.ports))
        )
    return position
