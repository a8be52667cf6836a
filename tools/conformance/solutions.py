"""Compare the solutions with MediaPipe's, image by image, and write the differences to README.md.

    python tools/conformance/solutions.py --peer-python PYTHON_WITH_MEDIAPIPE [--images FOLDER] [--dry]

Each library runs in a separate process, mpgraph with LiteRT: MediaPipe's interpreter.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from compare import HERE, SOLUTIONS_HEADING
from solution_images import solution_images

from mpgraph.framework.resources import find_resource

MODELS = ("pose_landmark_lite.tflite", "pose_landmark_heavy.tflite")


def play(python: str, package: str, images: Path, answers: Path) -> dict[str, Any]:
    """Run all solutions with one library and return its answers."""
    root = str(HERE.parent.parent)
    environment = {
        **os.environ,
        "PYTHONPATH": root,
        "MPGRAPH_INFERENCE_BACKEND": "litert",
        "GLOG_minloglevel": "3",
    }
    # MediaPipe's package lacks models that it would download.
    folders = {str(find_resource(name).parent) for name in MODELS}
    command = [python, str(HERE / "play_solutions.py"), package, str(images), str(answers), *folders]
    subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)
    played: dict[str, Any] = json.loads(answers.read_text("utf-8"))
    return played


def numbers(answer: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """All numbers of an answer, each with the name of its field."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from numbers(value, key)
    elif isinstance(answer, list):
        for value in answer:
            yield from numbers(value, name)
    elif isinstance(answer, (int, float)):
        yield name, answer


def shape(answer: Any) -> Any:
    """An answer without its numbers."""
    if isinstance(answer, dict):
        return {key: shape(value) for key, value in answer.items()}
    if isinstance(answer, list):
        return [shape(value) for value in answer]
    return None if isinstance(answer, (int, float)) else answer


def results(answer: Any) -> int:
    """The number of results, such as faces, in an answer or in the answers of a clip."""
    return 1 if isinstance(answer, dict) else sum(map(results, answer)) if isinstance(answer, list) else 0


def row(title: str, ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    """One row of the table: the answers of one run compared."""
    unlike = [name for name in theirs if shape(ours[name]) != shape(theirs[name])]
    errors: dict[str, list[float]] = {}
    equal = 0
    for name in (name for name in theirs if name not in unlike):
        pairs = list(zip(numbers(ours[name]), numbers(theirs[name]), strict=True))
        equal += all(our == their for our, their in pairs)
        for (field, our), (_, their) in pairs:
            errors.setdefault(field, []).append(abs(our - their))
    worst = ", ".join(f"{field} {max(found):.1e}" for field, found in errors.items() if max(found) > 0) or "0"
    every = [error for found in errors.values() for error in found]
    found = sum(map(results, theirs.values()))
    return (
        f"| {title} | {len(theirs)} | {found} | {equal} | {worst} | {np.mean(every):.1e} | "
        f"{', '.join(unlike) or 'none'} |"
    )


def report(ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    """The part of README.md about solutions."""
    lines = [
        SOLUTIONS_HEADING,
        "",
        "The same images go through the solutions of both libraries, each in a separate process, mpgraph",
        "with LiteRT. The images are the portrait that ships with mpgraph, a drawn hand, both, and for",
        "Objectron a cup: crops, rotations, sizes from 1x1 to 4000x3000, several and overlapping faces,",
        "noise, nothing, and arrays that must be refused. With `static_image_mode=False` each image moves",
        "through a clip of ten frames, one of them black. With mpgraph-models, this part is written by",
        "",
        "    python tools/conformance/solutions.py --peer-python PYTHON_WITH_MEDIAPIPE",
        "",
        "`found` counts MediaPipe's results, `equal` the images with the same answer to the last bit.",
        "Differences are absolute, of positions in 0..1 and of scores. `unlike` are images with another",
        "number of results or another error: for an array without channels MediaPipe raises IndexError,",
        "mpgraph ValueError. `min_detection_confidence` has its default, since other values have no effect",
        "in MediaPipe's face detection. MediaPipe runs with the option modules imported that its pose",
        "solution forgets; masks are compared at 256 points.",
        "",
        "| solution | images | found | equal | worst difference | mean | unlike |",
        "|---|---|---|---|---|---|---|",
    ]
    for solution, runs in theirs.items():
        for our, their in zip(ours[solution], runs, strict=True):
            arguments = ", ".join(f"{name}={value}" for name, value in their["arguments"].items())
            lines.append(row(f"{solution}, {arguments}", our["answers"], their["answers"]))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Compare the libraries, and write the table to README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--images", type=Path, help="a folder with more images")
    parser.add_argument("--dry", action="store_true", help="print the table instead of writing README.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images.npz"
        np.savez(images, **solution_images(arguments.images))
        ours = play(sys.executable, "mpgraph", images, Path(folder) / "ours.json")
        theirs = play(arguments.peer_python, "mediapipe", images, Path(folder) / "theirs.json")
    text = report(ours, theirs)
    if arguments.dry:
        print(text)
    else:
        readme = HERE / "README.md"
        before = readme.read_text("utf-8").partition(SOLUTIONS_HEADING)[0].rstrip()
        readme.write_text(f"{before}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
