"""Families: one calculator for each of many element types, all with one implementation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.ports import Port
from mpgraph.framework.registry import register


def register_family(
    base: type[Calculator],
    elements: Mapping[str, PayloadType],
    ports: Callable[[PayloadType], Mapping[str, Port[Any] | PayloadType]],
) -> None:
    """Register a subclass of `base` for each element type.

    elements: the element type by the calculator's name.
    ports: makes, from an element type, the attributes that depend on it: ports, and perhaps itself.
    """
    for name, element in elements.items():
        members = {"__doc__": base.__doc__, "__module__": base.__module__, **ports(element)}
        register(type(name, (base,), members))
