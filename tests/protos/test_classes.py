from __future__ import annotations

import gc
import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto

from mpgraph import protos
from mpgraph.config.dataclass_options import schema_of
from mpgraph.protos import calculator_pb2
from mpgraph.protos.classes import message_classes

Node = calculator_pb2.CalculatorGraphConfig.Node


class Garbage:
    """Refers to itself, and uses the message `CalculatorOptions` when it is collected."""

    def __init__(self, used: list[type[Any]]) -> None:
        self.itself = self
        self.used = used

    def __del__(self) -> None:
        self.used.append(type(Node().options))


def test_garbage_collected_meanwhile_may_use_the_same_message() -> None:
    used: list[type[Any]] = []
    before = gc.get_threshold()
    gc.collect()
    try:
        for allocations in range(1, 40):
            gc.disable()
            Garbage(used)
            node = Node()
            gc.set_threshold(gc.get_count()[0] + allocations, *before[1:])
            gc.enable()
            used.append(type(node.options))
            gc.collect()
    finally:
        gc.enable()
        gc.set_threshold(*before)
    assert len(used) == 2 * 39 and set(used) == {used[0]}


def are_kept(classes: Iterable[type[Any]]) -> bool:
    references = [weakref.ref(each) for each in classes]
    gc.collect()
    return references != [] and all(reference() is not None for reference in references)


def test_classes_of_mediapipes_messages_are_kept() -> None:
    files = [module.DESCRIPTOR for module in protos._MODULES.values()]
    files.append(protos.POOL.FindFileByName("google/protobuf/any.proto"))
    messages = [file.message_types_by_name.values() for file in files]
    assert are_kept(message_classes(chain.from_iterable(messages)))


def test_classes_of_messages_defined_at_run_time_are_kept() -> None:
    file = FileDescriptorProto(name="kept.proto", package="mpgraph.test", syntax="proto2")
    file.message_type.add(name="Kept", nested_type=[DescriptorProto(name="Inner")])
    protos.add_file(file)
    assert are_kept(message_classes([protos.POOL.FindMessageTypeByName("mpgraph.test.Kept")]))


@dataclass
class Inner:
    level: float = 0.5


@dataclass
class Outer:
    inner: Inner = field(default_factory=Inner)


def test_classes_of_nested_options_are_kept() -> None:
    schema = schema_of(Outer, "KeptOptions")
    assert are_kept(message_classes([schema.message_class.DESCRIPTOR]))
