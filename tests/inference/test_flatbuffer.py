from __future__ import annotations

import contextlib
import struct

import pytest

from mpgraph.inference.flatbuffer import (
    Bytes,
    FlatbufferError,
    Kept,
    NewTable,
    Number,
    Numbers,
    References,
    root,
    write,
)

KIND = b"TEST"


def sample() -> bytes:
    inner = NewTable({0: Number("q", -7), 3: Bytes(b"name")})
    return write(
        NewTable(
            {
                0: Number("B", 200),
                1: Number("i", -5),
                2: Numbers("i", [1, -2, 3]),
                4: References([inner, NewTable({})]),
                5: Numbers("f", [0.5, 2.0]),
            }
        ),
        KIND,
    )


def test_written_values_are_read_back() -> None:
    table = root(sample(), KIND)
    assert (table.scalar(0, "B"), table.scalar(1, "i")) == (200, -5)
    assert table.integers(2) == (1, -2, 3)
    assert table.vector(5, "f") == (0.5, 2.0)
    first, second = table.tables(4)
    assert first.scalar(0, "q") == -7 and first.text(3) == "name"
    assert second.text(3) == "" and second.scalar(0, "q", 9) == 9


def test_absent_fields_have_their_defaults() -> None:
    table = root(sample(), KIND)
    assert table.scalar(3, "i", 42) == 42
    assert table.integers(3) is None and table.table(99) is None
    assert table.tables(99) == [] and table.raw(99) == b"" and table.length(99) == 0


def test_constants_are_aligned() -> None:
    data = write(NewTable({0: Bytes(b"x"), 1: Bytes(b"payload"), 2: Numbers("q", [1])}), KIND)
    table = root(data, KIND)
    assert all((at + 4) % 16 == 0 for at in (table.target(0), table.target(1)) if at is not None)
    wide = table.target(2)
    assert wide is not None and (wide + 4) % 8 == 0


def test_new_tables_refer_into_an_old_buffer() -> None:
    old = sample()
    before = root(old, KIND)
    kept = [Kept(position) for position in before.targets(4)]
    data = write(NewTable({4: References([NewTable({3: Bytes(b"new")}), *kept])}), KIND, old)
    assert data.endswith(old)
    assert [table.text(3) for table in root(data, KIND).tables(4)] == ["new", "name", ""]


def test_text_that_is_not_utf8_is_escaped() -> None:
    assert root(write(NewTable({0: Bytes(b"a\xff")}), KIND), KIND).text(0) == r"a\xff"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "only 0 bytes"),
        (b"\x08\0\0\0TEST", "bytes 8 to 12"),
        (b"\x08\0\0\0ELSE" + bytes(8), "files of this type have b'TEST'"),
        (b"\x08\0\0\0TEST" + struct.pack("<i", 100), "before its beginning"),
        (b"\x08\0\0\0TEST" + struct.pack("<iHH", -4, 3, 4), "has an invalid vtable"),
        (b"\x08\0\0\0TEST" + struct.pack("<iHH", -4, 4, 400), "ends after"),
    ],
)
def test_invalid_offsets_are_rejected(data: bytes, message: str) -> None:
    with pytest.raises(FlatbufferError, match=message):
        root(data, KIND)


def test_no_changed_byte_makes_reads_leave_the_buffer() -> None:
    """With any byte changed, everything reachable can be read, or is rejected with FlatbufferError."""
    data = sample()
    for position in range(len(data)):
        for value in (0, 1, 0x7F, 0x80, 0xFF):
            changed = data[:position] + bytes([value]) + data[position + 1 :]
            with contextlib.suppress(FlatbufferError):
                table = root(changed, KIND)
                table.scalar(0, "B"), table.scalar(1, "i"), table.integers(2), table.vector(5, "f")
                for inner in table.tables(4):
                    inner.scalar(0, "q"), inner.text(3)
