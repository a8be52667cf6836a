"""Random messages, and random text of options without a schema."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from hypothesis import strategies as st

from mpgraph.protos import message_class
from mpgraph.protos.fields import is_map, is_repeated


def values(descriptor: Any, depth: int, nan: bool = False) -> st.SearchStrategy[Any]:
    kind = descriptor.cpp_type
    if kind == FieldDescriptor.CPPTYPE_MESSAGE:
        return messages(descriptor.message_type.full_name, depth - 1, nan)
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        return st.sampled_from([value.number for value in descriptor.enum_type.values])
    if kind == FieldDescriptor.CPPTYPE_STRING:
        return (
            st.text(max_size=5) if descriptor.type == FieldDescriptor.TYPE_STRING else st.binary(max_size=5)
        )
    return {
        FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
        FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32, allow_nan=nan),
        FieldDescriptor.CPPTYPE_DOUBLE: st.floats(allow_nan=nan),
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
def messages(draw: st.DrawFn, full_name: str, depth: int = 4, nan: bool = False) -> Any:
    """A message of the type with up to four of its fields set.

    nan: whether its floats may be nan, which makes it differ from itself, and an Any may be unknown.
    """
    message: Any = message_class(full_name)()
    if full_name == "google.protobuf.Any":
        payload = draw(messages(draw(st.sampled_from(OPTIONS)), depth, nan))
        message.Pack(payload, deterministic=True)
        if nan and draw(st.booleans()):
            message.type_url = "type.googleapis.com/acme.Unknown"
    if full_name == "mediapipe.CalculatorOptions" and depth > 0:
        payload = draw(messages(draw(st.sampled_from(OPTIONS)), depth - 1, nan))
        message.Extensions[payload.DESCRIPTOR.extensions_by_name["ext"]].CopyFrom(payload)
    if full_name.startswith("google.") or depth <= 0:
        return message
    fields = list(message.DESCRIPTOR.fields)
    for descriptor in draw(st.lists(st.sampled_from(fields), max_size=4, unique=True)) if fields else ():
        if is_map(descriptor):
            # One entry: protobuf's own parser packs several in arbitrary order.
            inner = descriptor.message_type.fields_by_name["value"]
            for key in draw(st.sets(st.integers(-5, 5), max_size=1)):
                getattr(message, descriptor.name)[key].CopyFrom(draw(values(inner, depth, nan)))
        elif is_repeated(descriptor):
            getattr(message, descriptor.name).extend(
                draw(st.lists(values(descriptor, depth, nan), max_size=2))
            )
        elif descriptor.message_type is not None:
            getattr(message, descriptor.name).CopyFrom(draw(values(descriptor, depth, nan)))
            getattr(message, descriptor.name).SetInParent()
        else:
            setattr(message, descriptor.name, draw(values(descriptor, depth, nan)))
    return message


NAMES = st.sampled_from(["a", "level", "input_stream", "[acme.Thing.ext]", "[type.googleapis.com/acme.T]"])
SCALARS = st.one_of(
    st.integers(-(2**63), 2**64 - 1).map(str),
    st.floats().map(repr),
    st.sampled_from(["true", "ENUM_VALUE", "-inf", "0x1F", "017", "1.5e3f", ".5"]),
    st.just(r"""'it\'s' "\x00\377\u00e9" """),
    st.text(max_size=5).map(lambda text: '"' + "".join(f"\\{byte:03o}" for byte in text.encode()) + '"'),
)


def texts(depth: int = 3) -> st.SearchStrategy[str]:
    """The fields of a message without a schema."""
    scalar_list = st.lists(SCALARS, max_size=3).map(lambda items: f": [{', '.join(items)}]")
    kinds = [SCALARS.map(lambda text: f": {text}"), scalar_list]
    if depth:
        kinds.append(texts(depth - 1).map(lambda text: f" {{ {text} }}"))
    field = st.tuples(NAMES, st.one_of(kinds)).map("".join)
    return st.lists(field, max_size=3).map(" ".join)
