"""The comparison with C++: the table matches the counts, and the graph that is counted runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path("tools") / "bench" / "lines_of_code"

RUN = """
import numpy as np
import mpgraph as mp
import three_calculators

found = []
graph = mp.CalculatorGraph(graph_path="three_calculators.pbtxt")
for name in ("binary_mask", "smooth_score"):
    graph.observe_output_stream(name, lambda name, packet: found.append((name, packet.payload)))
graph.start_run()
for time, value in enumerate((0.6, 0.7, 0.8, 0.9)):
    pixels = np.full((2, 3), value, np.float32)
    mask = mp.ImageFrame(image_format=mp.ImageFormat.VEC32F1, data=pixels)
    graph.add_packet_to_input_stream("mask", mp.make_packet(mask, time))
    graph.add_packet_to_input_stream("score", mp.make_packet(float(time), time))
graph.close_all_input_streams()
graph.wait_until_done()
print(graph.get_output_side_packet("mask_count").payload)
print(*(payload.numpy_view().max() for name, payload in found if name == "binary_mask"))
print(*(payload for name, payload in found if name == "smooth_score"))
"""


def output_of(arguments: list[str], folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments], capture_output=True, text=True, check=True, cwd=folder
    )
    return done.stdout.splitlines()


def test_table_matches_the_counts(checkout: Path) -> None:
    table = output_of([str(FOLDER / "count_lines.py")], checkout)
    readme = (checkout / FOLDER / "README.md").read_text(encoding="utf-8")
    assert "\n".join(table) in readme


def test_both_have_the_same_graph(checkout: Path) -> None:
    texts = [
        (checkout / FOLDER / library / "three_calculators.pbtxt").read_text(encoding="utf-8")
        for library in ("mpgraph", "mediapipe_cpp")
    ]
    assert texts[0] == texts[1]


def test_graph_runs(checkout: Path) -> None:
    assert output_of(["-c", RUN], checkout / FOLDER / "mpgraph") == [
        "4",
        "0 0 255 255",
        "0.0 0.5 1.0 2.0",
    ]
