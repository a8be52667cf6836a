"""cv2.imshow in programs that run on the stand-in, with an OpenCV without windows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mpgraph
from mpgraph.as_mediapipe import windows

OPENCV = """
class error(Exception):
    pass

def getBuildInformation():
    return "  GUI:  {gui}"

def imshow(title, image):
    raise error("{text}")

def waitKey(delay=0):
    return -1
"""
NOT_IMPLEMENTED = "window.cpp:1215: error: (-2) The function is not implemented. Rebuild the library."
PROGRAM = "import cv2\ntry:\n    cv2.imshow('a', None)\nexcept cv2.error as error:\n    print(error)\n"
HEADLESS = "opencv-python-headless"


def output_of(folder: Path, gui: str, text: str, installed: str) -> str:
    """What PROGRAM prints with a cv2 like this, and an installed distribution."""
    (folder / "cv2.py").write_text(OPENCV.format(gui=gui, text=text), encoding="utf-8")
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    metadata = folder / f"{installed.replace('-', '_')}-9.8.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {installed}\nVersion: 9.8\n", encoding="utf-8")
    paths = [str(folder), str(Path(mpgraph.__file__).parent.parent)]
    done = subprocess.run(
        [sys.executable, "-m", "mpgraph.as_mediapipe", "program.py"],
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    return done.stdout


def test_imshow_without_windows_says_what_to_install(tmp_path: Path) -> None:
    lines = output_of(tmp_path, "NONE", NOT_IMPLEMENTED, HEADLESS).splitlines()
    assert lines[0].startswith(f"cv2.imshow needs a window, and {HEADLESS} 9.8")
    assert f" uninstall -y {HEADLESS}" in lines[1]
    assert lines[2].endswith(" -m pip install opencv-python")
    assert "without a display" in lines[3]


@pytest.mark.parametrize(("gui", "text"), [("QT5", NOT_IMPLEMENTED), ("NONE", "size.width>0 in imshow")])
def test_other_errors_keep_their_text(gui: str, text: str, tmp_path: Path) -> None:
    assert output_of(tmp_path, gui, text, HEADLESS) == f"{text}\n"


def test_functions_are_those_of_opencv() -> None:
    import cv2

    assert [name for name in windows.FUNCTIONS if not hasattr(cv2, name)] == []
