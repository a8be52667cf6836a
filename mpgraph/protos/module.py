"""Modules that look like protoc's Python output for a .proto file, filled on demand.

With the first message, `google.protobuf.text_format` learns to find mpgraph's messages inside an Any. Code
written for MediaPipe parses graphs with `text_format.Parse(text, CalculatorGraphConfig())`, and for
`[type.googleapis.com/mediapipe.X] {...}` protobuf searches only its default pool. The messages cannot be
registered there as well, since a later `import mediapipe` would collide with them. So the look-up gets a
second pool, searched only when the first search has failed; what worked before works as before.
"""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

_LOOKUP = "_BuildMessageFromTypeName"
"""The private function of text_format that finds the class of an Any's content."""


class ProtoModule(ModuleType):
    """The messages, enums and enum values of one file of a descriptor pool, as attributes.

    They are looked up on first use, since a graph uses a few of a hundred files.
    """

    DESCRIPTOR: FileDescriptor

    def __init__(self, name: str, pool: DescriptorPool, file_name: str) -> None:
        super().__init__(name, f"Messages of {file_name}.")
        self.__spec__ = ModuleSpec(name, loader=None, origin=file_name)
        self.__package__ = name.rpartition(".")[0]
        self.DESCRIPTOR = pool.FindFileByName(file_name)

    def __getattr__(self, name: str) -> Any:
        file = self.DESCRIPTOR
        if not name.startswith("__"):
            let_text_format_search(file.pool)
        value: Any
        if name in file.message_types_by_name:
            value = message_factory.GetMessageClass(file.message_types_by_name[name])
        elif name in file.enum_types_by_name:
            value = EnumTypeWrapper(file.enum_types_by_name[name])
        else:
            for enum in file.enum_types_by_name.values():
                if name in enum.values_by_name:
                    value = enum.values_by_name[name].number
                    break
            else:
                raise AttributeError(f'module "{self.__name__}" has no attribute "{name}"')
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        file = self.DESCRIPTOR
        values = [name for enum in file.enum_types_by_name.values() for name in enum.values_by_name]
        return sorted([*super().__dir__(), *file.message_types_by_name, *file.enum_types_by_name, *values])


def let_text_format_search(pool: DescriptorPool) -> None:
    """Let text_format search `pool` too, unless this version of protobuf has no such look-up."""
    from google.protobuf import text_format  # Slow to load.

    find = getattr(text_format, _LOOKUP, None)
    if find is None or getattr(find, "pool", None) is pool:
        return

    def find_in_both(type_name: str, descriptor_pool: DescriptorPool | None) -> Any:
        found = find(type_name, descriptor_pool)
        return find(type_name, pool) if found is None and descriptor_pool is None else found

    find_in_both.pool = pool  # type: ignore[attr-defined]
    setattr(text_format, _LOOKUP, find_in_both)
