"""Copies of messages of other descriptor pools, such as MediaPipe's own, as messages of mpgraph."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message

from mpgraph import protos
from mpgraph.errors import NotFoundError, a_type


def is_message(value: object) -> bool:
    """Whether `value` is a protocol message, of any pool and any implementation."""
    return hasattr(type(value), "DESCRIPTOR") and hasattr(value, "SerializeToString")


def copy_message(message: Any) -> Message:
    """Return a copy of a message in mpgraph's class of the same full name.

    Raises:
        TypeError: it is not a message.
        NotFoundError: mpgraph has no message of this name.
        google.protobuf.message.EncodeError: a required field is missing.
    """
    if not is_message(message):
        raise TypeError(f"A protocol message is needed, not {a_type(message)}.")
    full_name = message.DESCRIPTOR.full_name
    try:
        own: type[Message] = protos.message_class(full_name)
    except NotFoundError as error:
        raise error.with_context(f"Unregistered proto message type: {full_name}. ") from None
    return own.FromString(message.SerializeToString())
