"""The payload types of protocol messages."""

from __future__ import annotations

from mpgraph import protos
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType


def message_type(full_name: str) -> PayloadType:
    """The payload type of a message, such as "mediapipe.NormalizedRect".

    Raises:
        NotFoundError: there is no such message.
    """
    return packet_type.of_class(protos.message_class(full_name))
