"""mpgraph/profiling/perfetto.py: read back with messages of Perfetto's field numbers."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from profiling_graphs import example

from mpgraph.profiling.perfetto import to_perfetto

# Of perfetto/protos/perfetto/trace; a name with a capital is another message.
MESSAGES = {
    "Trace": {1: "packet*TracePacket"},
    "TracePacket": {
        8: "timestamp:uint64",
        10: "trusted_packet_sequence_id:uint32",
        11: "track_event TrackEvent",
        13: "sequence_flags:uint32",
        60: "track_descriptor TrackDescriptor",
    },
    "TrackDescriptor": {
        1: "uuid:uint64",
        2: "name:string",
        3: "process ProcessDescriptor",
        4: "thread ThreadDescriptor",
        5: "parent_uuid:uint64",
        8: "counter CounterDescriptor",
    },
    "ProcessDescriptor": {1: "pid:int32", 6: "process_name:string"},
    "ThreadDescriptor": {1: "pid:int32", 2: "tid:int32", 5: "thread_name:string"},
    "CounterDescriptor": {6: "unit_name:string"},
    "TrackEvent": {
        4: "debug_annotations*DebugAnnotation",
        9: "type:int32",
        11: "track_uuid:uint64",
        22: "categories*string",
        23: "name:string",
        30: "counter_value:int64",
        47: "flow_ids*fixed64",
    },
    "DebugAnnotation": {4: "int_value:int64", 6: "string_value:string", 10: "name:string"},
}


@pytest.fixture(scope="module")
def trace() -> Any:
    file = FileDescriptorProto(name="perfetto_for_tests.proto", syntax="proto2")
    for message, fields in MESSAGES.items():
        made = file.message_type.add(name=message)
        for number, text in fields.items():
            sign = next(character for character in text if character in ":* ")
            name, kind = text.split(sign)
            field = made.field.add(name=name, number=number)
            field.label = Field.LABEL_REPEATED if sign == "*" else Field.LABEL_OPTIONAL
            if kind in MESSAGES:
                field.type, field.type_name = Field.TYPE_MESSAGE, kind
            else:
                field.type = Field.Type.Value(f"TYPE_{kind.upper()}")
    pool = DescriptorPool()
    pool.Add(file)
    message_class = message_factory.GetMessageClass(pool.FindMessageTypeByName("Trace"))
    return message_class.FromString(to_perfetto(example()))


def tracks(trace: Any) -> dict[int, Any]:
    found = [packet.track_descriptor for packet in trace.packet if packet.HasField("track_descriptor")]
    return {track.uuid: track for track in found}


def timed(trace: Any) -> list[tuple[int, Any]]:
    return [
        (packet.timestamp, packet.track_event) for packet in trace.packet if packet.HasField("track_event")
    ]


def test_track_for_the_process_each_thread_and_each_queue(trace: Any) -> None:
    found = tracks(trace)
    threads = [track.thread.thread_name for track in found.values() if track.HasField("thread")]
    assert threads == ["MainThread", "pool"]
    counters = [track.name for track in found.values() if track.HasField("counter")]
    assert counters == ["queue in → PassThroughCalculator", "queue s1 → PrDouble"]
    assert found[1].process.process_name == "mpgraph"
    assert trace.packet[0].sequence_flags == 1


def test_slices_begin_and_end_in_order_on_their_threads(trace: Any) -> None:
    found = tracks(trace)
    events = [
        (at, event.type, found[event.track_uuid].thread.thread_name)
        for at, event in timed(trace)
        if event.type in (1, 2)
    ]
    assert events == [
        (0, 1, "MainThread"),
        (1000, 2, "MainThread"),
        (4000, 1, "MainThread"),
        (5000, 2, "MainThread"),
        (6000, 1, "pool"),
        (8000, 2, "pool"),
        (8000, 1, "MainThread"),
        (8500, 2, "MainThread"),
    ]


def test_calls_for_one_timestamp_share_a_flow(trace: Any) -> None:
    flows = [list(event.flow_ids) for _, event in timed(trace) if event.type == 1]
    assert flows == [[], [7], [7], []]


def test_counters_and_reasons(trace: Any) -> None:
    values = [
        event.counter_value for _, event in timed(trace) if event.type == 4 and event.track_uuid == 1000
    ]
    assert values == [1, 2, 1, 0]
    (dropped,) = [event for _, event in timed(trace) if event.name == "dropped"]
    notes = {note.name: note.string_value or note.int_value for note in dropped.debug_annotations}
    assert notes == {"stream": "in", "reason": "too late", "timestamp": 9}
