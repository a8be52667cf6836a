"""Options declared as a dataclass: conversion to a protobuf message and back.

    @dataclass
    class Options:                      # of ThresholdMaskCalculator
        level: float = 0.5
        labels: list[str] = field(default_factory=list)

is written in a graph as `[type.googleapis.com/ThresholdMaskCalculatorOptions] { level: 0.3 }`, with or
without `mediapipe.` before the name. Fields may be bool, int (64 bits), float (64 bits), str, bytes,
Literals, enums, nested dataclasses, any of these or None, and lists or tuples (`tuple[int, ...]`) of these;
`Annotated[float, Range(0, 1)]` limits numbers. Field numbers follow the order of the fields. An enum with int
values keeps them as numbers; the members of other enums are numbered 0, 1 ...

Each class has a separate descriptor pool, so that a class may be defined again, as in notebooks, and
classes of the same name do not collide.
"""

from __future__ import annotations

import dataclasses
import enum
import types
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, cast
from weakref import WeakValueDictionary

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool

from mpgraph import protos
from mpgraph.errors import ConfigError, MpgraphError
from mpgraph.framework.options import OptionType, option_types
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS, Registry
from mpgraph.protos.classes import message_classes

_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS: dict[type, Any] = {
    bool: _Field.TYPE_BOOL,
    int: _Field.TYPE_INT64,
    float: _Field.TYPE_DOUBLE,
    str: _Field.TYPE_STRING,
    bytes: _Field.TYPE_BYTES,
}
_INT32 = range(-(2**31), 2**31)

Steps = tuple["str | int", ...]
"""The path of a value in options: field names and, after those of lists, indexes."""


class Schema:
    """The protobuf message type of one dataclass."""

    def __init__(self, cls: Any, name: str, scope: Mapping[str, Any]) -> None:
        self.cls = cls
        self._scope = scope
        self.full_name = f"mediapipe.{name}"
        self._converters: dict[type, dict[str, OptionType]] = {}

    @cached_property
    def message_class(self) -> Any:
        """The class of the messages."""
        package, _, name = self.full_name.rpartition(".")
        file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package=package, syntax="proto2")
        self._describe(self.cls, file.message_type.add(name=name), self.full_name, (self.cls,))
        pool = DescriptorPool()
        pool.AddSerializedFile(file.SerializeToString())
        message_class, *self._nested_classes = message_classes([pool.FindMessageTypeByName(self.full_name)])
        return message_class

    def instance(self, message: Any) -> Any:
        """Return an instance with the values of a message; missing fields have the dataclass's defaults.

        Raises ConfigError if a field without a default is missing or the dataclass rejects a value.
        """
        return self._instance(self.cls, message)

    def _instance(self, cls: type, message: Any) -> Any:
        given: dict[str, Any] = {}
        for name, kind in self._converters[cls].items():
            if kind.collection is not None:
                values = [self._value(kind, value) for value in getattr(message, name)]
                if values:
                    given[name] = kind.collection(values)
            elif message.HasField(name):
                given[name] = self._value(kind, getattr(message, name))
        missing = [
            field.name
            for field in dataclasses.fields(cls)
            if field.init and field.name not in given and default_of(field) is dataclasses.MISSING
        ]
        if missing:
            names = ", ".join(f'"{name}"' for name in missing)
            label = f"[type.googleapis.com/{self.full_name}]"
            raise ConfigError(
                f"{self.full_name}: the required field {names} is missing.",
                hint=f"Add node_options {{ {label} {{ {missing[0]}: ... }} }}.",
                rule="missing-field",
            )
        try:
            return cls(**given)
        except (TypeError, ValueError) as error:
            raise ConfigError(f"{self.full_name}: {error}") from error

    def _value(self, kind: OptionType, value: Any) -> Any:
        if kind.type in self._converters:
            return self._instance(kind.type, value)
        return _members(kind.type)[value] if issubclass(kind.type, enum.Enum) else value

    def problems(self, message: Any) -> Iterator[tuple[Steps, str]]:
        """Yield the path and problem of each value that is out of range or not among its choices."""
        return self._problems(self.cls, message, ())

    def _problems(self, cls: type, message: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
        for name, kind in self._converters[cls].items():
            if kind.collection is None and not message.HasField(name):
                continue
            value = getattr(message, name)
            found = enumerate(value) if kind.collection else [(None, value)]
            for index, each in found:
                path = (*steps, name) if index is None else (*steps, name, index)
                if kind.type in self._converters:
                    yield from self._problems(kind.type, each, path)
                elif problem := kind.problem(each):
                    yield path, f'"{name}" {problem}'

    def _describe(self, cls: type, proto: Any, full_name: str, outer: tuple[type, ...]) -> None:
        kinds = self._converters[cls] = {}
        types = option_types(cls, self._scope)
        for number, field in enumerate(dataclasses.fields(cls), 1):
            if not field.init:
                continue
            where = f"{cls.__qualname__}.{field.name}"
            kind = kinds[field.name] = types[field.name]
            value_type: type[Any] = kind.type
            described = proto.field.add(name=field.name, number=number)
            described.label = _Field.LABEL_REPEATED if kind.collection else _Field.LABEL_OPTIONAL
            if value_type in _SCALARS:
                described.type = _SCALARS[value_type]
                continue
            described.type_name = f".{full_name}.{value_type.__name__}"
            if dataclasses.is_dataclass(kind.type):
                described.type = _Field.TYPE_MESSAGE
                if value_type in outer:
                    raise ConfigError(f"{where}: options cannot contain themselves.")
                if not _has(proto.nested_type, value_type.__name__):
                    nested = proto.nested_type.add(name=value_type.__name__)
                    self._describe(value_type, nested, described.type_name[1:], (*outer, value_type))
            else:
                described.type = _Field.TYPE_ENUM
                if not _has(proto.enum_type, value_type.__name__):
                    _describe_enum(value_type, proto.enum_type.add(name=value_type.__name__), where)


# Each dataclass keeps its own schemas, so that they are dropped with it when its module is reloaded.
_SCHEMAS = "_mpgraph_schemas"
_by_message: WeakValueDictionary[type, Schema] = WeakValueDictionary()


def options_name(cls: Any) -> str:
    """Return the name, without a package, of the message of a registered class's options."""
    return f"{cls.__name__}Options"


def schema_of_message(message: Any) -> Schema | None:
    """Return the schema that a message was created from, None for a MediaPipe message."""
    return _by_message.get(type(message))


def schema_of_url(type_url: str) -> Schema | None:
    """Return the schema for the type of an Any, None for a MediaPipe message or unknown type."""
    found = protos.find_message(type_url.rpartition("/")[2])
    return _by_message.get(found) if found is not None else None


def _registered_message(full_name: str) -> type[Any] | None:
    """The message class of the only registered calculator or subgraph whose options have this name."""
    if not full_name.startswith("mediapipe.") or not full_name.endswith("Options"):
        return None
    name = full_name.removeprefix("mediapipe.")
    owners: set[Any] = set()
    registries: tuple[Registry[Any], ...] = (CALCULATORS, SUBGRAPHS)
    for registry in registries:
        with suppress(ImportError, MpgraphError):  # Reported where the name itself is used.
            if not owners:
                registry.find(name.removesuffix("Options"))
        owners.update(cls for cls in registry.classes().values() if options_name(cls) == name)
    owner = owners.pop() if len(owners) == 1 else None
    declared = getattr(owner, "Options", None)
    if owner is None or not isinstance(declared, type):
        return None
    with suppress(ConfigError):
        return cast("type[Any]", schema_of(declared, name, vars(owner)).message_class)
    return None


protos.add_lookup(_registered_message)


def schema_of(cls: type, name: str, scope: Mapping[str, Any] = types.MappingProxyType({})) -> Schema:
    """Return the schema of a dataclass; name: of its message.

    scope: names that its annotations may use besides those of its module, such as its calculator's.
    A dataclass that several calculators share, for example by inheritance, has a message for each name.
    Raises ConfigError if it is not a dataclass or has a field of an unsupported type.
    """
    kept: dict[str, Schema] = vars(cls).get(_SCHEMAS, {}) if isinstance(cls, type) else {}
    found = kept.get(name)
    if found is None:
        if not (isinstance(cls, type) and dataclasses.is_dataclass(cls)):
            raise ConfigError(f"Options must be a dataclass or ProtoOptions, not {cls!r}.")
        found = Schema(cls, name, scope)
        _by_message[found.message_class] = found
        setattr(cls, _SCHEMAS, {**kept, name: found})
    return found


def _describe_enum(cls: type[enum.Enum], proto: Any, where: str) -> None:
    members = _members(cls)
    if not members:
        raise ConfigError(f"{where}: {cls.__name__} has no members.")
    for number, member in members.items():
        if number not in _INT32:
            raise ConfigError(f"{where}: {cls.__name__}.{member.name} does not fit into 32 bits.")
        proto.value.add(name=member.name, number=number)


def _members(cls: type[enum.Enum]) -> dict[int, enum.Enum]:
    """The members of an enum by their numbers in messages."""
    if all(isinstance(member.value, int) for member in cls):
        return {member.value: member for member in cls}
    return dict(enumerate(cls))


def _has(protos: Any, name: str) -> bool:
    return any(proto.name == name for proto in protos)


def default_of(field: dataclasses.Field[Any]) -> Any:
    """Return the default value of a field, `dataclasses.MISSING` if it has none."""
    factory: Any = field.default_factory
    return field.default if factory is dataclasses.MISSING else factory()
