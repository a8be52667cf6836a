"""Payload types: what a port takes, what a producer emits."""

from __future__ import annotations

import pickle

import pytest

from mpgraph.framework import packet_type as pt


class Color:
    """A class without a payload type."""


class Paint(Color):
    """Another one."""


def test_python_class_accepts_all_its_payload_types() -> None:
    assert pt.family(int) == {
        pt.INT, pt.INT8, pt.INT16, pt.INT64, pt.UINT8, pt.UINT16, pt.UINT32, pt.UINT64,
    }  # fmt: skip
    assert pt.produced(int) == {pt.INT}
    assert pt.INT32 is pt.INT


def test_any_type() -> None:
    for kind in (pt.AnyType, object):
        assert pt.family(kind) is None
        assert pt.produced(kind) is None
    assert repr(pt.AnyType) == "AnyType"
    assert pt.names(None) == "any type"


def test_port_type_may_be_one_of_several() -> None:
    assert pt.family((str, pt.INT8)) == {pt.STRING, pt.INT8}
    assert pt.produced((float, pt.INT8)) == {pt.FLOAT, pt.INT8}
    assert pt.names((pt.STRING, pt.INT)) == "int or string"
    assert pt.names(()) == "no type"


def test_unknown_class_gets_a_payload_type() -> None:
    kind = pt.of_class(Color)
    assert pt.of_class(Color) is kind
    assert kind.name.endswith("test_packet_type.Color")
    assert pt.family(Color) == pt.produced(Color) == {kind}
    assert pt.of_class(Paint) is not kind


def test_two_classes_of_the_same_name() -> None:
    first, second = (type("Same", (), {"__module__": "somewhere"}) for _ in range(2))
    assert pt.of_class(first).name == "somewhere.Same"
    assert pt.of_class(second).name.startswith("somewhere.Same (at 0x")


def test_vectors_have_mediapipes_names() -> None:
    assert pt.vector(pt.INT).name == "::std::vector<int>"
    assert pt.vector(pt.STRING).name == "::std::vector<std::string>"
    assert pt.vector(pt.INT) is pt.vector(pt.INT)
    assert pt.by_name("::std::vector<int>") is pt.vector(pt.INT)
    assert pt.by_name("nothing") is None


def test_raw_container_has_its_own_payload_type() -> None:
    vector = pt.vector(pt.BOOL)
    for container in (list, tuple, dict):
        assert pt.of_class(container).name == container.__name__
    assert {vector, pt.of_class(list)} <= (pt.family(list) or frozenset())


def test_payload_type_is_defined_once() -> None:
    with pytest.raises(ValueError, match='"int" is defined twice'):
        pt.define("int", int)


def test_type_may_be_unpickled_before_it_is_defined() -> None:
    written = pickle.dumps(pt.define("UnpickledFirst", tuple))
    unpickled = pickle.loads(written.replace(b"UnpickledFirst", b"UnpickledLater"))
    assert pt.define("UnpickledLater", tuple) is unpickled
    with pytest.raises(ValueError, match="twice"):
        pt.define("UnpickledLater", tuple)
