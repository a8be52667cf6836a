"""Payload types of small fixed groups of numbers; their payloads are tuples."""

from __future__ import annotations

from mpgraph.framework import packet_type

INT_PAIR = packet_type.pair(packet_type.INT, packet_type.INT)
"""Two ints; as a size it is (width, height)."""

INTS_2 = packet_type.array(packet_type.INT, 2)
"""Two ints, for sizes in side packets."""

FLOATS_4 = packet_type.array(packet_type.FLOAT, 4)
"""Four floats, such as a letterbox's (left, top, right, bottom) as fractions of the image."""

FLOATS_16 = packet_type.array(packet_type.FLOAT, 16)
"""Sixteen floats: a 4x4 matrix row by row."""

INT_ARRAY = packet_type.define("int []", tuple)
"""Any number of ints."""

FLOAT_ARRAY = packet_type.define("float []", tuple)
"""Any number of float32 values."""
