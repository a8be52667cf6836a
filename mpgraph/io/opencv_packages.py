"""The installed distributions of OpenCV: all of them write the same folder, cv2, over each other."""

from __future__ import annotations

import sys
from importlib import metadata
from typing import Any

DISTRIBUTIONS = (
    "opencv-python-headless",
    "opencv-python",
    "opencv-contrib-python-headless",
    "opencv-contrib-python",
)
"""The names of the distributions that contain cv2; any one of them will do."""


def installed() -> dict[str, str]:
    """Return the versions of the installed distributions by their names."""
    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def has_windows(cv2: Any) -> bool:
    """Whether cv2 can show windows (imshow): whether it was built with a toolkit for them."""
    for line in cv2.getBuildInformation().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "GUI":
            return value.strip().upper() not in ("NONE", "NO")
        if name.strip() in ("QT", "GTK+", "Win32 UI", "Cocoa", "Wayland") and value.strip().startswith("YES"):
            return True
    return False


def preferred(found: dict[str, str], *, windows: bool) -> str:
    """Return the one distribution to keep: with the extra modules if one of `found` has them."""
    contrib = "-contrib" if any("contrib" in name for name in found) else ""
    return f"opencv{contrib}-python" + ("" if windows else "-headless")


def repair_commands(found: dict[str, str], *, windows: bool) -> tuple[str, str]:
    """Return the commands that leave a single distribution: without removal, pip would leave a broken cv2.

    Of a distribution that is installed already the version stays.
    """
    python = f"{sys.executable} -m pip"
    keep = preferred(found, windows=windows)
    wanted = f"{keep}=={found[keep]}" if keep in found else keep
    return f"{python} uninstall -y {' '.join(found)}", f"{python} install {wanted}"
