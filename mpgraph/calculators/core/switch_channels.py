"""What SwitchDemux and SwitchMux share: the tags of channels, and which channel is active when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import PortSpecs
from mpgraph.framework.packet import Packet
from mpgraph.framework.ports import Input, SideInput
from mpgraph.framework.tags import TagMap

SELECT = Input("SELECT", int, optional=True)
ENABLE = Input("ENABLE", bool, optional=True)
SIDE_SELECT = SideInput("SELECT", int, optional=True)
SIDE_ENABLE = SideInput("ENABLE", bool, optional=True)


def channel_tag(tag: str, channel: int) -> str:
    """The tag by which channel number `channel` knows `tag`."""
    return f"C{channel}__{tag}"


def channel_ports(tags: TagMap) -> Iterator[tuple[int, str, str, int]]:
    """Each port of a channel: its position, its own tag, the tag it stands for, and its index."""
    for position, port in enumerate(tags.ports):
        number, separator, outer = port.tag.partition("__")
        if separator and number.startswith("C"):
            yield position, port.tag, outer, port.index


def declare_channels(channels: PortSpecs, outside: PortSpecs) -> None:
    """Let each port of a channel carry what the port it stands for carries."""
    for position, _, tag, index in channel_ports(channels.tags):
        peer = outside.tags.id(tag, index)
        if peer is not None:
            channels[position].set_same_as(outside[peer].set_any())


class ChannelHistory:
    """Which channel is active from which time on. Without a SELECT or ENABLE stream it never changes."""

    def __init__(self, cc: CalculatorContext) -> None:
        """Read the channel at the start: options, ENABLE, SELECT; what comes later counts."""
        options = cc.options
        channel = int(options.enable) if options.HasField("enable") else 0
        if options.HasField("select"):
            channel = options.select
        channel = _chosen(cc.packet(SIDE_ENABLE), cc.packet(SIDE_SELECT), channel)
        self.starts: list[int] = [ts.UNSTARTED]
        self.channels: list[int] = [channel]
        self.settled: int = ts.DONE
        """Up to which time the channels are known."""

    def update(self, cc: CalculatorContext) -> None:
        """Note a change of channel at the present time."""
        enable, select = cc.packet(ENABLE), cc.packet(SELECT)
        if cc.connected(ENABLE):
            self.settled = enable._t
        elif cc.connected(SELECT):
            self.settled = select._t
        channel = _chosen(enable, select, self.channels[-1])
        if self.settled == cc.t and channel != self.channels[-1]:
            self.starts.append(cc.t)
            self.channels.append(channel)

    def at(self, t: int) -> int | None:
        """The channel that is active at `t`; None for a time before the oldest one that is known."""
        position = bisect_right(self.starts, t) - 1
        return self.channels[position] if position >= 0 else None

    def forget(self, count: int) -> None:
        """Drop the `count` oldest entries."""
        del self.starts[:count], self.channels[:count]

    def ranges(self) -> Sequence[tuple[int, int, int]]:
        """(channel, first time, time after its last known one), oldest first."""
        ends = [*self.starts[1:], ts.next_allowed(self.settled)]
        return list(zip(self.channels, self.starts, ends, strict=True))


def _chosen(enable: Packet, select: Packet, default: int) -> int:
    if not select.is_empty():
        return int(select.payload)
    return default if enable.is_empty() else int(enable.payload)
