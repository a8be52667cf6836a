"""Draw .github/hdr.jpg: an HDR video as a player for SDR shows it, and as mpgraph reads it.

    python tools/hdr_image.py [FILE]

The scene is made of light, up to 1000 cd/m2: a sunset, and colored balls in the shade. It is written as a
video in PQ (HDR10), and read twice: as it is stored, and by VideoReader.
"""

from __future__ import annotations

import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.media.hdr import PQ
from mpgraph.media.video_reader import VideoReader

TARGET = Path(__file__).resolve().parent.parent / ".github" / "hdr.jpg"
WIDTH, HEIGHT = 420, 300
_WHITE = 203.0  # cd/m2 of diffuse white
_PEAK = 1000.0
_QUALITY = 88
_GAP = 12
_UNSPECIFIED = 2

# ITU-R BT.2087, table 4, and BT.2100, table 4.
_TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
_M1, _M2 = 0.1593017578125, 78.84375
_C1, _C2, _C3 = 0.8359375, 18.8515625, 18.6875

Light = NDArray[np.float64]


def scene() -> Light:
    """The light of each pixel in cd/m2, HxWx3, with the primaries of BT.709."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    horizon = 0.62 * HEIGHT
    height = np.clip((horizon - y) / horizon, 0, 1)[..., None]
    sky = (1 - height) * np.array([330.0, 150.0, 60.0]) + height * np.array([35.0, 60.0, 120.0])
    distance = np.hypot(x - 0.72 * WIDTH, y - 0.42 * HEIGHT)[..., None]
    sky = sky + 900 * np.exp(-((distance / 26) ** 2)) * np.array([1.0, 0.75, 0.4])
    sky = np.where(distance < 20, np.array([1000.0, 900.0, 650.0]), sky)
    depth = np.clip((y - horizon) / (HEIGHT - horizon), 0, 1)[..., None]
    floor = (18 + 50 * (1 - depth)) * np.array([0.8, 0.7, 0.6])
    light = np.where((y < horizon)[..., None], sky, floor)
    colors = ((0.75, 0.08, 0.06), (0.8, 0.5, 0.05), (0.1, 0.5, 0.12), (0.06, 0.2, 0.7), (0.75, 0.75, 0.75))
    for number, color in enumerate(colors):
        center, radius = ((number + 0.6) * WIDTH / 5.2, 0.74 * HEIGHT), 0.065 * WIDTH
        across, down = (x - center[0]) / radius, (y - center[1]) / radius
        up = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
        shade = np.clip(0.35 * across - 0.45 * down + 0.8 * up, 0.04, 1)[..., None]
        gleam = 700 * np.clip(0.5 * across - 0.6 * down + 0.62 * up, 0, 1)[..., None] ** 60
        inside = (across**2 + down**2 < 1)[..., None]
        light = np.where(inside, _WHITE * shade * np.array(color) + gleam, light)
    return np.clip(light, 0.05, _PEAK)


def pq_signal(light: Light) -> Light:
    """The signal in [0, 1] of light, with the primaries of BT.2020."""
    power = (light @ _TO_2020.T / 10_000) ** _M1
    signal: Light = ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2
    return signal


def write_video(path: Path, signal: Light, transfer: int) -> None:
    """Write one frame of 10 bits, tagged with a transfer characteristic (ITU-T H.273)."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("ffv1", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p10le"
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace, context.color_range = (
            9,
            transfer,
            9,
            1,
        )
        rgb = av.VideoFrame.from_ndarray(np.rint(signal * 65535).astype(np.uint16), format="rgb48le")
        frame = rgb.reformat(format="yuv420p10le", dst_colorspace=9, src_color_range=2, dst_color_range=1)
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def main() -> None:
    """Draw the image."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "hdr.mkv"
        signal = pq_signal(scene())
        # What programs show that take the numbers for those of SDR, such as OpenCV 4.
        write_video(video, signal, _UNSPECIFIED)
        _, before = cv2.VideoCapture(str(video)).read()
        write_video(video, signal, PQ)
        with VideoReader(video) as reader:
            after = next(iter(reader)).pixels[..., ::-1]
    gap = np.full((HEIGHT, _GAP, 3), 255, np.uint8)
    cv2.imwrite(str(target), np.hstack([before, gap, after]), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
