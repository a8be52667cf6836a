"""SwitchDemuxCalculator: send its inputs to the active one of several channels."""

from __future__ import annotations

from collections import deque

from mpgraph.calculators.core import switch_channels as switch
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.output_shard import OutputStreamShard


@mp.register
class SwitchDemuxCalculator(mp.Calculator):
    """Forwards input TAG:i to output C<n>__TAG:i, where n is the channel that is active at that time.

    The channel is given by the options `select`, or `enable` (false is 0, true is 1); by the side packets
    SELECT (int) or ENABLE (bool), which override them; and while the graph runs by the inputs of these
    names. Packets wait until the channel of their time is known.

    Channels that are not active receive neither packets nor bounds. Headers and side packets go to all
    channels, since all of them open.
    """

    select = switch.SELECT
    enable = switch.ENABLE
    side_select = switch.SIDE_SELECT
    side_enable = switch.SIDE_ENABLE
    Options = mp.ProtoOptions("SwitchContainerOptions")
    process_timestamp_bounds = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Ports of channels have the types of the ports that they relay."""
        super().get_contract(contract)
        switch.declare_channels(contract.outputs, contract.inputs)
        switch.declare_channels(contract.side_outputs, contract.side_inputs)
        if not contract.options.synchronize_io:
            contract.input_stream_handler = "ImmediateInputStreamHandler"

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._history = switch.ChannelHistory(cc)
        self._queues: dict[int, deque[mp.Packet]] = {}
        self._targets: dict[int, dict[int, OutputStreamShard]] = {}
        for position, own_tag, tag, index in switch.channel_ports(cc.output_tags):
            source = cc.input_tags.id(tag, index)
            if source is None:
                continue
            shard = cc.outputs[position]
            if not cc.headers[source].is_empty():
                shard.set_header(cc.headers[source])
            self._queues.setdefault(source, deque())
            channel = own_tag[1 : -len(tag) - 2]
            if channel.isdecimal():
                self._targets.setdefault(source, {})[int(channel)] = shard
        for position, _, tag, index in switch.channel_ports(cc.side_output_tags):
            source = cc.side_input_tags.id(tag, index)
            if source is not None:
                cc.side_outputs[position].add_packet(cc.side_packets[source])

        first = self._history.channels[0]
        self._constant = [
            (source, targets[first]) for source, targets in self._targets.items() if first in targets
        ]

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if self._history.is_constant:
            for source, target in self._constant:
                if cc.packets[source]._t == cc.t:
                    target.add_packet(cc.packets[source])
            return
        for source, queue in self._queues.items():
            if cc.packets[source]._t == cc.t:
                queue.append(cc.packets[source])
        history = self._history
        history.update(cc)
        for source, queue in self._queues.items():
            while queue and queue[0]._t <= history.settled:
                packet = queue.popleft()
                channel = history.at(packet._t)
                shard = None if channel is None else self._targets[source].get(channel)
                if shard is not None:
                    shard.add_packet(packet)
        # As in MediaPipe, only the newest channel is kept: packets that arrive for earlier times are dropped.
        history.forget(len(history.starts) - 1)
