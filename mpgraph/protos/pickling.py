"""Pickles of messages that protobuf cannot restore: nested ones, and those that are defined at run time.

Protobuf pickles a message under the name of its class in a module, and searches for nested messages in its
default pool, which has none of mpgraph's.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor


def let_pickle(descriptors: Iterable[Descriptor], restore: Callable[[str, bytes], Any]) -> None:
    """Let pickle write these messages and those nested in them as a call of `restore(full name, bytes)`."""

    def reduced(message: Any) -> tuple[Any, ...]:
        return restore, (message.DESCRIPTOR.full_name, message.SerializePartialToString())

    for descriptor in descriptors:
        if not descriptor.GetOptions().map_entry:
            copyreg.pickle(message_factory.GetMessageClass(descriptor), reduced)
            let_pickle(descriptor.nested_types, restore)
