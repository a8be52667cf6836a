"""Options that arrive in packets and override those of the node."""

from __future__ import annotations

from typing import Any

from mpgraph import protos
from mpgraph.framework import calculator_framework as mp


def overlaid(options: Any, packet: mp.Packet) -> Any:
    """Return `options` merged with the message in `packet`, which wins; `options` itself is not changed.

    packet: options of the same type, a CalculatorOptions that may have them as an extension, or empty.
    """
    given = packet.payload
    if given is None:
        return options
    if not isinstance(given, type(options)):
        extension: Any = protos.extension_for(options.DESCRIPTOR.full_name)
        if not given.HasExtension(extension):
            return options
        given = given.Extensions[extension]
    merged = type(options)()
    merged.CopyFrom(options)
    merged.MergeFrom(given)
    return merged
