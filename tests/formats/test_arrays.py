"""The names of fixed groups of numbers."""

from __future__ import annotations

from mpgraph.formats import arrays
from mpgraph.framework import packet_type


def test_names_are_those_of_the_c_types() -> None:
    assert arrays.INT_PAIR.name == "::std::pair<int, int>"
    assert arrays.FLOATS_16.name == "::std::array<float, 16>"
    assert arrays.INT_ARRAY.name == "int []"


def test_raw_tuples_have_their_own_payload_type() -> None:
    assert packet_type.of_class(tuple).name == "tuple"
    assert arrays.INT_PAIR in (packet_type.family(tuple) or ())
