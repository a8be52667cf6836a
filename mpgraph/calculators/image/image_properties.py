"""ImagePropertiesCalculator: the size of images."""

from __future__ import annotations

from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp


@mp.register
class ImagePropertiesCalculator(mp.Calculator):
    """Sends the size of each image.

    IMAGE (Image or ImageFrame), IMAGE_CPU (ImageFrame) or IMAGE_GPU (GpuBuffer): of any format.
    SIZE: (width, height), two ints.
    """

    image = mp.Input("IMAGE", (Image, ImageFrame), optional=True)
    image_cpu = mp.Input("IMAGE_CPU", ImageFrame, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    size = mp.Output("SIZE", INT_PAIR, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one of IMAGE, IMAGE_CPU and IMAGE_GPU."""
        super().get_contract(contract)
        contract.need(
            sum(map(contract.inputs.has, ("IMAGE", "IMAGE_CPU", "IMAGE_GPU"))) == 1,
            "One and only one of IMAGE, IMAGE_CPU and IMAGE_GPU input is expected.",
        )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        image = cc.get(self.image) or cc.get(self.image_cpu) or cc.get(self.image_gpu)
        if image is not None:
            cc.emit(self.size, (image.width, image.height))
