"""Options of custom operators: maps of numbers, and damaged ones."""

from __future__ import annotations

import pytest

from mpgraph.inference.flexbuffer import read_map

# Of TransformTensorBilinear, as TensorFlow's converter writes it.
SIZES = b"output_height\x00output_width\x00\x02\x1c\x0f\x02\x01\x02\x10\x11\x04\x04\x04\x24\x01"
# As Google's flexbuffers package writes it; "angle" is an indirect float.
MIXED = (
    b"scale\x00left\x00subset\x00\x03\x00\x01\x00,\x01\x05\x00angle\x00\x00\x00\x00?\x04\x0b '\x1d\x00\x00"
    b"\x00\x07\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00\x18\x00\x00\x00\xfd\xff\xff\xff\x00\x00\xc0?0"
    b'\x00\x00\x00"\x06\x0e-\x14&\x01'
)


def test_numbers_and_vectors_are_read() -> None:
    assert read_map(SIZES) == {"output_height": 16, "output_width": 17}
    assert read_map(MIXED) == {"angle": 0.5, "left": -3, "scale": 1.5, "subset": (1, 300, 5)}


@pytest.mark.parametrize("length", range(len(SIZES)))
def test_truncated_options_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="has options that are not a flexbuffer map"):
        read_map(SIZES[:length])


@pytest.mark.parametrize("position", range(len(MIXED)))
@pytest.mark.parametrize("value", [0, 1, 127, 255])
def test_damaged_options_are_refused_or_read_as_numbers(position: int, value: int) -> None:
    damaged = MIXED[:position] + bytes([value]) + MIXED[position + 1 :]
    try:
        found = read_map(damaged)
    except ValueError:
        return
    assert all(isinstance(each, int | float | tuple) for each in found.values())
