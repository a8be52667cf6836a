from __future__ import annotations

from pathlib import Path

import numpy as np

import mpgraph as mp
from mpgraph.testing import noise, record, replay

GRAPH = """
    input_stream: "in" output_stream: "out"
    node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }"""


def test_uploaded_images_can_be_recorded_and_replayed(tmp_path: Path) -> None:
    image = mp.gpu.upload(noise(7, 5, mp.ImageFormat.SRGB))
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    with record(graph, tmp_path / "gpu.mpgrec", outputs=True), graph:
        graph.start_run()
        graph.add_packet_to_input_stream("in", mp.make_packet(image, 3))
    replayed = replay(tmp_path / "gpu.mpgrec")
    assert not replayed.differences
    (packet,) = replayed.outputs["out"]
    back = packet.payload
    assert isinstance(back, mp.GpuBuffer) and back.image_format is mp.ImageFormat.SRGB
    assert np.array_equal(back.to_frame().numpy_view(), image.to_frame().numpy_view())
