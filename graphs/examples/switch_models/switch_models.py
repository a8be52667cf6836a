"""Change the model while the graph runs (SwitchContainer), with subgraphs written in Python."""

from __future__ import annotations

from pathlib import Path

import mpgraph as mp
from mpgraph.framework.resources import demo_image
from mpgraph.media.images import read_image


def segmentation(graph: mp.GraphBuilder, model: int) -> None:
    """Build a graph that segments people. model: 0 for the general model, 1 for the landscape model."""
    image = graph.input("IMAGE", mp.ImageFrame)
    number = graph.node("ConstantSidePacketCalculator", packet=[{"int_value": model}])
    segmenter = graph.node("SelfieSegmentationCpu", IMAGE=image, MODEL_SELECTION=number.side_output("PACKET"))
    graph.output("SEGMENTATION_MASK", segmenter.output("SEGMENTATION_MASK"))


@mp.subgraph("GeneralModel")
def general(graph: mp.GraphBuilder) -> None:
    """The model for roughly square images, 256 x 256."""
    segmentation(graph, model=0)


@mp.subgraph("LandscapeModel")
def landscape(graph: mp.GraphBuilder) -> None:
    """The faster model for wide images, 144 x 256."""
    segmentation(graph, model=1)


def main() -> None:
    """Run the same image through one model, the other, and the first again."""
    frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=read_image(demo_image()))
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:

        def show(_: str, packet: mp.Packet) -> None:
            covered = (packet.payload.numpy_view() > 0.5).mean()
            print(f"frame {packet.timestamp.value}: {covered:.1%} of the image is a person")

        graph.observe_output_stream("mask", show)
        graph.start_run()
        for time, model in enumerate((0, 1, 0)):
            graph.add_packet_to_input_stream("model", mp.make_packet(model, time))
            graph.add_packet_to_input_stream("input_video", mp.make_packet(frame, time))


if __name__ == "__main__":
    main()
