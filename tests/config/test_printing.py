"""Messages as text: the layout, and that it reads back the same, here and in protobuf's own parser."""

from __future__ import annotations

from typing import Any

from google.protobuf import text_format
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mpgraph.config.binding import bind
from mpgraph.config.pbtxt import parse_text
from mpgraph.config.printing import graph_to_text, message_to_text
from mpgraph.config.source import load_graph, parse_graph_text
from mpgraph.protos import POOL, calculator_pb2, message_class
from mpgraph.protos.fields import is_map, is_repeated

LAYOUT = """type: "T"
input_stream: "IMAGE:in"
output_stream: "out"
num_threads: 2

node {
  calculator: "PassThroughCalculator"
  name: "first"
  input_stream: "in"
  output_stream: "out"
  options {
    [mediapipe.GateCalculatorOptions.ext] {
      allow: true
      initial_gate_state: GATE_ALLOW
    }
    [acme.Thing.ext] {
      # How much.
      level: 0x10
      list: [1, 2]
      part {}
      part {
        name: "a" 'b'
        # The end.
      }
    }
  }
  node_options {
    [type.googleapis.com/mediapipe.ThresholdingCalculatorOptions] {
      threshold: 0.1
    }
  }
  node_options {
    [type.googleapis.com/acme.Other] {}
  }
}

node {
  calculator: "SwitchContainer"
  options {
    [mediapipe.SwitchContainerOptions.ext] {
      contained_node {
        calculator: "A"
        options {
          [acme.Inner.ext]: 3
        }
      }
    }
  }
}
"""


def test_the_layout_is_kept() -> None:
    source = parse_graph_text(LAYOUT)
    assert graph_to_text(source.config, source.unknown) == LAYOUT


def test_another_layout_becomes_this_one() -> None:
    source = parse_graph_text(" ".join(line for line in LAYOUT.splitlines() if "#" not in line))
    expected = "".join(f"{line}\n" for line in LAYOUT.splitlines() if "#" not in line)
    assert graph_to_text(source.config, source.unknown) == expected


def test_an_empty_message_is_no_text() -> None:
    assert graph_to_text(calculator_pb2.CalculatorGraphConfig()) == ""


def test_maps_are_sorted() -> None:
    options: Any = message_class("mediapipe.DetectionLabelIdToTextCalculatorOptions")()
    options.label_items[3].name = "x"
    options.label_items[-1].SetInParent()
    assert message_to_text(options) == (
        'label_items {\n  key: -1\n  value {}\n}\nlabel_items {\n  key: 3\n  value {\n    name: "x"\n  }\n}\n'
    )


def test_any_of_an_unknown_type_or_with_unknown_content_stays_bytes() -> None:
    config = calculator_pb2.CalculatorGraphConfig()
    config.graph_options.add(type_url="type.googleapis.com/acme.X", value=b"\x08\x01")
    # A field that mediapipe.Color does not have, bytes that are no message, a type without a prefix.
    config.graph_options.add(type_url="type.googleapis.com/mediapipe.Color", value=b"\x50\x01")
    config.graph_options.add(type_url="type.googleapis.com/mediapipe.Color", value=b"\xff")
    config.graph_options.add(type_url="mediapipe.Color", value=b"\x08\x01")
    text = graph_to_text(config)
    assert text.count("type_url") == 4
    assert parse_graph_text(text).config == config


def test_fields_that_text_cannot_show_are_named() -> None:
    source = load_graph(b"\xa2\x01\x01T\xa0\x46\x01")
    assert graph_to_text(source.config) == 'type: "T"\n# Left out, for want of a schema: 1124\n'


def values(descriptor: Any, depth: int) -> st.SearchStrategy[Any]:
    kind = descriptor.cpp_type
    if kind == FieldDescriptor.CPPTYPE_MESSAGE:
        return messages(descriptor.message_type.full_name, depth - 1)
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        return st.sampled_from([value.number for value in descriptor.enum_type.values])
    if kind == FieldDescriptor.CPPTYPE_STRING:
        return (
            st.text(max_size=5) if descriptor.type == FieldDescriptor.TYPE_STRING else st.binary(max_size=5)
        )
    return {
        FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
        FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32, allow_nan=False),
        FieldDescriptor.CPPTYPE_DOUBLE: st.floats(allow_nan=False),
        FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
        FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
        FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
        FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
    }[kind]


OPTIONS = [
    "mediapipe.GateCalculatorOptions",
    "mediapipe.SwitchContainerOptions",
    "mediapipe.ConstantSidePacketCalculatorOptions",
    "mediapipe.ImageToTensorCalculatorOptions",
    "mediapipe.InferenceCalculatorOptions",
    "mediapipe.CallbackPacketCalculatorOptions",
    "mediapipe.LogicCalculatorOptions",
    "mediapipe.DetectionLabelIdToTextCalculatorOptions",
]


@st.composite
def messages(draw: st.DrawFn, full_name: str, depth: int = 4) -> Any:
    """Return a message of the type with up to four of its fields set."""
    message: Any = message_class(full_name)()
    if full_name == "google.protobuf.Any":
        payload = draw(messages(draw(st.sampled_from(OPTIONS)), depth))
        message.Pack(payload, deterministic=True)
    if full_name == "mediapipe.CalculatorOptions" and depth > 0:
        payload = draw(messages(draw(st.sampled_from(OPTIONS)), depth - 1))
        message.Extensions[payload.DESCRIPTOR.extensions_by_name["ext"]].CopyFrom(payload)
    if full_name.startswith("google.") or depth <= 0:
        return message
    fields = list(message.DESCRIPTOR.fields)
    for descriptor in draw(st.lists(st.sampled_from(fields), max_size=4, unique=True)) if fields else ():
        if is_map(descriptor):
            # One entry: protobuf's own parser packs several in any order.
            inner = descriptor.message_type.fields_by_name["value"]
            for key in draw(st.sets(st.integers(-5, 5), max_size=1)):
                getattr(message, descriptor.name)[key].CopyFrom(draw(values(inner, depth)))
        elif is_repeated(descriptor):
            getattr(message, descriptor.name).extend(draw(st.lists(values(descriptor, depth), max_size=2)))
        elif descriptor.message_type is not None:
            getattr(message, descriptor.name).CopyFrom(draw(values(descriptor, depth)))
            getattr(message, descriptor.name).SetInParent()
        else:
            setattr(message, descriptor.name, draw(values(descriptor, depth)))
    return message


def parsed(text: str) -> Any:
    config = calculator_pb2.CalculatorGraphConfig()
    assert bind(parse_text(text), config) == ()
    return config


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(messages("mediapipe.CalculatorGraphConfig"))
def test_random_graphs_read_back_the_same(config: Any) -> None:
    text = graph_to_text(config)
    assert parsed(text) == config
    by_protobuf = calculator_pb2.CalculatorGraphConfig()
    assert text_format.Parse(text, by_protobuf, descriptor_pool=POOL) == parsed(text)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(messages("mediapipe.CalculatorGraphConfig"), st.booleans())
def test_what_protobuf_writes_is_read_the_same(config: Any, one_line: bool) -> None:
    assert parsed(text_format.MessageToString(config, as_one_line=one_line)) == config
    assert parsed(text_format.MessageToString(config, as_utf8=True, descriptor_pool=POOL)) == config
