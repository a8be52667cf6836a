"""A graph of a stranger, which names files and code wherever a graph can."""

from __future__ import annotations

from pathlib import Path

CANARY = "/etc/hostname"
STRANGER = f"""
input_stream: "input_video"
output_stream: "output_video"
node {{ calculator: "PassThroughCalculator" input_stream: "input_video" output_stream: "output_video" }}
node {{ calculator: "evil" input_stream: "input_video" output_stream: "a" }}
node {{ calculator: "../../evil" input_stream: "input_video" output_stream: "b" }}
node {{ calculator: "{CANARY}" input_stream: "input_video" output_stream: "c" }}
node {{ calculator: "InferenceCalculator" input_stream: "TENSORS:input_video" output_stream: "TENSORS:d"
  options {{ [mediapipe.InferenceCalculatorOptions.ext] {{ model_path: "{CANARY}" }} }} }}
node {{ calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:p" options {{
  [mediapipe.ConstantSidePacketCalculatorOptions.ext] {{ packet {{ string_value: "{CANARY}" }} }} }} }}
node {{ calculator: "LocalFileContentsCalculator" input_side_packet: "FILE_PATH:p"
  output_side_packet: "CONTENTS:contents" }}
profiler_config {{ trace_enabled: true trace_log_path: "/tmp/mpgraph_stranger_" }}
"""


def write_strangers_graph(folder: Path) -> Path:
    """Write it, beside Python files that leave a trace if they are imported."""
    for name in ("evil.py", "evil_calculator.py", "conftest.py", "sitecustomize.py"):
        (folder / name).write_text("open('/tmp/evil_was_here', 'w')", encoding="utf-8")
    file = folder / "graph.pbtxt"
    file.write_text(STRANGER, encoding="utf-8")
    return file
