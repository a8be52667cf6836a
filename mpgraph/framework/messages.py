"""Protocol messages as payloads: their payload types, and messages of other pools made our own."""

from __future__ import annotations

from typing import Any

from mpgraph import protos
from mpgraph.errors import NotFoundError
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType


def message_type(full_name: str) -> PayloadType:
    """The payload type of a message, such as "mediapipe.NormalizedRect".

    Raises:
        NotFoundError: there is no such message.
    """
    return packet_type.of_class(protos.message_class(full_name))


def is_message(value: Any) -> bool:
    """Whether `value` is a protocol message, of whichever pool."""
    return hasattr(type(value), "DESCRIPTOR") and hasattr(value, "SerializeToString")


def own_copy(message: Any) -> Any:
    """A copy of a message in mpgraph's own class of the same full name.

    Messages of google.protobuf's default pool, such as MediaPipe's own generated ones, come in here.

    Raises:
        TypeError: it is not a message.
        NotFoundError: a RuntimeError; mpgraph has no message of this name.
        google.protobuf.message.EncodeError: a required field is missing.
    """
    if not is_message(message):
        raise TypeError(f"A protocol message is needed, not {type(message).__name__}.")
    full_name = message.DESCRIPTOR.full_name
    try:
        own_class = protos.message_class(full_name)
    except NotFoundError as error:
        raise NotFoundError(f"Unregistered proto message type: {full_name}. {error}") from None
    return own_class.FromString(message.SerializeToString())
