"""Packets: payloads shared by reference, with a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.framework.timestamp import Timestamp


def test_empty_packet() -> None:
    empty = Packet()
    assert empty.is_empty()
    assert (empty.payload, empty.type, empty.timestamp) == (None, None, Timestamp.UNSET)
    assert repr(empty) == "<mediapipe.Packet with timestamp: UNSET and no data>"
    assert repr(empty.at(5)) == "<mediapipe.Packet with timestamp: 5 and no data>"


def test_packet_at_another_time_shares_the_payload() -> None:
    value = object()
    packet = make_packet(value)
    later = packet.at(7)
    assert later.payload is value and later.type is packet.type
    assert (packet.timestamp, later.timestamp) == (Timestamp.UNSET, 7)


def test_repr_names_the_c_type() -> None:
    assert repr(make_packet(5, 7)) == "<mediapipe.Packet with timestamp: 7 and C++ type: int>"
    assert (
        repr(make_packet(5).at(Timestamp.MAX)) == "<mediapipe.Packet with timestamp: MAX and C++ type: int>"
    )


def test_packet_copy_shares_the_payload() -> None:
    packet = make_packet(5, 7)
    copy = Packet(packet)
    packet.timestamp = 8  # type: ignore[assignment]
    assert (copy.payload, copy.type, copy.timestamp) == (5, packet_type.INT, 7)
    with pytest.raises(TypeError, match=r"make_packet\(\) creates one from an int"):
        Packet(5)  # type: ignore[arg-type]


@pytest.mark.parametrize("time", [np.int64(9), Timestamp(9), 9])
def test_times(time: Any) -> None:
    packet = make_packet(5)
    packet.timestamp = time
    assert packet.timestamp == 9
    assert packet.at(time).timestamp == 9
    assert make_packet(5, time).timestamp == 9


@pytest.mark.parametrize("time", ["a", 1.5, None, 2**63])
def test_other_types_are_not_times(time: Any) -> None:
    packet = make_packet(5)
    with pytest.raises(TypeError):
        packet.at(time)
    with pytest.raises(TypeError):
        packet.timestamp = time
    with pytest.raises(TypeError):
        make_packet(5, time)
    assert packet.timestamp == Timestamp.UNSET


@pytest.mark.parametrize("number", [ts.PRESTREAM, ts.MAX, ts.DONE])
def test_special_times_are_shown_by_name(number: int) -> None:
    with pytest.raises(InvalidArgumentError, match="special value"):
        make_packet(5).at(number)


@pytest.mark.parametrize("name", ["PRESTREAM", "MIN", "MAX", "POSTSTREAM"])
def test_named_times(name: str) -> None:
    named: Timestamp = getattr(Timestamp, name)
    assert make_packet(5).at(named).timestamp == named


def test_payload_type_follows_from_the_class() -> None:
    assert make_packet(5).type is packet_type.INT
    assert make_packet(0.5).type is packet_type.FLOAT
    assert make_packet(True).type is packet_type.BOOL
    assert make_packet("a").type is make_packet(b"a").type is packet_type.STRING
    assert make_packet(packets.make_packet(1)).type is packets.PACKET
    assert make_packet([1]).type is packet_type.of_class(list)
    assert make_packet(None).is_empty()


def test_arrays_become_read_only() -> None:
    array = np.zeros(3)
    make_packet(array)
    assert not array.flags.writeable


def test_attributes_cannot_be_added() -> None:
    with pytest.raises(AttributeError):
        mp.Packet().color = 1  # type: ignore[attr-defined]
