from __future__ import annotations

import struct
from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.protos.image_file_properties_pb2 import ImageFileProperties
from mpgraph.testing import run, t

NAME = "ImageFilePropertiesCalculator"


def jpeg(*, focal_length: int = 4) -> bytes:
    """The start of a JPEG file of 4000x3000 pixels, by a camera with 26 mm, as for 35 mm film."""
    exif = struct.pack("<HHII", 0x8769, 4, 1, 26) + bytes(4)
    fields = [(0xA002, 3, 4000), (0xA003, 3, 3000), (0xA405, 3, 26), (0x920A, 5, 80)]
    folder = struct.pack("<H", len(fields)) + b"".join(
        struct.pack("<HHII", tag, kind, 1, v) for tag, kind, v in fields
    )
    tiff = (
        b"II*\0" + struct.pack("<IH", 8, 1) + exif + folder + bytes(4) + struct.pack("<II", focal_length, 1)
    )
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff + b"\xff\xd9"


# The diagonal, 5000 pixels, is that of 36x24 mm film: 43.27 mm.
PROPERTIES = ImageFileProperties(
    image_width=4000,
    image_height=3000,
    focal_length_mm=4,
    focal_length_35mm=26,
    focal_length_pixels=3004.626,
)


def test_stream() -> None:
    node = run(NAME, inputs=[""], outputs=[""], tolerance=1e-3).send("", jpeg() @ t(1))
    node.expect("", PROPERTIES @ t(1))


@pytest.mark.parametrize("side", [True, False])
def test_side_packet(side: bool) -> None:
    graph = f"""
        {'input_side_packet: "data"' if side else 'input_stream: "data"'} output_side_packet: "properties"
        node {{
          calculator: "{NAME}"
          {"input_side_packet" if side else "input_stream"}: "data" output_side_packet: "properties"
        }}
    """
    runner = run(graph, side={"data": jpeg()} if side else {}, tolerance=1e-3)
    if not side:
        runner.send("data", jpeg() @ t(1)).close("data")
    runner.expect_side("properties", PROPERTIES)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b"no image", InternalError, "Error parsing EXIF"),
        ("text", InvalidArgumentError, "read it as bytes"),
        (jpeg(focal_length=0), InternalError, "has no focal_length;"),
    ],
)
def test_unsuitable_files(data: Any, error: type[Exception], message: str) -> None:
    run(NAME, inputs=[""], outputs=[""]).send("", data @ t(1)).expect_error(message, error)


def test_one_input_and_one_output() -> None:
    graph = f"""
        input_side_packet: "data" output_stream: "properties"
        node {{ calculator: "{NAME}" input_side_packet: "data" output_stream: "properties" }}
    """
    with pytest.raises(InvalidArgumentError, match="has one input, a stream or side packet"):
        run(graph, side={"data": b""})
