"""Advice for programs that show windows with an OpenCV that has none, such as opencv-python-headless.

OpenCV's own message asks them to compile OpenCV again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mpgraph.io import opencv_packages

FUNCTIONS = (
    *("imshow", "namedWindow", "waitKey", "waitKeyEx", "pollKey", "destroyWindow", "destroyAllWindows"),
    *("moveWindow", "resizeWindow", "setWindowTitle", "setWindowProperty", "getWindowProperty"),
    *("createTrackbar", "getTrackbarPos", "setTrackbarPos", "setMouseCallback", "selectROI", "selectROIs"),
)
"""The functions of cv2 that need windows."""

_OPENCVS_TEXT = "The function is not implemented"


def advise_on_windows() -> None:
    """Let the functions of an installed cv2 without windows say what to install; they still fail."""
    try:
        import cv2
    except ImportError:  # The program will see for itself.
        return
    if not opencv_packages.has_windows(cv2):
        for name in FUNCTIONS:
            if function := getattr(cv2, name, None):
                setattr(cv2, name, _advising(function, name, cv2.error))


def _advising(function: Callable[..., Any], name: str, error_class: type[Exception]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except error_class as error:
            if _OPENCVS_TEXT in str(error):
                error.args = (_advice(name),)
            raise

    return call


def _advice(name: str) -> str:
    found = opencv_packages.installed()
    what = ", ".join(f"{distribution} {version}" for distribution, version in found.items()) or "This OpenCV"
    commands = opencv_packages.repair_commands(found, windows=True) if found else ()
    lines = [
        f"cv2.{name} needs a window, and {what} was built without windows. On a desktop, replace it:",
        *(f"  {command}" for command in commands),
        "On a machine without a display write images instead, with cv2.imwrite.",
    ]
    return "\n".join(lines)
