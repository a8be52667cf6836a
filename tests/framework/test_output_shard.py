"""What output streams accept, whatever they have accepted before."""

from __future__ import annotations

import numpy as np
import pytest

from mpgraph.errors import FailedPreconditionError, InvalidArgumentError
from mpgraph.framework import packet_type
from mpgraph.framework.output_shard import OutputStreamShard
from mpgraph.framework.timestamp import UNSTARTED


def test_each_value_is_converted_to_the_declared_type() -> None:
    shard = OutputStreamShard("s", frozenset({packet_type.FLOAT}), None)
    for t, value in enumerate((1.5, 2, 2.5, 3, np.float32(4), np.float32(5))):
        shard.emit(value, t)
    assert [packet.payload for packet in shard.packets] == [1.5, 2.0, 2.5, 3.0, 4.0, 5.0]
    assert {type(packet.payload) for packet in shard.packets} == {float}
    assert {packet.type for packet in shard.packets} == {packet_type.FLOAT}


@pytest.mark.parametrize("wrong", [True, "1", None, 1.5])
def test_values_of_other_classes_are_refused_after_right_ones(wrong: object) -> None:
    shard = OutputStreamShard("s", frozenset({packet_type.INT}), None)
    shard.emit(1, 0)
    shard.emit(2, 1)
    with pytest.raises(InvalidArgumentError):
        shard.emit(wrong, 2)
    assert [packet.payload for packet in shard.packets] == [1, 2]


def test_every_array_becomes_read_only() -> None:
    shard = OutputStreamShard("s", None, None)
    arrays = [np.zeros(2), np.zeros(3), np.zeros(4)]
    for t, array in enumerate(arrays):
        shard.emit(array, t)
    assert not any(array.flags.writeable for array in arrays)


def test_times_and_the_end_are_checked_for_known_classes_too() -> None:
    shard = OutputStreamShard("s", None, None)
    shard.emit(1, 0)
    with pytest.raises(
        InvalidArgumentError, match="timestamp not specified or set to illegal value: UNSTARTED"
    ):
        shard.emit(2, UNSTARTED)
    shard.close()
    with pytest.raises(FailedPreconditionError, match="closed stream"):
        shard.emit(3, 1)
    assert [packet.payload for packet in shard.packets] == [1]
