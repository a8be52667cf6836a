"""A slice of the campaign over damaged models: none may end the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_damaged_models_are_refused_or_run(checkout: Path) -> None:
    names = ("hand_recrop", "selfie_segmentation", "face_detection_full_range_sparse", "pose_detection")
    models = [str(checkout / "models" / f"{name}.tflite") for name in names]
    script = checkout / "tools" / "campaign" / "models.py"
    done = subprocess.run(
        [sys.executable, str(script), *models, "--count", "400", "--seed", "3"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout
    assert "refused: " in done.stdout and "run: " in done.stdout
