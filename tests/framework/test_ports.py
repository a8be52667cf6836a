"""Ports: what they carry, and what the packets of graphs make of it."""

from __future__ import annotations

from typing import Any

import pytest

import mpgraph as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import family, produced


@pytest.mark.parametrize(
    ("kind", "taken", "made"),
    [
        (float, {"float", "double"}, {"float"}),
        ((int, str), {"int", "int64_t", "string"}, {"int", "string"}),
        (list[float], {"::std::vector<float>", "::std::vector<double>", "list"}, {"::std::vector<float>"}),
        (list[Any], {"list", "::std::vector<float>"}, {"list"}),
        (packet_type.INT64, {"int64_t"}, {"int64_t"}),
    ],
)
def test_types(kind: Any, taken: set[str], made: set[str]) -> None:
    assert taken <= {one.name for one in family(mp.Input("A", kind).type) or ()}
    assert made == {one.name for one in produced(mp.Output("A", kind).type) or ()}


def test_list_of_any_accepts_every_list() -> None:
    port = mp.Output("A", list[PortsThing])
    (made,) = produced(port.type) or ()
    assert made.name == f"::std::vector<{__name__}.PortsThing>"
    assert made in (family(list) or ()) and made in (family(list[PortsThing]) or ())
    assert made not in (family(list[int]) or ())


class PortsThing:
    pass


def test_location_of_a_port() -> None:
    class C(mp.Calculator):
        image = mp.Input("IMAGE", int)

    assert C.image.defined_at.file == __file__
    assert C.image.defined_at.line == C.defined_at.line + 1
    assert C.image.name == "image" and C.image.owner == "C"
    assert repr(C.image) == "<input stream image 'IMAGE'>"
    assert mp.Input("IMAGE", int).owner == ""


def test_subclass_replaces_or_removes_ports() -> None:
    class PortsBase(mp.Calculator):
        first = mp.Input("A", int)
        second = mp.Input("B", int)
        out = mp.Output("OUT", int)

    class PortsDerived(PortsBase):
        first = None  # type: ignore[assignment]
        second = mp.Input("SECOND", int)

    assert PortsDerived.ports == (PortsDerived.second, PortsBase.out)
