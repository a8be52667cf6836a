"""MediaPipe's protocol messages, in a separate descriptor pool.

The messages carry MediaPipe's names, field numbers and extension ids, so its .pbtxt and .binarypb
files parse; they live in `POOL` and never in protobuf's default pool, so MediaPipe itself can be
imported in the same process. tools/protos.py compiles `descriptors.binpb`, and the stubs for type checkers,
from the .proto files in this package.

Each .proto file has a module in this package, with the names that protoc's Python code would have:

    from mpgraph.protos import detection_pb2
    detection = detection_pb2.Detection(label=["person"], score=[0.9])
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message

from mpgraph.errors import AlreadyExistsError, ConfigError, NotFoundError, a_type, did_you_mean
from mpgraph.protos.classes import message_classes
from mpgraph.protos.module import ProtoModule
from mpgraph.protos.pickling import let_pickle

POOL = DescriptorPool()
"""The private pool that holds every message of mpgraph.

A pool refuses a second file that defines the same names, and MediaPipe's package fills the default pool.
"""

_MODULES: dict[str, ProtoModule] = {}
_CLASSES: set[type[Any]] = set()
"""Every class of `POOL`, kept: see `classes`."""


@cache
def message_class(full_name: str) -> type[Any]:
    """Return the class of the message `full_name`, such as "mediapipe.Detection".

    Raises:
        NotFoundError: `POOL` has no such message.
    """
    try:
        descriptor = POOL.FindMessageTypeByName(full_name)
    except KeyError:
        raise NotFoundError(
            f'There is no message "{full_name}".{did_you_mean(full_name, _message_names())}'
        ) from None
    found: type[Any] = message_factory.GetMessageClass(descriptor)
    return found


def extension_for(full_name: str) -> FieldDescriptor | None:
    """Return the extension `ext` that the message `full_name` declares, or None.

    A node's `options` hold options of this type in that extension:
    `node.options.Extensions[extension_for("mediapipe.GateCalculatorOptions")]`. Options of newer
    calculators declare no extension, so only `node_options` can hold them.
    """
    descriptor: Any = message_class(full_name).DESCRIPTOR
    extension: FieldDescriptor | None = descriptor.extensions_by_name.get("ext")
    return extension


_LOOKUPS: list[Callable[[str], type[Any] | None]] = []


def add_lookup(lookup: Callable[[str], type[Any] | None]) -> None:
    """Register a look-up, by full name, of messages that are not in `POOL`; `find_message` uses it."""
    _LOOKUPS.append(lookup)


def find_message(full_name: str) -> type[Any] | None:
    """Return the class of a message of `POOL`, or of a registered look-up; None if there is none."""
    try:
        POOL.FindMessageTypeByName(full_name)
    except KeyError:
        return next((found for lookup in _LOOKUPS if (found := lookup(full_name)) is not None), None)
    return message_class(full_name)


def add_file(file: FileDescriptorProto) -> None:
    """Add messages that are defined at run time to `POOL`; the same file twice is fine.

    Raises:
        AlreadyExistsError: a file or message of that name exists and differs.
    """
    try:
        POOL.AddSerializedFile(file.SerializeToString(deterministic=True))
        classes = set(message_classes(POOL.FindFileByName(file.name).message_types_by_name.values()))
    except TypeError as error:
        raise AlreadyExistsError(f'"{file.name}" cannot be added to the messages: {error}') from None
    _CLASSES.update(classes)
    let_pickle(classes, _restored)


def parse_any(any_message: Any) -> Any:
    """Return the message packed in a google.protobuf.Any, or None if its type is unknown.

    Raises:
        ConfigError: the bytes are not a message of that type.
    """
    full_name = any_message.type_url.rpartition("/")[2]
    found = find_message(full_name)
    try:
        return found.FromString(any_message.value) if found is not None else None
    except DecodeError:
        raise ConfigError(f'The bytes of an Any are not a valid "{full_name}".') from None


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
        own: type[Message] = message_class(full_name)
    except NotFoundError as error:
        raise error.with_context(f"Unregistered proto message type: {full_name}. ") from None
    return own.FromString(message.SerializeToString())


def _restored(full_name: str, data: bytes) -> Any:
    """Read a message from a pickle."""
    found = find_message(full_name)
    if found is None:
        raise NotFoundError(
            f'There is no message "{full_name}" in this process.',
            hint="Import the module that defines these options, as the process that pickled them did.",
        )
    return found.FromString(data)


def _message_names() -> list[str]:
    def nested(descriptor: Descriptor) -> list[str]:
        names = [descriptor.full_name]
        for inner in descriptor.nested_types:
            names += nested(inner)
        return names

    return [
        name
        for module in _MODULES.values()
        for descriptor in module.DESCRIPTOR.message_types_by_name.values()
        for name in nested(descriptor)
    ]


def _load() -> None:
    # The files are in order of their dependencies, as a pool requires.
    compiled = files(__name__).joinpath("descriptors.binpb").read_bytes()
    for file in FileDescriptorSet.FromString(compiled).file:
        POOL.AddSerializedFile(file.SerializeToString())
        messages = POOL.FindFileByName(file.name).message_types_by_name.values()
        _CLASSES.update(message_classes(messages))
        if file.package == "mediapipe":
            stem = file.name.removesuffix(".proto") + "_pb2"
            module = ProtoModule(f"{__name__}.{stem}", POOL, file.name)
            _MODULES[stem] = sys.modules[module.__name__] = module
            for message in messages:
                let_pickle(message_classes(message.nested_types), _restored)


def __getattr__(name: str) -> Any:
    # Type checkers find the modules by their stubs.
    try:
        return _MODULES[name]
    except KeyError:
        raise AttributeError(
            f'module "{__name__}" has no attribute "{name}".{did_you_mean(name, _MODULES)}'
        ) from None


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES])


_load()
