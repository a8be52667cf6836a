from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mpgraph.io import opencv_packages

VERSIONS = {name: f"4.{number}" for number, name in enumerate(opencv_packages.DISTRIBUTIONS)}


@pytest.mark.parametrize(
    ("information", "expected"),
    [("  GUI:                           NONE\n", False), ("  GUI:                           QT5\n", True)],
)
def test_windows_are_found_in_the_build_information(information: str, expected: bool) -> None:
    cv2: Any = SimpleNamespace(getBuildInformation=lambda: f"General configuration\n{information}")
    assert opencv_packages.has_windows(cv2) is expected


@pytest.mark.parametrize(
    ("names", "windows", "kept"),
    [
        (["opencv-python-headless", "opencv-python"], True, "opencv-python"),
        (["opencv-python-headless", "opencv-contrib-python"], True, "opencv-contrib-python"),
        (
            ["opencv-contrib-python-headless", "opencv-python-headless"],
            False,
            "opencv-contrib-python-headless",
        ),
    ],
)
def test_two_commands_leave_one_distribution(names: list[str], windows: bool, kept: str) -> None:
    remove, install = opencv_packages.repair_commands(
        {name: VERSIONS[name] for name in names}, windows=windows
    )
    assert remove.endswith(f"-m pip uninstall -y {' '.join(names)}")
    assert install.endswith(f"-m pip install {kept}=={VERSIONS[kept]}")


def test_distribution_that_was_not_installed_is_installed_in_any_version() -> None:
    _, install = opencv_packages.repair_commands({"opencv-python-headless": "5.0"}, windows=True)
    assert install.endswith("-m pip install opencv-python")
