"""The images on which solutions are compared: a portrait, a drawn hand, both in one, a cup, in many forms."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

CHECKOUT = Path(__file__).resolve().parents[2]
PORTRAIT = CHECKOUT / "mpgraph" / "demo" / "portrait.jpg"
HAND = CHECKOUT / "tests" / "solutions" / "drawn_hand.png"
CUP = CHECKOUT / "tests" / "solutions" / "cup.png"

Images = dict[str, Any]


def solution_images(folder: Path | None = None) -> Images:
    """Return arrays by name; those whose name starts with "bad" are to be refused.

    folder: more images, all of its .jpg and .png files.
    """
    portrait = _read(PORTRAIT)
    random = np.random.default_rng(7)
    images: Images = {"portrait": portrait}
    images |= _crops(portrait) | _turned(portrait) | _scaled(portrait) | _several(portrait, random)
    images |= _hands(_read(HAND)) | _waving(portrait, _read(HAND)) | _cups(_read(CUP))
    images |= {
        "dark": portrait // 8,
        "blurred": cv2.GaussianBlur(portrait, (0, 0), 6),
        "noisy": cv2.add(portrait, random.integers(0, 90, portrait.shape, np.uint8)),
        "noise": random.integers(0, 256, (480, 640, 3), np.uint8),
        "black": np.zeros((100, 100, 3), np.uint8),
        "white": np.full((100, 100, 3), 255, np.uint8),
        "gradient": np.dstack([np.tile(np.arange(256, dtype=np.uint8), (200, 1))] * 3),
        "bad: gray": np.ascontiguousarray(portrait[:, :, 0]),
        "bad: one channel": np.ascontiguousarray(portrait[:, :, :1]),
        "bad: RGBA": np.dstack([portrait, portrait[:, :, 0]]),
        "bad: float32": portrait.astype(np.float32),
    }
    for file in sorted(folder.iterdir()) if folder else []:
        if file.suffix in (".jpg", ".png"):
            images[file.stem] = _read(file)
    return {name: np.ascontiguousarray(image) for name, image in images.items()}


def _read(file: Path) -> Any:
    image = cv2.imread(str(file))
    assert image is not None, file
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _hands(hand: Any) -> Images:
    images: Images = {f"hand, turned {90 * turns}": np.rot90(hand, turns) for turns in range(4)}
    images |= {f"hand, {size} pixels": cv2.resize(hand, (size, size)) for size in (64, 150, 400, 1000)}
    for angle in (-40, -20, 10, 35):
        matrix = cv2.getRotationMatrix2D((128, 150), angle, 0.9)
        images[f"hand, turned {angle}"] = cv2.warpAffine(hand, matrix, (256, 256), borderValue=(30, 30, 30))
    return images | {
        "hand, mirrored": hand[:, ::-1],
        "hand, half": hand[:, :140],
        "hand, without fingers": hand[150:],
        "hands, two": np.concatenate([hand, hand[:, ::-1]], axis=1),
        "hands, four": np.tile(hand, (2, 2, 1)),
    }


def _cups(cup: Any) -> Images:
    images: Images = {f"cup, turned {90 * turns}": np.rot90(cup, turns) for turns in range(4)}
    images |= {
        f"cup, {scale} times as large": cv2.resize(cup, None, fx=scale, fy=scale) for scale in (0.3, 4)
    }
    for angle in (-40, -20, 10, 35):
        matrix = cv2.getRotationMatrix2D((120, 80), angle, 0.9)
        images[f"cup, turned {angle}"] = cv2.warpAffine(cup, matrix, (240, 160), borderValue=(130, 60, 30))
    return images | {
        "cup, mirrored": cup[:, ::-1],
        "cup, half": cup[:, 120:],
        "cups, two": np.concatenate([cup, cup[:, ::-1]], axis=1),
    }


def _waving(portrait: Any, hand: Any) -> Images:
    sys.path.insert(0, str(CHECKOUT / "tests"))
    image = importlib.import_module("landmark_images").waving(portrait, hand)
    return {
        "waving": image,
        "waving, mirrored": image[:, ::-1],
        "waving, turned 90": np.rot90(image),
        "waving, half": image[:, 210:],
        "waving, 960x720": cv2.resize(image, (960, 720)),
        "waving, two people": np.concatenate([image[:, 100:], image[:, :99:-1]], axis=1),
    }


def _crops(portrait: Any) -> Images:
    areas = {
        "face only": (20, 290, 130, 330),
        "half a face, left": (0, 400, 225, 512),
        "half a face, right": (0, 400, 0, 225),
        "half a face, above": (110, 512, 0, 512),
        "half a face, below": (0, 130, 0, 512),
        "no face": (300, 512, 0, 512),
        "background": (0, 100, 330, 512),
    }
    return {name: portrait[top:bottom, left:right] for name, (top, bottom, left, right) in areas.items()}


def _turned(portrait: Any) -> Images:
    images: Images = {f"turned {90 * turns}": np.rot90(portrait, turns) for turns in (1, 2, 3)}
    images["mirrored"] = portrait[:, ::-1]
    for angle in (-60, -30, -15, 7, 20, 45):
        matrix = cv2.getRotationMatrix2D((225, 130), angle, 1)
        images[f"turned {angle}"] = cv2.warpAffine(portrait, matrix, (512, 512))
    return images


def _scaled(portrait: Any) -> Images:
    sizes = [(1, 1), (2, 2), (1, 400), (400, 1), (16, 16), (40, 40), (65, 64), (128, 128), (192, 192)]
    sizes += [(257, 255), (640, 480), (900, 300), (300, 900), (1280, 720), (1920, 1080), (4000, 3000)]
    return {f"{width}x{height}": cv2.resize(portrait, (width, height)) for width, height in sizes}


def _several(portrait: Any, random: Any) -> Images:
    """Images with several faces, of equal and of different sizes, some of them overlapping."""
    half = cv2.resize(portrait, (256, 256))
    scene = np.full((720, 1280, 3), 90, np.uint8)
    crowd = np.full((720, 1280, 3), 90, np.uint8)
    for _ in range(9):
        size = int(random.integers(90, 400))
        y, x = int(random.integers(0, 720 - size)), int(random.integers(0, 1280 - size))
        crowd[y : y + size, x : x + size] = cv2.resize(portrait, (size, size))
    scene[100:612, 100:612] = portrait
    scene[200:500, 800:1100] = cv2.resize(portrait, (300, 300))
    return {
        "two faces": scene,
        "four faces": np.tile(half, (2, 2, 1)),
        "sixteen faces": np.tile(cv2.resize(portrait, (160, 160)), (4, 4, 1)),
        "crowd": crowd,
        "double exposure": cv2.addWeighted(portrait, 0.5, np.roll(portrait, 25, axis=1), 0.5, 0),
    }
