"""Small videos of gray frames, whose level is their number, with and without a beep; made by PyAV alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

NTSC = Fraction(30_000, 1001)
SAMPLE_RATE = 44_100
TICKS = 90_000


def grid_us(count: int, rate: Fraction = NTSC) -> list[int]:
    """The times of `count` frames at a constant rate, in microseconds."""
    return [round(index / rate * 1_000_000) for index in range(count)]


def level(index: int) -> int:
    return 20 + (index * 23) % 200


def grey(index: int, width: int = 64, height: int = 48) -> Pixels:
    return np.full((height, width, 3), level(index), np.uint8)


def quadrants(width: int = 64, height: int = 48) -> Pixels:
    """Red, green over blue, white."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (220, 30, 30)
    pixels[: height // 2, width // 2 :] = (30, 220, 30)
    pixels[height // 2 :, : width // 2] = (30, 30, 220)
    pixels[height // 2 :, width // 2 :] = (235, 235, 235)
    return pixels


def tone(length: float, beep_at: float) -> npt.NDArray[np.int16]:
    """A 1 kHz tone from `beep_at` on, silence before; in seconds."""
    seconds = np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE
    wave = np.sin(2 * np.pi * 1000 * seconds) * 12_000 * (seconds >= beep_at)
    return wave.astype(np.int16)


@dataclass(frozen=True)
class Inspection:
    """The properties of a file, read with PyAV alone."""

    codec: str
    profile: str | None
    pixel_format: str | None
    rate: Fraction | None
    times_us: list[int]
    colors: tuple[int, int, int, int]
    sound_codec: str | None
    sound_seconds: float
    beep_at: float | None


def inspect(path: Path) -> Inspection:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = [float(frame.pts * frame.time_base) for frame in container.decode(stream)]
        context = stream.codec_context
        facts = (context.name, context.profile, context.pix_fmt, stream.average_rate)
        colors = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return Inspection(*facts, [round(time * 1e6) for time in times], colors, None, 0.0, None)
        audio = container.streams.audio[0]
        beep, end = None, 0.0
        for block in container.decode(audio):
            samples = block.to_ndarray().astype(float)
            if block.format.is_packed:
                samples = samples.reshape(-1, block.layout.nb_channels).T
            loud = np.abs(samples[0]) > 0.1 * (1.0 if block.format.name.startswith("flt") else 32_768)
            start = float(block.pts * block.time_base)
            if beep is None and loud.any():
                beep = start + float(np.argmax(loud)) / block.sample_rate
            end = start + block.samples / block.sample_rate
        name = audio.codec_context.name
    return Inspection(*facts, [round(time * 1e6) for time in times], colors, name, end, beep)


class Videos:
    """Creates and inspects videos in a folder, without the code under test."""

    grid_us = staticmethod(grid_us)
    grey = staticmethod(grey)
    level = staticmethod(level)
    quadrants = staticmethod(quadrants)
    inspect = staticmethod(inspect)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def greys(self, count: int, width: int = 64, height: int = 48) -> list[Pixels]:
        return [grey(index, width, height) for index in range(count)]

    def make(
        self,
        name: str,
        frames: Sequence[Pixels],
        times_us: Sequence[int],
        *,
        codec: str = "libx264",
        rate: Fraction = NTSC,
        sound: str | None = None,
        beep_at: float = 0.5,
        sound_length: float = 1.0,
        sound_start: float = 0.0,
        rotation: float | None = None,
        mirrored: bool = False,
        options: dict[str, str] | None = None,
    ) -> Path:
        path = self.folder / name
        with av.open(str(path), "w", options=options or {}) as container:
            speed = {"preset": "ultrafast", "crf": "10", "bf": "0"} if codec == "libx264" else {}
            stream: Any = container.add_stream(codec, rate=rate, options=speed)
            stream.height, stream.width = frames[0].shape[:2]
            stream.pix_fmt = "yuv444p" if stream.width % 2 or stream.height % 2 else "yuv420p"
            if codec == "libx264":
                stream.codec_context.time_base = Fraction(1, TICKS)
            if rotation is not None:
                stream.set_display_rotation(rotation, hflip=mirrored)
            audio: Any = container.add_stream(sound, rate=SAMPLE_RATE) if sound else None
            tick = Fraction(1, TICKS) if codec == "libx264" else 1 / rate
            for pixels, time_us in zip(frames, times_us, strict=True):
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                frame.time_base = tick
                frame.pts = round(Fraction(time_us, 1_000_000) / tick)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
            if sound:
                block = av.AudioFrame.from_ndarray(
                    tone(sound_length, beep_at)[None, :], format="s16", layout="mono"
                )
                block.sample_rate = SAMPLE_RATE
                block.time_base = Fraction(1, SAMPLE_RATE)
                block.pts = round(sound_start * SAMPLE_RATE)
                resampler = av.AudioResampler(audio.format, audio.layout, SAMPLE_RATE)
                for part in [*resampler.resample(block), None]:
                    container.mux(audio.encode(part))
        return path
