"""The classes of messages, which must be kept.

protobuf creates the class of a message when it is first needed, for example by a field of another message,
and forgets it once nothing refers to it. Creating a class may start a garbage collection; if a finalizer uses
the same message then, or lets another thread run that does, there are two classes. These refuse each other's
messages, and once one is freed protobuf still hands it out, which crashes (as of 7.36). This cannot happen to
classes that are created all at once, before anybody uses them, and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor


def message_classes(descriptors: Iterable[Descriptor]) -> Iterator[type[Any]]:
    """Yield the classes of these messages and of those nested in them, entries of maps included."""
    for descriptor in descriptors:
        yield message_factory.GetMessageClass(descriptor)
        yield from message_classes(descriptor.nested_types)
