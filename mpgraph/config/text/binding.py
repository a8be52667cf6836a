"""Binding a text-format tree to a protocol message: resolves names, checks and converts values.

All errors of a file are found in one pass. Extensions and Any types that `mpgraph.protos` does not
know are not errors, because graphs written for other builds of MediaPipe contain them. They are returned
as `RawOption`s, with their position in the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from mpgraph import protos
from mpgraph.config.dataclass_options import Steps, schema_of_message
from mpgraph.config.text.pbtxt import TextField, TextList, TextMessage
from mpgraph.config.text.scalars import scalar_value
from mpgraph.errors import ConfigError, Location, did_you_mean
from mpgraph.protos import POOL, message_class
from mpgraph.protos.fields import is_map, is_repeated

Path: TypeAlias = "tuple[str | int, ...]"
"""Steps from the top message: field names (extensions in brackets), after repeated fields the index."""

ANY = "google.protobuf.Any"
_TYPE_PREFIXES = ("type.googleapis.com", "type.googleprod.com")
_GRAPH = "mediapipe.CalculatorGraphConfig"


@dataclass(frozen=True)
class RawOption:
    """An extension or Any type without a schema, as written; path: of the message that contains it."""

    path: Path
    field: TextField


class ConfigErrors(ConfigError):
    """All errors of one text; `errors` lists them in the order of the text."""

    def __init__(self, errors: Sequence[ConfigError]) -> None:
        self.errors = tuple(errors)
        first, *rest = self.errors
        super().__init__("\n".join([first.message, *map(str, rest)]), location=first.location)


@dataclass(frozen=True)
class Bound:
    """The result of binding a text.

    raw: options without a schema. errors: all errors.
    damage: by the path of a message, its fields that are wrong or contain an error.
    dropped: ids of the text's values that were left out of the message.
    """

    raw: Sequence[RawOption] = ()
    errors: Sequence[ConfigError] = ()
    damage: Mapping[Path, Sequence[TextField]] = field(default_factory=dict)
    dropped: frozenset[int] = frozenset()


def bind(tree: TextMessage, message: Message) -> tuple[RawOption, ...]:
    """Set the fields of `message` that `tree` specifies; return the options without a schema.

    Raises ConfigErrors with each unknown field, value of the wrong type or out of range, and duplicate or
    missing field.
    """
    bound = bind_leniently(tree, message)
    if bound.errors:
        raise ConfigErrors(bound.errors)
    return tuple(bound.raw)


def bind_leniently(tree: TextMessage, message: Message) -> Bound:
    """Set the fields of `message` that `tree` specifies, except for those with errors."""
    binder = _Binder()
    binder.bind_whole(tree, message, ())
    return Bound(tuple(binder.raw), tuple(binder.errors), binder.damage, frozenset(binder.dropped))


class _Binder:
    def __init__(self) -> None:
        self.errors: list[ConfigError] = []
        self.raw: list[RawOption] = []
        self.damage: dict[Path, list[TextField]] = {}
        self.dropped: set[int] = set()

    def refuse(self, location: Location, text: str, hint: str = "", rule: str = "bad-value") -> None:
        self.errors.append(ConfigError(text, location=location, hint=hint, rule=rule))

    def bind_whole(self, tree: TextMessage, message: Any, path: Path) -> None:
        """Bind a message that is serialized separately, so that its required fields must be present."""
        before = len(self.errors)
        self.bind(tree, message, path)
        if len(self.errors) == before:
            for missing in message.FindInitializationErrors():
                text = f'The required field "{missing}" is missing.'
                self.refuse(tree.location, text, f"Add {missing}.", "missing-field")
        schema = schema_of_message(message)
        for steps, problem in schema.problems(message) if schema else ():
            self.refuse(location_of(tree, steps), f"{message.DESCRIPTOR.full_name}: {problem}")

    def bind(self, tree: TextMessage, message: Message, path: Path) -> None:
        given: dict[str, TextField] = {}
        for item in tree.fields:
            before = len(self.errors)
            self.bind_field(item, tree, message, path, given)
            if len(self.errors) > before:
                self.damage.setdefault(path, []).append(item)

    def bind_field(
        self, item: TextField, tree: TextMessage, message: Message, path: Path, given: dict[str, TextField]
    ) -> None:
        if item.bracketed and message.DESCRIPTOR.full_name == ANY:
            self.bind_any(item, tree, message, path)
            return
        descriptor = self.descriptor_of(item, message, path)
        if descriptor is None or not (is_repeated(descriptor) or self.is_first(item, descriptor, given)):
            return
        for single in item.singles():
            if not self.set(single, descriptor, message, path):
                self.dropped.add(id(single.value))
        if isinstance(item.value, TextList) and not is_repeated(descriptor):
            self.refuse(item.value.location, f'"{item.label}" takes one value, found a list.')

    def is_first(self, field: TextField, descriptor: FieldDescriptor, given: dict[str, TextField]) -> bool:
        """Return whether neither the field nor another member of its oneof precedes it."""
        oneof = descriptor.containing_oneof
        before = given.setdefault(oneof.full_name if oneof else descriptor.full_name, field)
        if before is field:
            return True
        if before.name == field.name:
            text = f'"{field.label}" is given twice, first at {before.location}.'
            self.refuse(field.location, text, "Keep one of them.")
        elif oneof:
            text = f'"{field.label}" cannot be combined with "{before.label}" at {before.location}'
            self.refuse(field.location, f'{text}: only one of "{oneof.name}" may be given.')
        return False

    def descriptor_of(self, field: TextField, message: Message, path: Path) -> FieldDescriptor | None:
        descriptor: Any = message.DESCRIPTOR
        if not field.bracketed:
            found: FieldDescriptor | None = descriptor.fields_by_name.get(field.name)
            if found is None:
                near = _hint_for(field.name, descriptor)
                text = f'Unknown field "{field.name}" in {descriptor.full_name}.'
                self.refuse(field.location, text, near, rule="unknown-field")
            return found
        if not descriptor.is_extendable or "/" in field.name:
            hint = ""
            if "/" in field.name and descriptor.is_extendable:
                hint = " Types in [.../...] belong in node_options or graph_options."
            self.refuse(field.location, f"{field.label} is not allowed in {descriptor.full_name}.{hint}")
            return None
        extension = find_extension(field.name)
        if extension is None:
            self.raw.append(RawOption(path, field))
            return None
        owner: Any = extension.containing_type
        if owner.full_name != descriptor.full_name:
            text = f"{field.label} belongs in {owner.full_name}, not in {descriptor.full_name}."
            self.refuse(field.location, text)
            return None
        return extension

    def set(self, field: TextField, descriptor: Any, message: Any, path: Path) -> bool:
        """Set the field to one value, or add it if the field is repeated; False if its type is wrong."""
        step = f"[{descriptor.full_name}]" if descriptor.is_extension else descriptor.name
        if descriptor.message_type is None:
            if isinstance(field.value, TextMessage):
                self.refuse(field.value.location, f'"{field.label}" takes a plain value, found a message.')
                return False
            try:
                value = scalar_value(field, descriptor)
            except ConfigError as error:
                self.errors.append(error)
                return False
            if is_repeated(descriptor):
                repeated_of(message, descriptor).append(value)
            elif descriptor.is_extension:
                message.Extensions[descriptor] = value
            else:
                setattr(message, descriptor.name, value)
            return True
        if not isinstance(field.value, TextMessage):
            self.refuse(
                field.value.location, f'"{field.label}" takes a message in {{ }}, found {field.value}.'
            )
            return False
        if is_map(descriptor):
            self.bind_map_entry(field.value, descriptor, message, (*path, step))
        elif is_repeated(descriptor):
            items = repeated_of(message, descriptor)
            item = items.add()
            raw_before = len(self.raw)
            self.bind(field.value, item, (*path, step, len(items) - 1))
            if descriptor.message_type.full_name == ANY and not item.type_url and len(self.raw) > raw_before:
                # An Any without a type would be taken for an empty message once the type is known.
                del items[-1]
        else:
            inner = message.Extensions[descriptor] if descriptor.is_extension else getattr(message, step)
            inner.SetInParent()
            self.bind(field.value, inner, (*path, step))
        return True

    def bind_map_entry(self, tree: TextMessage, descriptor: Any, message: Any, path: Path) -> None:
        entry: Any = message_class(descriptor.message_type.full_name)()
        self.bind(tree, entry, path)
        entries = getattr(message, descriptor.name)
        if descriptor.message_type.fields_by_name["value"].message_type is None:
            entries[entry.key] = entry.value
        else:
            entries[entry.key].CopyFrom(entry.value)

    def bind_any(self, field: TextField, tree: TextMessage, message: Any, path: Path) -> None:
        """Bind `[type.googleapis.com/pkg.Msg] { ... }`, the only field of an Any."""
        if len(tree.fields) > 1:
            self.refuse(field.location, f"{field.label} must be the only field of its message.")
            return
        prefix, _, name = field.name.rpartition("/")
        if prefix not in _TYPE_PREFIXES:  # Those that the C++ parser accepts.
            name = name.removesuffix(".ext")  # The syntax of options, which name an extension.
            self.refuse(field.location, f"Expected [type.googleapis.com/{name}] here, found {field.label}.")
            return
        if not isinstance(field.value, TextMessage):
            self.refuse(field.value.location, f"{field.label} takes a message in {{ }}, found {field.value}.")
            return
        found = find_message(name)
        if found is None:
            # The index, if any, is of an Any that is not added.
            holder = path[:-1] if path and isinstance(path[-1], int) else path
            self.raw.append(RawOption(holder, field))
            return
        payload = found()
        before = len(self.errors)
        self.bind_whole(field.value, payload, path)
        if len(self.errors) == before:
            message.type_url = f"{prefix}/{payload.DESCRIPTOR.full_name}"
            message.value = payload.SerializeToString(deterministic=True)


@lru_cache(1000)
def _hint_for(name: str, descriptor: Any) -> str:
    """What to write instead of an unknown field. Kept: what is not a graph has the same one many times."""
    return (
        _wrapping_hint(name, descriptor.full_name)
        or _owner_hint(name)
        or did_you_mean(name, descriptor.fields_by_name)
    )


def _wrapping_hint(name: str, holder: str) -> str:
    """A hint to wrap the options of a calculator in their type."""
    wrapper = {
        ANY: "[type.googleapis.com/mediapipe.NAMEOptions]",
        "mediapipe.CalculatorOptions": "[mediapipe.NAMEOptions.ext]",
    }.get(holder)
    if wrapper is None:
        return ""
    return (
        f"Put the options into their type: {wrapper} {{ {name}: ... }} (mpgraph calculators NAME "
        "shows a calculator's)."
    )


def _owner_hint(name: str) -> str:
    """A hint for a field of the graph that is in a node, or vice versa."""
    for full_name in (_GRAPH, f"{_GRAPH}.Node"):
        if name in POOL.FindMessageTypeByName(full_name).fields_by_name:
            return f"It is a field of {full_name}."
    return ""


def location_of(tree: TextMessage, steps: Steps) -> Location:
    """The location of the value at these steps, or of the innermost message around it."""
    location, value = tree.location, tree
    for step, following in zip(steps, (*steps[1:], None), strict=True):
        found = value.all(step) if isinstance(step, str) else []
        index = following if isinstance(following, int) else 0
        if index < len(found):
            location, inner = found[index].value.location, found[index].value
            if not isinstance(inner, TextMessage):
                break
            value = inner
    return location


def repeated_of(message: Any, descriptor: FieldDescriptor) -> Any:
    """Return the values of a repeated field or extension as a mutable container."""
    return message.Extensions[descriptor] if descriptor.is_extension else getattr(message, descriptor.name)


def find_message(name: str) -> type[Any] | None:
    """Return the class of a message by its full name, or by its name in package mediapipe."""
    return protos.find_message(name) or protos.find_message(f"mediapipe.{name}")


def find_extension(name: str) -> FieldDescriptor | None:
    """Return an extension by its full name, or by its name in package mediapipe."""
    for full_name in (name, f"mediapipe.{name}"):
        try:
            found: FieldDescriptor = POOL.FindExtensionByName(full_name)
        except KeyError:
            continue
        return found
    return None
