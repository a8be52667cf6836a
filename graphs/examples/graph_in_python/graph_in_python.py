"""A graph written in Python, with a loop for flow limiting, and the equivalent text.

mpgraph viz graph_in_python.pbtxt
"""

from __future__ import annotations

from pathlib import Path

import mpgraph as mp
from mpgraph.framework.resources import demo_image
from mpgraph.media.images import read_image


def green_background() -> mp.GraphBuilder:
    """The shipped selfie graph in another color."""
    graph = mp.GraphBuilder()
    frames = graph.input("input_video", mp.ImageFrame)
    finished = graph.loop()
    limited = graph.node("FlowLimiterCalculator", frames, FINISHED=finished).output()
    mask = graph.node("SelfieSegmentationCpu", IMAGE=limited).output("SEGMENTATION_MASK")
    recolored = graph.node(
        "RecolorCalculator",
        IMAGE=limited,
        MASK=mask,
        color={"r": 0, "g": 160, "b": 80},
        mask_channel="RED",
        invert_mask=True,
    ).output("IMAGE")
    recolored >> finished
    graph.output("output_video", recolored)
    return graph


def main() -> None:
    """Write the graph to a file, and run it."""
    graph = green_background()
    Path("graph_in_python.pbtxt").write_text(graph.text(), encoding="utf-8")
    frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=read_image(demo_image()))
    with mp.CalculatorGraph(graph_config=graph) as running:

        def show(_: str, packet: mp.Packet) -> None:
            before, now = (image.numpy_view()[0, 0] for image in (frame, packet.payload))
            print(f"upper left pixel, before {before}, now {now}")

        running.observe_output_stream("output_video", show)
        running.start_run()
        running.add_packet_to_input_stream("input_video", mp.make_packet(frame, 0))


if __name__ == "__main__":
    main()
