"""Copies of messages of other pools, and messages as payloads."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import EncodeError

import mpgraph as mp
from mpgraph.errors import NotFoundError
from mpgraph.framework import packet_type
from mpgraph.framework.messages import message_type
from mpgraph.protos import detection_pb2, rect_pb2
from mpgraph.protos.copying import copy_message, is_message


def foreign_class(full_name: str, field: str) -> Any:
    """A message class with one float field, as generated elsewhere, in a pool of its own."""
    package, _, name = full_name.rpartition(".")
    file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package=package, syntax="proto2")
    kind = descriptor_pb2.FieldDescriptorProto
    file.message_type.add(name=name).field.add(
        name=field, number=3, type=kind.TYPE_FLOAT, label=kind.LABEL_REPEATED
    )
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(full_name))


def test_message_type_has_the_name_that_mediapipe_registers() -> None:
    kind = message_type("mediapipe.NormalizedRect")
    assert kind.name == "::mediapipe::NormalizedRect"
    assert message_type("mediapipe.NormalizedRect") is kind
    assert packet_type.family(rect_pb2.NormalizedRect) == {kind}
    assert packet_type.vector(kind).name == "::std::vector<::mediapipe::NormalizedRect>"


def test_unknown_message_is_reported() -> None:
    with pytest.raises(NotFoundError, match='Did you mean "mediapipe.Detection"'):
        message_type("mediapipe.Detectoin")


def test_message_of_another_pool_becomes_our_own() -> None:
    foreign = foreign_class("mediapipe.Detection", "score")(score=[0.5])
    assert not isinstance(foreign, detection_pb2.Detection)
    own = copy_message(foreign)
    assert isinstance(own, detection_pb2.Detection)
    assert list(own.score) == [0.5]


def test_own_message_is_copied() -> None:
    message = detection_pb2.Detection(score=[0.5])
    copy = copy_message(message)
    message.score.append(1)
    assert list(copy.score) == [0.5]


def test_unregistered_message_is_reported() -> None:
    with pytest.raises(NotFoundError, match="Unregistered proto message type: other.Thing"):
        copy_message(foreign_class("other.Thing", "x")())


def test_missing_required_field_is_reported() -> None:
    with pytest.raises(EncodeError, match="missing required fields"):
        copy_message(rect_pb2.NormalizedRect())


@pytest.mark.parametrize("value", [None, "a", 3, detection_pb2.Detection])
def test_other_values_are_refused(value: Any) -> None:
    assert not is_message(value)
    with pytest.raises(TypeError, match="A protocol message is needed"):
        copy_message(value)


def test_messages_of_other_pools_in_packets() -> None:
    foreign = foreign_class("mediapipe.Detection", "score")(score=[0.5])
    assert mp.make_packet(foreign).type is message_type("mediapipe.Detection")
    unknown = foreign_class("other.Thing", "x")()
    assert mp.make_packet(unknown).payload is unknown
    assert mp.make_packet(type(foreign)).payload is type(foreign)
