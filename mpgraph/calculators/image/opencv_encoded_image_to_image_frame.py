"""OpenCvEncodedImageToImageFrameCalculator: images from the contents of their files."""

from __future__ import annotations

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.decoding import decode_image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import STRING
from mpgraph.protos.opencv_encoded_image_to_image_frame_calculator_pb2 import (
    OpenCvEncodedImageToImageFrameCalculatorOptions,
)


@mp.register
class OpenCvEncodedImageToImageFrameCalculator(mp.Calculator):
    """Decodes images: JPEG, PNG and whatever else OpenCV reads.

    Untagged input: the content of a file, bytes. Untagged output: ImageFrame, GRAY8, SRGB or SRGBA, as in the
    file; 16 bits per channel become 8.

    Option: `apply_orientation_from_exif_data`, which drops alpha.
    """

    data = mp.Input("", STRING)
    image = mp.Output("", ImageFrame)
    Options = mp.ProtoOptions(OpenCvEncodedImageToImageFrameCalculatorOptions)
    blocking = True

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        data = cc[self.data]
        if not isinstance(data, bytes):
            raise InvalidArgumentError("An encoded image is bytes, not text: read its file as bytes.")
        upright = cc.options_as(self.Options).apply_orientation_from_exif_data
        cc.emit(self.image, ImageFrame.wrap(decode_image(data, "the input", upright=upright)))
