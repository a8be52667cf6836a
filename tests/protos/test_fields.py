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


def test_enums_are_closed_in_messages_of_proto2() -> None:
    def closed(message: str, field: str) -> bool:
        return is_closed(message_class(f"mediapipe.{message}").DESCRIPTOR.fields_by_name[field])

    assert closed("GateCalculatorOptions", "initial_gate_state")
    assert closed("ImageToTensorCalculatorOptions", "gpu_origin")  # An enum of proto3.
    assert not closed("Object", "type")
