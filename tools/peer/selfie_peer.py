"""What MediaPipe 0.10.21 answers, for tools that compare mpgraph with it.

Run by a Python that has `mediapipe` installed (and no mpgraph):

    PEER tools/peer/selfie_peer.py masks   --out masks.npz a.npy b.png
    PEER tools/peer/selfie_peer.py time    --out time.npz  --model 0 --size 1280x720 --frames 300 a.png
    PEER tools/peer/selfie_peer.py graph   --out out.npz   --graph g.pbtxt --input in --output out a.png
    PEER tools/peer/selfie_peer.py packets --out int.npz   --graph g.pbtxt --input in --output out

A picture is an image file or, where the comparison must not depend on a decoder, a .npy array, HxWx3
uint8 RGB. Results are keyed by the picture's path as given. One line of JSON on standard output sums
up what was done; MediaPipe's own log goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.python._framework_bindings import resource_util

Results = dict[str, Any]


def read_picture(path: str) -> Any:
    """Return a picture as HxWx3 uint8 RGB."""
    if path.endswith(".npy"):
        return np.load(path)
    bgr = cv2.imread(path)
    if bgr is None:
        raise SystemExit(f"Cannot read the picture {path}.")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def masks(options: argparse.Namespace) -> Results:
    """`MODEL:PATH` -> HxW float32 mask of that picture, for both models."""
    found: Results = {}
    for model in (0, 1):
        with mp.solutions.selfie_segmentation.SelfieSegmentation(model_selection=model) as segmentation:
            for path in options.pictures:
                # A copy, because the answer is a view of memory that the graph owns.
                found[f"{model}:{path}"] = segmentation.process(read_picture(path)).segmentation_mask.copy()
    return found


def time_process(options: argparse.Namespace) -> Results:
    """`ms` -> milliseconds of each process() call, after `--warm-up` calls that are not counted."""
    width, height = (int(part) for part in options.size.split("x"))
    frames = [cv2.resize(read_picture(path), (width, height)) for path in options.pictures]
    spans = []
    with mp.solutions.selfie_segmentation.SelfieSegmentation(model_selection=options.model) as segmentation:
        for index in range(options.warm_up + options.frames):
            frame = frames[index % len(frames)]
            start = time.perf_counter()
            segmentation.process(frame)
            spans.append(time.perf_counter() - start)
    return {"ms": 1000 * np.array(spans[options.warm_up :])}


def run_graph(options: argparse.Namespace) -> Results:
    """`PATH` -> the image that the graph made of the picture, which went in at its index in microseconds."""
    found: dict[int, Any] = {}
    graph = load_graph(options, lambda _, packet: keep_image(found, packet))
    graph.start_run()
    for index, path in enumerate(options.pictures):
        frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=read_picture(path))
        graph.add_packet_to_input_stream(options.input, mp.packet_creator.create_image_frame(frame).at(index))
        graph.wait_until_idle()
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return {path: found[index] for index, path in enumerate(options.pictures) if index in found}


def keep_image(found: dict[int, Any], packet: Any) -> None:
    """Copy the packet's image, keyed by its timestamp."""
    found[packet.timestamp.value] = mp.packet_getter.get_image_frame(packet).numpy_view().copy()


def run_packets(options: argparse.Namespace) -> Results:
    """`seconds` for `count` int packets to come out again, and the mean `round_trip_us` of a lone one."""
    arrived = [0]

    def count(_: str, packet: Any) -> None:
        arrived[0] += 1

    graph = load_graph(options, count)
    graph.start_run()
    start = time.perf_counter()
    for index in range(options.count):
        graph.add_packet_to_input_stream(options.input, mp.packet_creator.create_int(index).at(index))
    graph.wait_until_idle()
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    trips = min(options.count, 1000)
    for index in range(options.count, options.count + trips):
        graph.add_packet_to_input_stream(options.input, mp.packet_creator.create_int(index).at(index))
        graph.wait_until_idle()
    round_trip = (time.perf_counter() - start) / trips
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return {
        "seconds": np.array(seconds),
        "packets": np.array(arrived[0] - trips),
        "per_second": np.array(options.count / seconds),
        "round_trip_us": np.array(1e6 * round_trip),
    }


def load_graph(options: argparse.Namespace, observer: Callable[[str, Any], None]) -> Any:
    """The graph of `--graph` with an observer on `--output`."""
    # The wheel's own folder: its modules name their models relative to that.
    resource_util.set_resource_dir(str(Path(mp.__file__).parent.parent))
    graph = mp.CalculatorGraph(graph_config=Path(options.graph).read_text())
    graph.observe_output_stream(options.output, observer)
    return graph


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="What MediaPipe answers, for tools that compare.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, action: Callable[[argparse.Namespace], Results]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=(action.__doc__ or "").splitlines()[0])
        added.set_defaults(action=action)
        added.add_argument("--out", required=True, help=".npz file to write")
        return added

    add_pictures(command("masks", masks))
    timing = command("time", time_process)
    timing.add_argument("--model", type=int, choices=(0, 1), default=0)
    timing.add_argument("--size", default="1280x720", help="WIDTHxHEIGHT")
    timing.add_argument("--frames", type=int, default=200)
    timing.add_argument("--warm-up", type=int, default=20)
    add_pictures(timing)
    add_pictures(add_graph(command("graph", run_graph)))
    add_graph(command("packets", run_packets)).add_argument("--count", type=int, default=20_000)
    return parser.parse_args(arguments)


def add_pictures(parser: argparse.ArgumentParser) -> None:
    """Add the pictures to work on."""
    parser.add_argument("pictures", nargs="+", help="image files or .npy arrays, RGB")


def add_graph(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add the graph and the names of its streams."""
    parser.add_argument("--graph", required=True, help=".pbtxt file")
    parser.add_argument("--input", required=True, help="name of the graph's input stream")
    parser.add_argument("--output", required=True, help="name of the stream to observe")
    return parser


def main() -> None:
    """Run one command, write its results, and say so."""
    options = parse()
    results = options.action(options)
    np.savez(options.out, **results)
    numbers = {name: float(np.median(value)) for name, value in results.items() if np.ndim(value) < 2}
    print(json.dumps({"out": options.out, "results": len(results), **numbers}))


if __name__ == "__main__":
    main()
