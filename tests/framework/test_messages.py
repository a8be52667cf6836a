"""Protocol messages as payloads, mpgraph's own and those of other pools."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import EncodeError

import mpgraph as mp
from mpgraph.errors import NotFoundError
from mpgraph.framework import packet_type
from mpgraph.framework.messages import is_message, message_type, own_copy
from mpgraph.protos import detection_pb2, rect_pb2


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


def test_a_message_type_has_the_name_mediapipe_registers() -> None:
    kind = message_type("mediapipe.NormalizedRect")
    assert kind.name == "::mediapipe::NormalizedRect"
    assert message_type("mediapipe.NormalizedRect") is kind
    assert packet_type.family(rect_pb2.NormalizedRect) == {kind}
    assert packet_type.vector(kind).name == "::std::vector<::mediapipe::NormalizedRect>"


def test_an_unknown_message() -> None:
    with pytest.raises(NotFoundError, match='Did you mean "mediapipe.Detection"'):
        message_type("mediapipe.Detectoin")


def test_messages_of_other_pools_become_our_own() -> None:
    foreign = foreign_class("mediapipe.Detection", "score")(score=[0.5])
    assert not isinstance(foreign, detection_pb2.Detection)
    own = own_copy(foreign)
    assert isinstance(own, detection_pb2.Detection)
    assert list(own.score) == [0.5]


def test_own_messages_are_copied() -> None:
    message = detection_pb2.Detection(score=[0.5])
    copy = own_copy(message)
    message.score.append(1)
    assert list(copy.score) == [0.5]


def test_messages_mpgraph_does_not_know() -> None:
    with pytest.raises(NotFoundError, match="Unregistered proto message type: other.Thing"):
        own_copy(foreign_class("other.Thing", "x")())


def test_required_fields() -> None:
    with pytest.raises(EncodeError, match="missing required fields"):
        own_copy(rect_pb2.NormalizedRect())


@pytest.mark.parametrize("value", [None, "a", 3, detection_pb2.Detection])
def test_what_is_no_message(value: Any) -> None:
    assert not is_message(value)
    with pytest.raises(TypeError, match="A protocol message is needed"):
        own_copy(value)


def test_raw_messages_in_packets() -> None:
    foreign = foreign_class("mediapipe.Detection", "score")(score=[0.5])
    assert mp.make_packet(foreign).type is message_type("mediapipe.Detection")
    unknown = foreign_class("other.Thing", "x")()
    assert mp.make_packet(unknown).payload is unknown
