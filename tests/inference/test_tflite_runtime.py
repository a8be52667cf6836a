from __future__ import annotations

import subprocess
import sys


def test_runtime_prints_nothing() -> None:
    code = """
from mpgraph import inference
from mpgraph.framework import resources
model = (resources.shipped_models() / "selfie_segmentation.tflite").read_bytes()
with inference.create_runner(inference.load_model(model, origin="m"), backend="tflite_runtime") as runner:
    runner.run([runner.input_view(0)])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
