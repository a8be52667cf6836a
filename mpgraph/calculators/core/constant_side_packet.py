"""ConstantSidePacketCalculator: side packets with values from the options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType

_TYPES = {
    "int_value": packet_type.INT,
    "float_value": packet_type.FLOAT,
    "bool_value": packet_type.BOOL,
    "string_value": packet_type.STRING,
    "uint64_value": packet_type.UINT64,
    "double_value": packet_type.DOUBLE,
    "int64_value": packet_type.INT64,
}


@mp.register
class ConstantSidePacketCalculator(mp.Calculator):
    """Sets output side packet PACKET:i to the value of the i-th `packet` of its options.

    Numbers, bools, strings and messages have the type of their field; `string_vector_value` becomes a list
    of str. Side packets with other tags or none are accepted, as in MediaPipe, and never set.
    """

    packet = mp.SideOutput("PACKET", repeated=True)
    Options = mp.ProtoOptions("ConstantSidePacketCalculatorOptions")

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """There are as many PACKET outputs as `packet` entries in the options, each with a value."""
        super().get_contract(contract)
        count, given = contract.side_outputs.count("PACKET"), len(contract.options.packet)
        ret_check(
            count == given,
            "Number of output side packets has to be same as number of packets configured in options: "
            f"the node has {count} and its options {given}.",
        )
        specs = contract.side_outputs.of_tag("PACKET")
        for spec, (_, kind) in zip(specs, _values(contract.options), strict=True):
            spec.set(kind)
        for spec in contract.side_outputs:
            if not spec.declared:
                spec.set_any()

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        for index, (value, kind) in enumerate(_values(cc.options)):
            cc.forward(self.packet, packets.make(value, kind), index=index)


def _values(options: Any) -> Iterator[tuple[Any, PayloadType]]:
    """Yield the configured values and their payload types.

    Raises:
        InvalidArgumentError: an entry has no value.
    """
    for index, entry in enumerate(options.packet):
        field = entry.WhichOneof("value")
        if field is None:
            raise InvalidArgumentError(
                f"None of supported values were specified in options: packet {index} is empty. "
                f"Give it one of {', '.join(f.name for f in entry.DESCRIPTOR.fields)}."
            )
        value = getattr(entry, field)
        if field == "string_vector_value":
            yield list(value.string_value), packet_type.vector(packet_type.STRING)
        else:
            yield value, _TYPES.get(field) or packet_type.of_class(type(value))
