"""Pickles of messages that protobuf cannot restore: nested ones, and those that are defined at run time.

Protobuf pickles a message under the name of its class in a module, and searches for nested messages in its
default pool, which has none of mpgraph's.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Iterable
from typing import Any


def let_pickle(classes: Iterable[type[Any]], restore: Callable[[str, bytes], Any]) -> None:
    """Let pickle write messages of these classes as a call of `restore(full name, bytes)`."""

    def reduced(message: Any) -> tuple[Any, ...]:
        return restore, (message.DESCRIPTOR.full_name, message.SerializePartialToString())

    for message_class in classes:
        copyreg.pickle(message_class, reduced)
