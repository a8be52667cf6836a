"""A module that looks like protoc's Python output for one .proto file, filled on demand."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper


class ProtoModule(ModuleType):
    """The messages, enums and enum values of one file of a descriptor pool, as attributes.

    Classes are created on first use, since a graph uses a few of a hundred files.
    """

    DESCRIPTOR: FileDescriptor

    def __init__(self, name: str, pool: DescriptorPool, file_name: str) -> None:
        super().__init__(name, f"Messages of {file_name}.")
        self.__spec__ = ModuleSpec(name, loader=None, origin=file_name)
        self.__package__ = name.rpartition(".")[0]
        self.DESCRIPTOR = pool.FindFileByName(file_name)

    def __getattr__(self, name: str) -> Any:
        from mpgraph.protos.text_format_any import add_pool  # text_format is slow to load.

        file = self.DESCRIPTOR
        if not name.startswith("__"):
            add_pool(file.pool)
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
