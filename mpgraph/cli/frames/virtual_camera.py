"""A camera that other programs see: what a command shows, for video calls."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from mpgraph.cli.console import echo
from mpgraph.errors import MediaError
from mpgraph.framework.override import override
from mpgraph.session.sinks import Sink, as_rgb

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels
    from mpgraph.formats.yuv420 import Yuv420

_FRAME_RATE = 30
_DRIVERS = {
    "linux": "install v4l2loopback and load it: sudo modprobe v4l2loopback exclusive_caps=1",
    "darwin": "install OBS Studio and start its virtual camera once",
    "win32": "install OBS Studio, whose virtual camera is used",
}


class VirtualCamera(Sink):
    """The operating system's virtual camera, through pyvirtualcam; the first image determines its size.

    Raises:
        MediaError: pyvirtualcam is not installed, or with the first image, there is no driver.
    """

    def __init__(self) -> None:
        super().__init__()
        try:
            import pyvirtualcam
        except ImportError:
            raise MediaError(
                '--virtual-camera needs pyvirtualcam: pip install "mpgraph[virtual-camera]"'
            ) from None
        self._module: Any = pyvirtualcam
        self._camera: Any = None

    @override
    def put(self, image: Pixels | Yuv420, timestamp_us: int) -> None:
        image = as_rgb(image)
        if self._camera is None:
            height, width = image.shape[:2]
            try:
                self._camera = self._module.Camera(width=width, height=height, fps=_FRAME_RATE)
            except RuntimeError as error:
                reason = str(error).strip().splitlines()[-1]
                driver = _DRIVERS.get(sys.platform, "install its driver")
                raise MediaError(f"there is no virtual camera ({reason}); {driver}") from None
            echo(f"Virtual camera: {self._camera.device} ({width}x{height})", err=True)
        self._camera.send(image)
        self.count += 1

    @override
    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()

    abort = close
