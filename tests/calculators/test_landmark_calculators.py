"""The landmark calculators answer random inputs as MediaPipe 0.10.21; recorded by tools/conformance."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph import protos

CASES = json.loads((Path(__file__).parent / "recorded" / "landmark_calculators.json").read_text("utf-8"))

FRAME_US = 33333

MESSAGES = {
    "n": "NormalizedLandmarkList",
    "l": "LandmarkList",
    "r": "NormalizedRect",
    "p": "Rect",
    "d": "Detection",
}


def packet(kind: str, value: Any) -> mp.Packet:
    if kind == "i":
        width, height = value
        pixels = np.zeros((height, width, 3), np.uint8)
        return mp.packet_creator.create_image_frame(pixels, image_format=mp.ImageFormat.SRGB)
    if kind in ("m", "h"):
        return mp.packet_creator.create_matrix(np.array(value, np.float32))
    message = protos.message_class(f"mediapipe.{MESSAGES[kind]}").FromString(base64.b64decode(value))
    return mp.packet_creator.create_proto(message)


def fields(message: Any) -> list[Any]:
    """The names and values of all fields that are set, nested ones included."""
    found: list[Any] = []
    for descriptor, value in message.ListFields():
        values = [value] if not hasattr(value, "append") else value
        for each in values:
            found.append(descriptor.name)
            found += fields(each) if hasattr(each, "ListFields") else [each]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["calculator"])
def test_answers_are_mediapipes(case: Any) -> None:
    graph = mp.CalculatorGraph(graph_config=case["graph"])
    received: list[mp.Packet] = []
    graph.observe_output_stream("out", lambda _, packet: received.append(packet))
    graph.start_run()
    for t, call in enumerate(case["calls"]):
        for name, value in call["inputs"].items():
            graph.add_packet_to_input_stream(name, packet(case["kinds"][name], value).at(FRAME_US * t))
        graph.wait_until_idle()
        answer = mp.packet_getter.get_proto(received[-1])
        expected = type(answer).FromString(base64.b64decode(call["output"]))
        # Equal to the last bit with the same C library; others may round sines differently.
        for ours, theirs in zip(fields(answer), fields(expected), strict=True):
            assert ours == (
                pytest.approx(theirs, rel=1e-6, abs=1e-6) if isinstance(theirs, float) else theirs
            )
    graph.close()
