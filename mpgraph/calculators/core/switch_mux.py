"""SwitchMuxCalculator: take its outputs from the active one of several channels."""

from __future__ import annotations

from collections import deque

from mpgraph.calculators.core import switch_channels as switch
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.output_shard import OutputStreamShard


@mp.register
class SwitchMuxCalculator(mp.Calculator):
    """Forwards input C<n>__TAG:i to output TAG:i, where n is the channel that is active at that time.

    The channel is given as in SwitchDemuxCalculator. Of the side packets only those of the channel that is
    active at the start are forwarded.

    At a change, all packets of the old channel before the change are forwarded first; packets of other
    channels are dropped.
    """

    select = switch.SELECT
    enable = switch.ENABLE
    side_select = switch.SIDE_SELECT
    side_enable = switch.SIDE_ENABLE
    Options = mp.ProtoOptions("SwitchContainerOptions")
    input_stream_handler = "ImmediateInputStreamHandler"
    process_timestamp_bounds = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Ports of channels have the types of the ports that they relay."""
        super().get_contract(contract)
        switch.declare_channels(contract.inputs, contract.outputs)
        switch.declare_channels(contract.side_inputs, contract.side_outputs)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._history = switch.ChannelHistory(cc)
        self._queues: dict[int, deque[mp.Packet]] = {
            i: deque() for i, port in enumerate(cc.input_tags.ports) if port.tag not in ("SELECT", "ENABLE")
        }
        self._targets: dict[str, list[tuple[int, OutputStreamShard]]] = {}
        for position, own_tag, tag, index in switch.channel_ports(cc.input_tags):
            target = cc.output_tags.id(tag, index)
            if target is not None:
                prefix = own_tag.removesuffix(tag)
                self._targets.setdefault(prefix, []).append((position, cc.outputs[target]))
        channel = self._history.channels[0]
        for (port, name), slot in zip(cc.side_output_tags, cc.side_outputs, strict=True):
            source = cc.side_input_tags.id(switch.channel_tag(port.tag, channel), port.index)
            if source is None:
                raise InvalidArgumentError(
                    f'Channel {channel} was selected, but node "{cc.node_name}" has no such channel with an '
                    f'input side packet for "{name}".'
                )
            slot.add_packet(cc.side_packets[source])
        self._constant = self._targets.get(switch.channel_tag("", channel), [])

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        history = self._history
        if history.is_constant:
            for position, shard in self._constant:
                if cc.packets[position]._t == cc.t:
                    shard.add_packet(cc.packets[position])
            return
        history.update(cc)
        for position, queue in self._queues.items():
            if cc.packets[position]._t == cc.t:
                queue.append(cc.packets[position])
        ranges = history.ranges()
        expired = 0
        for channel, start, end in ranges:
            settled = self._relay(cc, channel, start, end)
            if expired == len(ranges) - 1 or ts.next_allowed(settled) < end:
                break
            # This channel is complete up to its end; packets of the others before that are dropped.
            expired += 1
            for queue in self._queues.values():
                _drop_before(queue, end)
        history.forget(expired)

    def _relay(self, cc: mp.CalculatorContext, channel: int, start: int, end: int) -> int:
        """Forward a channel's packets from `start` until before `end`; return its settled time."""
        settled = ts.DONE
        for position, shard in self._targets.get(switch.channel_tag("", channel), ()):
            queue = self._queues[position]
            _drop_before(queue, start)
            while queue and queue[0]._t < end:
                shard.add_packet(queue.popleft())
            settled = min(settled, cc.packets[position]._t)
        return settled


def _drop_before(queue: deque[mp.Packet], t: int) -> None:
    while queue and queue[0]._t < t:
        queue.popleft()
