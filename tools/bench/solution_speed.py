"""Measure the time of the solutions per tracked frame, optionally compared with MediaPipe.

    python tools/bench/solution_speed.py [--peer-python PEER/bin/python] [--image FILE] [--markdown]
        [--only face_detection,face_mesh,refined,hands,pose,holistic,objectron]

An image, scaled to 1280x720, moves by a few pixels from frame to frame, as a tracked person does: the
portrait, a drawn hand, a cup, or the one that is given.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from contender import CHECKOUT, PEER, Worker, own, peer
from images import SPEED_SIZE, Pixels, read_portrait
from report import Report, Table, verdict
from rounds import Block, Rounds, ratios

SOLUTIONS: dict[str, tuple[str, str, dict[str, Any], float]] = {
    "face_detection": ("face_detection", "FaceDetection", {}, 0.8),
    "face_mesh": ("face_mesh", "FaceMesh", {}, 1.0),
    "refined": ("face_mesh", "FaceMesh", {"refine_landmarks": True}, 1.2),
    "hands": ("hands", "Hands", {}, 1.0),
    "pose": ("pose", "Pose", {}, 0.9),
    "holistic": ("holistic", "Holistic", {}, 0.9),
    "objectron": ("objectron", "Objectron", {"model_name": "Cup"}, 1.0),
}
"""By name: the module, the class, its arguments, and the largest ratio to MediaPipe's time."""

_DRAWN = {"hands": "drawn_hand.png", "objectron": "cup.png"}
_FRAMES = 8


def main() -> None:
    """Measure the requested solutions."""
    options = parse()
    names = options.only.split(",")
    if unknown := set(names) - set(SOLUTIONS):
        raise SystemExit(f"Unknown: {', '.join(sorted(unknown))}; there are {', '.join(SOLUTIONS)}.")
    entrants = [*([peer(options.peer_python)] if options.peer_python else []), own(sys.executable)]
    rounds = Rounds(options.starts, options.rounds)
    table = Table(
        "Milliseconds per tracked frame, 720p",
        ("solution", "library", "median ms", f"times {PEER}'s", "IQR", "required", "met"),
        f"Blocks of {options.block} frames, both libraries in turn, {rounds}; medians of the blocks' means,"
        " and of the ratios round by round.",
    )
    with tempfile.TemporaryDirectory() as folder, Report(markdown=options.markdown) as report:
        for name in names:
            frames = _write_frames(name, options.image, Path(folder))
            results = rounds.of(name, entrants, _block(name, frames, options.block), report)
            for entrant, times in zip(entrants, results, strict=True):
                row = [name, entrant.name, f"{median(times):.2f}"]
                if entrant is not entrants[0]:
                    ratio, spread = ratios(times, results[0])
                    target = SOLUTIONS[name][3]
                    row += [f"{ratio:.2f}", spread, f"≤ {target:g}", verdict(ratio <= target)]
                table.add(*row, *[""] * (len(table.columns) - len(row)))
        report.show(table)


def _block(name: str, frames: list[str], count: int) -> Block:
    module, cls, arguments, _ = SOLUTIONS[name]

    def run(worker: Worker) -> float:
        return float(
            worker.ask("solution_ms", module=module, cls=cls, arguments=arguments, images=frames, count=count)
        )

    return run


def _write_frames(name: str, image: str | None, folder: Path) -> list[str]:
    """Write the frames and return their .npy paths."""
    file = image or (str(CHECKOUT / "tests" / "solutions" / _DRAWN[name]) if name in _DRAWN else None)
    pixels = read_portrait() if file is None else _read(file)
    width, height = SPEED_SIZE
    scale = min(width / pixels.shape[1], height / pixels.shape[0])
    pixels = cv2.resize(pixels, None, fx=scale, fy=scale)
    paths = []
    for index in range(_FRAMES):
        frame = np.full((height, width, 3), 40, np.uint8)
        left = (width - pixels.shape[1]) // 2
        frame[: pixels.shape[0], left : left + pixels.shape[1]] = pixels
        # There and back again, so that the end joins the beginning.
        paths.append(str(folder / f"{name}-{index}.npy"))
        np.save(paths[-1], np.roll(frame, 3 * min(index, _FRAMES - index), axis=1))
    return paths


def _read(file: str) -> Pixels:
    image = cv2.imread(file)
    if image is None:
        raise SystemExit(f"{file} cannot be read as an image.")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer-python", help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument("--image", help="an image instead of the built-in ones")
    parser.add_argument("--only", default=",".join(SOLUTIONS), help="solutions, separated by commas")
    parser.add_argument("--starts", type=int, default=3, help="processes per library")
    parser.add_argument("--rounds", type=int, default=8, help="rounds per process")
    parser.add_argument("--block", type=int, default=24, help="frames per round")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
