"""Cut people out of photos that other packages install, for the scenes of this benchmark.

    pip install pymatting scikit-image scikit-learn matplotlib && pip install --no-deps ultralytics
    python tools/bench/quality/cutouts.py FOLDER

Writes people/NAME.png, RGBA with straight alpha, and backgrounds/NAME.png below FOLDER. Nothing is
downloaded, and the photos stay out of the repository. Outlines were drawn by hand; near them the alpha of
hair and cloth comes from closed-form matting. What a scene composites is exact by definition, so the cut need
not be: it only has to look like a person.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

Outline = Sequence[tuple[int, int]]
"""Corners (x, y) in pixels of the photo."""


@dataclass(frozen=True)
class Person:
    """A person in a photo. margin: how far from the outline the true edge may be, in pixels."""

    package: str
    photo: str
    outline: Outline
    margin: int = 7


# fmt: off
_ASTRONAUT = (
    (20, 345), (25, 320), (37, 293), (45, 270), (60, 240), (80, 222), (105, 205), (113, 195), (120, 183),
    (128, 165), (150, 151), (175, 149), (183, 150), (184, 132), (175, 124), (160, 107), (152, 75),
    (162, 52), (184, 39), (205, 21), (240, 14), (265, 20), (286, 39), (301, 65), (303, 90), (297, 115),
    (285, 131), (272, 136), (266, 150), (259, 166), (264, 173), (282, 190), (299, 215), (306, 240),
    (322, 254), (341, 274), (353, 300), (361, 325), (363, 345),
)
_HOPPER = (
    (40, 400), (53, 378), (100, 361), (150, 349), (188, 330), (200, 312), (176, 292), (162, 265),
    (165, 240), (160, 215), (153, 195), (155, 170), (160, 150), (157, 120), (164, 90), (177, 78), (180, 60),
    (205, 42), (225, 29), (250, 21), (285, 29), (300, 39), (325, 44), (345, 64), (354, 84), (371, 89),
    (373, 120), (371, 150), (369, 175), (376, 190), (373, 215), (363, 245), (361, 270), (346, 296),
    (329, 312), (365, 339), (415, 361), (455, 371), (486, 387), (497, 400),
)
_COACH = (
    (123, 719), (163, 659), (176, 563), (207, 448), (237, 387), (264, 343), (295, 323), (413, 318),
    (479, 302), (485, 292), (485, 259), (510, 220), (541, 207), (571, 202), (615, 215), (646, 237),
    (661, 273), (664, 308), (657, 330), (660, 370), (668, 382), (680, 405), (747, 431), (879, 444),
    (949, 440), (954, 435), (1002, 426), (1029, 413), (1090, 406), (1143, 406), (1150, 415), (1134, 422),
    (1090, 428), (1090, 448), (1077, 475), (1064, 486), (1020, 484), (976, 481), (960, 505), (919, 511),
    (879, 528), (826, 533), (765, 525), (668, 507), (661, 545), (664, 607), (650, 668), (633, 719),
)
_WATCHER = (
    (746, 398), (757, 369), (776, 338), (818, 294), (879, 263), (901, 250), (904, 228), (897, 211),
    (894, 154), (896, 105), (910, 74), (936, 50), (976, 42), (1020, 45), (1051, 65), (1069, 101),
    (1069, 141), (1056, 176), (1051, 220), (1034, 264), (1026, 281), (1028, 303), (1056, 325), (1078, 369),
    (1090, 398),
)
_ARM = _COACH[21:44]
# fmt: on

PEOPLE = {
    "astronaut": Person("skimage", "data/astronaut.png", _ASTRONAUT),
    "officer": Person("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", _HOPPER),
    "coach": Person("ultralytics", "assets/zidane.jpg", _COACH, margin=5),
    "watcher": Person("ultralytics", "assets/zidane.jpg", _WATCHER),
    "arm": Person("ultralytics", "assets/zidane.jpg", _ARM, margin=4),
}

BACKGROUNDS = {
    "garage": ("skimage", "data/motorcycle_left.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "palace": ("sklearn", "datasets/images/china.jpg"),
    "gravel": ("skimage", "data/gravel.png"),
    "brick": ("skimage", "data/brick.png"),
}


def main() -> None:
    """Write the cutouts of people, and the backgrounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name, person in PEOPLE.items():
        _write(folder / "people" / f"{name}.png", cut_out(_photo(person.package, person.photo), person))
    for name, (package, photo) in BACKGROUNDS.items():
        _write(folder / "backgrounds" / f"{name}.png", _photo(package, photo))


def cut_out(photo: Any, person: Person) -> Any:
    """Return the person, HxWx4 uint8 BGRA with straight alpha, cropped to what can be seen."""
    import pymatting  # type: ignore[import-not-found, unused-ignore]

    inside = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.array(person.outline, np.int32)], 255)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * person.margin + 1,) * 2)
    trimap = np.full(inside.shape, 0.5)
    # Where the outline meets the photo's or its own lower border, the person goes on: no edge is looked for.
    bottom = max(y for _, y in person.outline)
    filled = inside.copy()
    filled[bottom:] = filled[bottom - 1]
    trimap[cv2.dilate(filled, kernel) == 0] = 0
    trimap[cv2.erode(filled, kernel, borderValue=255) == 255] = 1
    rgb = cv2.cvtColor(photo, cv2.COLOR_BGR2RGB) / 255.0
    alpha = pymatting.estimate_alpha_cf(rgb, trimap)
    color = pymatting.estimate_foreground_ml(rgb, alpha)
    alpha[alpha < 0.02] = 0
    alpha[alpha > 0.98] = 1
    alpha[_specks(alpha > 0)] = 0
    rgba = np.rint(255 * np.dstack([np.clip(color, 0, 1)[..., ::-1], alpha])).astype(np.uint8)[:bottom]
    x, y, width, height = cv2.boundingRect((rgba[..., 3] > 0).astype(np.uint8))
    return rgba[y : y + height, x : x + width]


def _specks(visible: Any) -> Any:
    """Everything that is not part of the largest connected piece."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(visible.astype(np.uint8))
    return labels != 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])


def _photo(package: str, name: str) -> Any:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"{name} is a file of the package {package}, which is not installed")
    image = cv2.imread(str(Path(found.origin).parent / name))
    if image is None:
        raise SystemExit(f"the installed {package} has no {name}")
    return image


def _write(path: Path, image: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


if __name__ == "__main__":
    main()
