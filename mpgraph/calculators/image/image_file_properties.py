"""ImageFilePropertiesCalculator: size and focal length of an image, from its file's EXIF data."""

from __future__ import annotations

import math
from typing import Any

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet_type import STRING
from mpgraph.io.exif import Exif, read_exif
from mpgraph.protos.image_file_properties_pb2 import ImageFileProperties

_PROPERTIES = mp.message_type("mediapipe.ImageFileProperties")
_DIAGONAL_35MM = math.hypot(36, 24)
"""Of a frame of 35 mm film, in millimeters."""


@mp.register
class ImageFilePropertiesCalculator(mp.Calculator):
    """Reads size and focal length, in millimeters and in pixels, from the EXIF data of a JPEG file.

    Untagged input, a stream or side packet: the content of a file, bytes.
    Untagged output: ImageFileProperties, as a stream if the input is one, or as a side packet, of one file.

    EXIF data without size, focal length or focal length for 35 mm film is an error, as in MediaPipe.
    """

    data = mp.Input("", STRING, optional=True)
    side_data = mp.SideInput("", STRING, optional=True)
    properties = mp.Output("", _PROPERTIES, optional=True)
    side_properties = mp.SideOutput("", _PROPERTIES, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One input and one output; a side packet as input gives a side packet."""
        super().get_contract(contract)
        inputs, outputs = len(contract.inputs), len(contract.outputs)
        contract.need(
            inputs + len(contract.side_inputs) == 1 == outputs + len(contract.side_outputs)
            and outputs <= inputs,
            "ImageFilePropertiesCalculator has one input, a stream or side packet, and one output: a side "
            "packet or, of a stream, a stream.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.side_data):
            cc.emit(self.side_properties, _properties(cc[self.side_data]))

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        found = _properties(cc[self.data])
        cc.emit(self.properties, found)
        cc.emit(self.side_properties, found, ts.UNSET)


def _properties(data: str | bytes) -> Any:
    if not isinstance(data, bytes):
        raise InvalidArgumentError("The content of an image file is bytes, not text: read it as bytes.")
    exif = read_exif(data)
    if exif is None:
        raise InternalError("Error parsing EXIF: the input is not a JPEG file with EXIF data.")
    return ImageFileProperties(
        image_width=exif.width,
        image_height=exif.height,
        focal_length_mm=exif.focal_length,
        focal_length_35mm=exif.focal_length_35mm,
        focal_length_pixels=_in_pixels(exif),
    )


def _in_pixels(exif: Exif) -> float:
    for name, value in exif._asdict().items():
        if not value:
            raise InternalError(f"The EXIF data has no {name}; the focal length in pixels cannot be told.")
    return math.hypot(exif.width, exif.height) / _DIAGONAL_35MM * exif.focal_length_35mm
