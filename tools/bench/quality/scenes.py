"""The clips: people with exact alpha over backgrounds that move, are noisy and cluttered."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import pi, sin
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from layers import Layer, Pose, Size, composited, read_cutout

LANDSCAPE = (1280, 720)
PORTRAIT = (720, 1280)
FRAMES = 48
_RATE = 30

Motion = Callable[[float], Pose]


@dataclass(frozen=True)
class Frame:
    """A frame of a clip.

    image: what the camera sees, HxWx3 uint8 RGB. alpha: the truth, HxW float32 in 0..1. person: the people
    alone, premultiplied, HxWx3 float32 in 0..255, with the camera's noise.
    """

    image: Any
    alpha: Any
    person: Any


@dataclass(frozen=True)
class Scene:
    """A part of a clip, from one cut to the next.

    people: layers, the rearmost first. background: a function of a frame's number to HxWx3 float32 RGB.
    noise: standard deviation. exposure: a function of the frame's number to a factor. shake: of a hand, in
    pixels.
    """

    people: tuple[Layer, ...]
    background: Callable[[int], Any]
    noise: float = 2.0
    exposure: Callable[[int], float] = lambda _: 1.0
    shake: float = 0.0


@dataclass(frozen=True)
class Clip:
    """A clip of one or more scenes. bits: of H.264 a second, 0 for no compression."""

    name: str
    scenes: tuple[Scene, ...]
    size: Size = LANDSCAPE
    bits: int = 0
    frames: int = field(default=FRAMES)

    def __iter__(self) -> Iterator[Frame]:
        random = np.random.default_rng(sum(self.name.encode()))
        rendered = (self._frame(index, random) for index in range(self.frames))
        return _compressed(list(rendered), self.bits) if self.bits else rendered

    def _frame(self, index: int, random: np.random.Generator) -> Frame:
        scene = self.scenes[index * len(self.scenes) // self.frames]
        people = composited([layer.rendered(index, self.size) for layer in scene.people])
        behind = scene.background(index)[: self.size[1], : self.size[0]]
        if scene.shake:
            move = _shift(scene.shake * _wander(index, 1), scene.shake * _wander(index, 2))
            people = cv2.warpAffine(people, move, self.size)
            behind = cv2.warpAffine(behind, move, self.size, borderMode=cv2.BORDER_REFLECT)
        color, alpha = people[..., :3], people[..., 3:]
        noise = random.normal(0, scene.noise, color.shape).astype(np.float32)
        exposure = np.float32(scene.exposure(index))
        image = exposure * (color + (1 - alpha) * behind) + noise
        person = exposure * color + alpha * noise
        return Frame(np.clip(np.rint(image), 0, 255).astype(np.uint8), alpha[..., 0].copy(), person)


def clips(folder: Path) -> list[Clip]:
    """Return the clips, made from the files that `cutouts.py` has written to `folder`."""
    person = {file.stem: read_cutout(file) for file in (folder / "people").glob("*.png")}
    photo = {
        file.stem: np.asarray(cv2.imread(str(file)), np.float32)[..., ::-1]
        for file in (folder / "backgrounds").glob("*.png")
    }
    # Backgrounds drift, so that nothing but the people is alike from frame to frame.
    shelf, coffee = _shelf(list(photo.values())), _drifting(photo["coffee"])
    moving_shelf = _drifting(shelf)
    rocket, palace = _drifting(photo["rocket"]), _drifting(photo["palace"])
    astronaut, officer, coach, watcher = (
        person[name] for name in ("astronaut", "officer", "coach", "watcher")
    )
    still = Layer(astronaut, lambda t: Pose(0.5, 1.01, 0.82, turn=0.4 * sin(t / 9)))
    arm = Layer(person["arm"], _waving)
    brown = (1.0, 0.78, 0.55)
    return [
        Clip("still", (Scene((still,), _fixed(shelf), 3),)),
        Clip(
            "dim",
            (
                Scene(
                    (Layer(officer, lambda t: Pose(0.46, 1.01, 0.86, turn=1.5 * sin(t / 8))),),
                    moving_shelf,
                    5,
                    lambda t: 0.22 + 0.03 * sin(2.1 * t),
                ),
            ),
        ),
        Clip("shaking head", (Scene((Layer(astronaut, _shaking),), rocket, 3),)),
        Clip("fast hand", (Scene((Layer(officer, lambda t: Pose(0.45, 1.01, 0.8)), arm), coffee),)),
        Clip("leaving", (Scene((Layer(watcher, _leaving),), palace, 3),)),
        Clip(
            "pair",
            (
                Scene(
                    (
                        Layer(watcher, lambda t: Pose(0.28, 1.01, 0.75, turn=sin(t / 7))),
                        Layer(astronaut, lambda t: Pose(0.7, 1.01, 0.7, turn=sin(t / 6 + 1))),
                    ),
                    _moving_video,
                ),
            ),
        ),
        Clip(
            "crossing",
            (
                Scene(
                    (
                        Layer(watcher, lambda t: Pose(0.15 + t / 65, 1.01, 0.72)),
                        Layer(officer, lambda t: Pose(0.85 - t / 60, 1.01, 0.78)),
                    ),
                    moving_shelf,
                    3,
                ),
            ),
        ),
        Clip(
            "group",
            (
                Scene(
                    (
                        Layer(officer, lambda t: Pose(0.16, 1.01, 0.55, turn=sin(t / 5))),
                        Layer(watcher, lambda t: Pose(0.4, 1.01, 0.62, turn=sin(t / 6))),
                        Layer(astronaut, lambda t: Pose(0.63, 1.01, 0.56, turn=sin(t / 7))),
                        Layer(coach, lambda t: Pose(0.86, 1.01, 0.6, mirrored=True)),
                    ),
                    _fixed(photo["palace"]),
                    2,
                    shake=7,
                ),
            ),
            bits=1_500_000,
        ),
        Clip(
            "brown on brown",
            (Scene((Layer(astronaut, _bobbing, brown),), _drifting(photo["brick"], brown), 3),),
        ),
        Clip(
            "cut",
            (
                Scene((Layer(officer, lambda t: Pose(0.3, 1.01, 0.8, turn=sin(t / 6))),), coffee),
                Scene((Layer(watcher, lambda t: Pose(0.7, 1.01, 0.9, turn=sin(t / 6))),), rocket),
            ),
        ),
        Clip(
            "portrait",
            (
                Scene(
                    (Layer(astronaut, lambda t: Pose(0.5, 1.01, 0.5, turn=2 * sin(t / 6))),), moving_shelf, 3
                ),
            ),
            PORTRAIT,
        ),
    ]


def _shaking(t: float) -> Pose:
    return Pose(0.5, 1.01, 0.85, nod=0.07 * sin(t / 2.2))


def _bobbing(t: float) -> Pose:
    return Pose(0.52 + 0.02 * sin(t / 6), 1.03 + 0.02 * sin(t / 4), 0.85, turn=2 * sin(t / 7))


def _waving(t: float) -> Pose:
    return Pose(0.74 + 0.06 * sin(t / 2.5), 0.8, 0.16, turn=-75 + 25 * sin(t / 2.5))


def _leaving(t: float) -> Pose:
    """Out at the left by frame 18, back from frame 26 on."""
    away = min(max((t - 2) / 16, 0), 1) if t < 22 else 1 - min(max((t - 26) / 18, 0), 1)
    return Pose(0.42 - 0.75 * away, 1.01, 0.85)


def _wander(index: int, seed: int) -> float:
    return sin(index / 2.3 + seed) + 0.5 * sin(index / 1.1 + 3 * seed)


def _shift(x: float, y: float, zoom: float = 1.0) -> Any:
    return np.array([[zoom, 0, x], [0, zoom, y]])


def _covering(photo: Any, size: Size) -> Any:
    width, height = size
    scale = max(width / photo.shape[1], height / photo.shape[0])
    big = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    top, left = (big.shape[0] - height) // 2, (big.shape[1] - width) // 2
    # Out of focus, as what is behind people is; enlarging leaves ringing, too.
    return np.clip(cv2.GaussianBlur(big[top : top + height, left : left + width], (0, 0), 2), 0, 255)


def _fixed(photo: Any) -> Callable[[int], Any]:
    cover = _covering(photo, LANDSCAPE)
    return lambda _: cover


def _drifting(photo: Any, gain: tuple[float, float, float] = (1, 1, 1)) -> Callable[[int], Any]:
    """A slow pan and zoom over a photo; square, so that it serves both orientations."""
    cover = _covering(photo * np.array(gain, np.float32), (1500, 1500))

    def at(index: int) -> Any:
        zoom = 1.0 + 0.06 * sin(index / 20)
        move = _shift(-60 - 1.5 * index, -90 + 30 * sin(index / 15), zoom)
        return cv2.warpAffine(cover, move, (1280, 1280), borderMode=cv2.BORDER_REFLECT)

    return at


def _shelf(photos: list[Any]) -> Any:
    """Clutter: parts of all photos side by side, as books and boxes on a shelf."""
    random = np.random.default_rng(3)
    board = np.full((900, 1600, 3), (70, 50, 35), np.float32)
    y = 0
    while y < 900:
        height, x = int(random.integers(110, 230)), 0
        while x < 1600:
            width = int(random.integers(30, 200))
            photo = photos[random.integers(len(photos))]
            top, left = random.integers(photo.shape[0] - 100), random.integers(photo.shape[1] - 40)
            part = photo[top : top + 100, left : left + 40] * np.float32(random.uniform(0.5, 1.2))
            room = board[y : y + height - int(random.integers(0, 40)), x : x + width]
            room[:] = cv2.resize(part, room.shape[1::-1], interpolation=cv2.INTER_CUBIC)
            x += width + 3
        y += height + 14
    return np.clip(board, 0, 255)


def _moving_video(index: int) -> Any:
    """A screen on which colored discs and stripes move: motion that is no person's."""
    width, height = LANDSCAPE
    x = np.arange(width, dtype=np.float32)[None]
    y = np.arange(height, dtype=np.float32)[:, None]
    stripes = 40 * np.sin((x + 9 * index) / 30) * np.sin((y - 4 * index) / 50)
    image = np.repeat(110 + stripes[..., None], 3, axis=2).astype(np.float32)
    random = np.random.default_rng(7)
    for _ in range(14):
        color, radius = random.uniform(30, 230, 3), int(random.uniform(25, 90))
        phase, speed = random.uniform(0, 2 * pi), random.uniform(-24, 24)
        center = (
            int(width * random.random() + speed * index) % width,
            int(height * (0.5 + 0.4 * sin(index / 9 + phase))),
        )
        cv2.circle(image, center, radius, color.tolist(), -1, cv2.LINE_AA)
    return image


def _compressed(frames: list[Frame], bits: int) -> Iterator[Frame]:
    """The frames with images as a decoder shows them after H.264; the truth stays."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        height, width = frames[0].image.shape[:2]
        stream = container.add_stream("libx264", rate=Fraction(_RATE))
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", bits
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame.image, format="rgb24")))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as container:
        for frame, decoded in zip(frames, container.decode(video=0), strict=True):
            yield Frame(decoded.to_ndarray(format="rgb24"), frame.alpha, frame.person)
