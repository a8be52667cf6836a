"""Properties of fields and enums, with any version of protobuf."""

from __future__ import annotations

from mpgraph.protos import message_class
from mpgraph.protos.fields import is_closed, is_map, is_map_entry, is_repeated


def test_repeated_and_map_fields() -> None:
    fields = message_class("mediapipe.DetectionLabelIdToTextCalculatorOptions").DESCRIPTOR.fields_by_name
    found = {name: (is_repeated(field), is_map(field)) for name, field in fields.items()}
    assert found["label"] == (True, False)
    assert found["label_items"] == (True, True)
    assert found["keep_label_id"] == (False, False)
    assert is_map_entry(fields["label_items"].message_type)
    assert not is_map_entry(message_class("mediapipe.Color").DESCRIPTOR)


def test_enums_of_proto2_are_closed() -> None:
    gate = message_class("mediapipe.GateCalculatorOptions").DESCRIPTOR
    origin = message_class("mediapipe.GpuOrigin").DESCRIPTOR
    assert is_closed(gate.enum_types_by_name["GateState"])
    assert not is_closed(origin.enum_types_by_name["Mode"])
