"""Run public programs, unmodified, on mpgraph and on MediaPipe, and compare what they compute.

    python tools/conformance/programs.py --peer-python PYTHON_WITH_MEDIAPIPE --hand IMAGE [NAME...]

Each package is installed, without its dependencies and at an exact version, into a separate folder, and is
used by a few lines as its documentation says. On mpgraph these run with `python -m mpgraph.as_mediapipe`, on
MediaPipe by its own Python. `cv2.VideoCapture` shows an image a few times, and windows are not opened but
compared. With `--documentation FOLDER` the examples in MediaPipe's docs/solutions are run, too. Prints the
table of docs/programs.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from public_programs import PROGRAMS, Program

CHECKOUT = Path(__file__).resolve().parents[2]
DEMO = CHECKOUT / "mpgraph" / "demo" / "portrait.jpg"
TIMEOUT_SECONDS = 180.0
TOLERANCE = 1e-3
"""Relative difference up to which numbers count as equal: masks differ by up to 3e-4 and scores by 1e-6."""

PRELUDE = """
import json, os, sys, types
from unittest import mock
import cv2
import numpy as np

image_file, hand_file = sys.argv[1:3]
image, hand = cv2.imread(image_file), cv2.imread(hand_file)
# Without these, MediaPipe's Python package loses options of pose and holistic.
from mediapipe.calculators.image import segmentation_smoothing_calculator_pb2
from mediapipe.calculators.util import refine_landmarks_from_heatmap_calculator_pb2
from mediapipe.calculators.util import visibility_copy_calculator_pb2

for name in sys.argv[3:]:
    sys.modules[name] = mock.MagicMock()

class EndOfVideo(BaseException):
    pass

class Camera:
    picture = image
    ends = True
    def __init__(self, *_):
        self.left = 4
    def isOpened(self):
        return True
    def set(self, *_):
        return True
    def get(self, what):
        sizes = {cv2.CAP_PROP_FRAME_WIDTH: 1, cv2.CAP_PROP_FRAME_HEIGHT: 0}
        return self.picture.shape[sizes[what]] if what in sizes else 30.0
    def read(self):
        self.left -= 1
        if self.left < -self.ends:  # The program does not end on its own.
            raise EndOfVideo
        return (self.left >= 0, self.picture.copy() if self.left >= 0 else None)
    def release(self):
        pass

def imshow(name, picture):
    show(np.asarray(picture))

cv2.VideoCapture = Camera
cv2.imshow = imshow
for name in ("namedWindow", "resizeWindow", "setMouseCallback", "destroyAllWindows", "setWindowProperty"):
    setattr(cv2, name, lambda *_, **__: None)
cv2.waitKey = lambda *_: -1

def plain(value):
    if isinstance(value, np.ndarray) and value.size > 2000:
        return [float(value.astype(float).mean()), *map(float, value.shape)]
    if isinstance(value, dict):
        return {str(key): plain(value[key]) for key in value}
    if isinstance(value, (int, float, np.number)):
        return float(value)
    if hasattr(value, "DESCRIPTOR"):
        from google.protobuf import json_format
        return plain(json_format.MessageToDict(value))
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return [plain(each) for each in value]
    return str(value)

def show(*values):
    print("RESULT", json.dumps(plain(values)))

try:
    exec(compile(open(os.environ["PROGRAM"], encoding="utf-8").read(), os.environ["PROGRAM"], "exec"))
except EndOfVideo:
    pass
"""


def install(program: Program, folder: Path) -> None:
    """Install the program's packages, without what they depend on."""
    if program.requirements:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
        subprocess.run([*pip, *program.requirements], check=True, stderr=subprocess.DEVNULL)


def run(
    python: Sequence[str], program: Program, folder: Path, images: Sequence[str], path: str
) -> list[Any] | str:
    """Return what the program shows, or the last line of its error."""
    harness, use = folder / "harness.py", folder / "use.py"
    harness.write_text(PRELUDE, encoding="utf-8")
    use.write_text(program.use, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": path, "PROGRAM": str(use), "GLOG_minloglevel": "3"}
    try:
        done = subprocess.run(
            [*python, str(harness), *images, *program.stubs],
            capture_output=True,
            text=True,
            cwd=folder,
            env={**environment, "MPLBACKEND": "agg"},
            timeout=TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"no end after {TIMEOUT_SECONDS:.0f} s"
    if done.returncode != 0:
        lines = [
            line for line in done.stderr.strip().splitlines() if re.match(r"\S*(Error|Exception)\b", line)
        ]
        return lines[-1][:200] if lines else f"exit status {done.returncode}"
    return [json.loads(line[7:]) for line in done.stdout.splitlines() if line.startswith("RESULT ")]


def numbers(value: Any) -> Iterator[float | str]:
    """Yield the numbers and texts in a value."""
    if isinstance(value, dict):
        value = [each for key in sorted(value) for each in (key, value[key])]
    if isinstance(value, list):
        for each in value:
            yield from numbers(each)
    else:
        yield value


def compared(ours: list[Any] | str, theirs: list[Any] | str) -> str:
    """The comparison in words."""
    if isinstance(ours, str) or isinstance(theirs, str):
        if isinstance(ours, str) and isinstance(theirs, str):
            return f"fails in both: {ours} (MediaPipe: {theirs})"
        return f"fails on mpgraph: {ours}" if isinstance(ours, str) else f"runs; on MediaPipe: {theirs}"
    mine, other = [*numbers(ours)], [*numbers(theirs)]
    if len(mine) != len(other) or not mine:
        return f"differs: {len(mine)} values, {len(other)} on MediaPipe"
    worst = 0.0
    for a, b in zip(mine, other, strict=True):
        if isinstance(a, str) or isinstance(b, str):
            worst = worst if a == b else float("inf")
        else:
            worst = max(worst, abs(a - b) / max(1.0, abs(b)))
    return "the same results" if worst <= TOLERANCE else f"differs by {worst:.2g}"


def documented(folder: Path) -> Iterator[tuple[str, Program]]:
    """Yield the examples in the documentation of MediaPipe's solutions."""
    for page in sorted(folder.glob("*.md")):
        for code in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            if "mp.solutions." in code:
                code = code.replace("IMAGE_FILES = []", "IMAGE_FILES = [image_file]")
                yield f"example of {page.stem}.md", Program((), f"import numpy as np\n{code}")


def main() -> None:
    """Run the programs, and print the table."""
    parser = argparse.ArgumentParser(description="Run public programs on mpgraph and MediaPipe.")
    parser.add_argument("names", nargs="*", help="packages; by default all")
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--image", type=Path, default=DEMO, help="shows a person (default: the portrait)")
    parser.add_argument("--hand", type=Path, required=True, help="shows a hand")
    parser.add_argument("--documentation", type=Path, help="docs/solutions of MediaPipe's repository")
    options = parser.parse_args()
    images = [str(options.image.resolve()), str(options.hand.resolve())]
    programs = {program.requirements[0]: program for program in PROGRAMS}
    programs.update(documented(options.documentation) if options.documentation else ())
    for name, program in programs.items():
        if options.names and not any(chosen in name for chosen in options.names):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            install(program, folder)
            path = os.pathsep.join([str(CHECKOUT), str(folder)])
            ours = run([sys.executable, "-m", "mpgraph.as_mediapipe"], program, folder, images, path)
            theirs = run([options.peer_python], program, folder, images, str(folder))
        print(f"| {name} | {program.what} | {compared(ours, theirs)} | {program.needs} |", flush=True)


if __name__ == "__main__":
    main()
