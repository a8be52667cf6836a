"""Channels of SwitchDemux and SwitchMux: their tags, and which one is active at which time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.contract import PortSpecs
from mpgraph.framework.tags import TagMap

SELECT = mp.Input("SELECT", int, optional=True)
ENABLE = mp.Input("ENABLE", bool, optional=True)
SIDE_SELECT = mp.SideInput("SELECT", int, optional=True)
SIDE_ENABLE = mp.SideInput("ENABLE", bool, optional=True)


def channel_tag(tag: str, channel: int) -> str:
    """The tag of the port of channel number `channel` that relays `tag`."""
    return f"C{channel}__{tag}"


def channel_ports(tags: TagMap) -> Iterator[tuple[int, str, str, int]]:
    """Yield the ports of channels: position, own tag, the tag that it relays, and index."""
    for position, port in enumerate(tags.ports):
        number, separator, outer = port.tag.partition("__")
        if separator and number.startswith("C"):
            yield position, port.tag, outer, port.index


def declare_channels(channels: PortSpecs, outside: PortSpecs) -> None:
    """Give each port of a channel the type of the port that it relays."""
    for position, _, tag, index in channel_ports(channels.tags):
        peer = outside.tags.id(tag, index)
        if peer is not None:
            channels[position].set_same_as(outside[peer].set_any())


class ChannelHistory:
    """The active channel over time: `channels[i]` from `starts[i]` on.

    Without a SELECT or ENABLE stream it never changes, and nothing ever has to wait until it is known.
    """

    def __init__(self, cc: mp.CalculatorContext) -> None:
        """Read the initial channel: side packets override options, SELECT overrides ENABLE."""
        options = cc.options
        channel = int(options.enable) if options.HasField("enable") else 0
        if options.HasField("select"):
            channel = options.select
        channel = _chosen(cc.packet(SIDE_ENABLE), cc.packet(SIDE_SELECT), channel)
        self.starts: list[int] = [ts.UNSTARTED]
        self.channels: list[int] = [channel]
        self.settled: int = ts.DONE
        """The time up to which the active channel is known."""
        self.is_constant = not (cc.connected(ENABLE) or cc.connected(SELECT))
        """Whether no stream changes the channel."""

    def update(self, cc: mp.CalculatorContext) -> None:
        """Record a change of the channel at the current time."""
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
        """Return the channel that is active at `t`; None before the oldest entry."""
        position = bisect_right(self.starts, t) - 1
        return self.channels[position] if position >= 0 else None

    def forget(self, count: int) -> None:
        """Drop the `count` oldest entries."""
        del self.starts[:count], self.channels[:count]

    def ranges(self) -> Sequence[tuple[int, int, int]]:
        """Return (channel, first time, time after the last known one) of each entry, oldest first."""
        ends = [*self.starts[1:], ts.next_allowed(self.settled)]
        return list(zip(self.channels, self.starts, ends, strict=True))


def _chosen(enable: mp.Packet, select: mp.Packet, default: int) -> int:
    if not select.is_empty():
        return int(select.payload)
    return default if enable.is_empty() else int(enable.payload)
