"""CompactPayload: a payload that is expanded only for those who need it so."""

from __future__ import annotations

from typing import Any

from mpgraph.framework.packet_type import PayloadType


class CompactPayload:
    """A payload in a form that costs less than the one that its readers expect.

    `Packet.payload`, `cc[port]` and all that is built on them give `expanded()`. Calculators that know the
    compact form take `Packet.compact`, and emit it like any value.
    """

    __slots__ = ()

    @property
    def payload_type(self) -> PayloadType:
        """The payload type of what `expanded` returns."""
        raise NotImplementedError

    def expanded(self) -> Any:
        """Return what readers expect, the same object each time."""
        raise NotImplementedError

    def freeze(self) -> None:
        """Make the payload immutable: it is in a packet from now on."""
        raise NotImplementedError
