"""MediaPipe's error texts about failed runs and calls.

Each error has the fragment, the class of its status and, if a graph is the cause, a location in the text
or the name of a node. The section is the one in the semantics document that the fragment belongs to.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from fragment_rows import ANY, PASS, RE, RUN, SIDE, VE, Row, check, node
from scripted_graphs import packet_at

from mpgraph import packet_getter
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.packet_creator import create_image_frame
from mpgraph.runtime.graph_input_stream import GraphInputStreamAddMode
from mpgraph.testing import mask


def twice(cc: CalculatorContext) -> None:
    cc.side_outputs[0].emit(1, ts.UNSET)
    cc.side_outputs[0].emit(1, ts.UNSET)


def closed(cc: CalculatorContext) -> None:
    cc.outputs[0].close()
    cc.outputs[0].emit(1, cc.t)


def fails(cc: CalculatorContext) -> None:
    raise RuntimeError("oh")


def start_and(step: Callable[[CalculatorGraph], Any]) -> Callable[[CalculatorGraph], Any]:
    def call(graph: CalculatorGraph) -> None:
        graph.start_run()
        step(graph)

    return call


GATE = threading.Event()


def throttled(graph: CalculatorGraph) -> None:
    GATE.clear()
    graph.graph_input_stream_add_mode = GraphInputStreamAddMode.ADD_IF_NOT_FULL
    graph.start_run()
    try:
        for t in range(9):
            graph.add_packet_to_input_stream("i", packet_at(1, t))
    finally:
        GATE.set()


def deadlocked(graph: CalculatorGraph) -> None:
    graph.start_run()
    for t in range(9):
        graph.add_packet_to_input_stream("i", packet_at(1, t))


def broken(graph: CalculatorGraph) -> None:
    graph.start_run()
    graph.add_packet_to_input_stream("i", packet_at(1, 1))
    with pytest.raises(RuntimeError):
        graph.wait_until_idle()
    graph.add_packet_to_input_stream("i", packet_at(1, 2))


def done(graph: CalculatorGraph) -> None:
    graph.observe_output_stream("o", lambda name, packet: None)
    graph.start_run()
    graph.close_all_input_streams()
    graph.wait_for_observed_output()


def video_of_zeros() -> bytes:
    """An .mp4 file with a valid header whose only frame is not an image."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(stream.encode(None))
    data = bytearray(file.getvalue())
    start = data.index(b"mdat")
    end = start - 4 + int.from_bytes(data[start - 4 : start], "big")
    data[start + 4 : end] = bytes(end - start - 4)
    return bytes(data)


DECODER = (
    'node { name: "n" calculator: "OpenCvVideoDecoderCalculator" input_side_packet: "INPUT_FILE_PATH:path"'
    ' output_stream: "VIDEO:v" }'
)

RUNNING = [
    Row("2", 'Calculator::Process() for node "n" failed', RE, RUN, [(1, 1)], does={"process": fails}),
    Row(
        "3 types",
        "Packet type mismatch on calculator outputting to stream",
        VE,
        node('"FragmentInts" input_stream: "i" output_stream: "o"'),
        [(1, 1)],
        does={"process": lambda cc: cc.outputs[0].emit("text", cc.t)},
    ),
    Row(
        "3 types, measured 7",
        "Packet type mismatch on calculator outputting to stream",
        VE,
        node('"FragmentInts" input_stream: "i"'),
        [(1, "text")],
    ),
    Row(
        "3 types",
        "Packet type mismatch on a calculator receiving from stream",
        VE,
        node('"FragmentEither" input_stream: "i" output_stream: "o"')
        + 'node { name: "m" calculator: "FragmentStrings" input_stream: "o" }',
        [(1, 1)],
    ),
    Row(
        "3 types",
        '" was requested.',
        VE,
        node('"FragmentInts" input_stream: "i" output_stream: "o"'),
        [(1, 1)],
        does={"process": lambda cc: cc.outputs[0].add_packet(packet_at("text", cc.t))},
    ),
    Row(
        "5",
        "must be called from Calculator::Open()",
        RE,
        RUN,
        [(1, 1)],
        does={"process": lambda cc: cc.outputs[0].set_header(make_packet(1))},
    ),
    Row(
        "5",
        "must be called from Calculator::Open()",
        RE,
        RUN,
        [(1, 1)],
        does={"process": lambda cc: cc.set_offset(0)},
    ),
    Row("5", 'Calculator::Open() for node "n" failed: ', RE, RUN, does={"open": fails}),
    Row("5", 'Calculator::Close() for node "n" failed: ', RE, RUN, does={"close": fails}),
    Row("5", "was already set.", FileExistsError, SIDE, does={"open": twice}),
    Row(
        "5",
        "has a timestamp",
        VE,
        SIDE,
        does={"open": lambda cc: cc.side_outputs[0].add_packet(packet_at(1, 5))},
    ),
    Row("6", "Packet timestamp mismatch on a calculator receiving from stream", VE, RUN, [(5, 1), (5, 1)]),
    Row("6", "Current minimum expected timestamp is 6 but received 5", VE, RUN, [(5, 1), (5, 1)]),
    Row("6", "timestamp not specified or set to illegal value", VE, RUN, [(ts.UNSET, 1)], has_location=False),
    Row("6", "can't be the timestamp of a Packet in a stream", VE, RUN, [(ts.UNSET, 1)], has_location=False),
    Row("6", "can't be the timestamp of a Packet in a stream", VE, RUN, [(ts.DONE, 1)], has_location=False),
    Row(
        "14",
        "Unsupported format",
        VE,
        node(
            '"ImageToTensorCalculator" input_stream: "IMAGE:i" output_stream: "TENSORS:o"'
            " options { [mediapipe.ImageToTensorCalculatorOptions.ext] { output_tensor_width: 4"
            " output_tensor_height: 4 output_tensor_float_range { min: 0 max: 1 } } }"
        ),
        [(1, mask(8, 8))],
    ),
    Row(
        "6",
        "timestamp not specified or set to illegal value",
        VE,
        RUN,
        [(1, 1)],
        does={"process": lambda cc: cc.outputs[0].emit(1, ts.UNSTARTED)},
    ),
    Row(
        "6",
        "timestamp bound set to illegal value",
        VE,
        RUN,
        [(1, 1)],
        does={"process": lambda cc: cc.outputs[0].set_next_timestamp_bound(ts.UNSTARTED)},
    ),
    Row("6", "Packet sent to closed stream", RE, RUN, [(1, 1)], does={"process": closed}),
    Row(
        "9", "was not provided and cannot be created", RE, 'node { name: "n" calculator: "FragmentService" }'
    ),
    Row("9", "is both provided and generated by a PacketGenerator.", RE, SIDE, side={"o": 1}),
    Row(
        "9",
        'Side packet "s" is required but was not provided.',
        VE,
        node('"RtScript" input_stream: "i" input_side_packet: "BASE:s"'),
    ),
    Row(
        "9",
        "failed validation",
        VE,
        node('"FragmentInts" input_stream: "i" input_side_packet: "BASE:s"'),
        side={"s": "text"},
    ),
    Row("9", "CalculatorGraph::Run() failed: \n", RE, RUN, [(1, 1)], does={"process": fails}),
    Row(
        "13",
        "Failed to load TfLite model.",
        ANY,
        'node { name: "n" calculator: "TfLiteModelCalculator"'
        ' input_side_packet: "MODEL_BLOB:b" output_side_packet: "MODEL:m" }',
        side={"b": b"not a model"},
    ),
    Row(
        "17",
        "Fail to open video file at",
        RE,
        DECODER,
        content=b"not a video",
    ),
    Row("17", "Fail to read any frames", RE, DECODER, content=video_of_zeros()),
    Row(
        "17",
        "The output file path is invalid.",
        ANY,
        node(
            '"OpenCvVideoEncoderCalculator" input_stream: "VIDEO:i"'
            ' input_side_packet: "OUTPUT_FILE_PATH:path"'
            " options { [mediapipe.OpenCvVideoEncoderCalculatorOptions.ext]"
            ' { codec: "mp4v" video_format: "mp4" fps: 5 width: 64 height: 48 } }'
        ),
        content=b"",
    ),
]

CALLS = [
    Row("3", "RET_CHECK failure", RE, RUN, call=CalculatorGraph.run, has_location=False),
    Row(
        "3 types",
        "Expected a Packet of type",
        RE,
        call=lambda graph: packet_getter.get_str(packets.empty()),
        has_location=False,
    ),
    Row(
        "3 types",
        'The Packet stores "',
        VE,
        call=lambda graph: packet_getter.get_str(make_packet(1)),
        has_location=False,
    ),
    Row(
        "9",
        "is not a graph input stream",
        RE,
        RUN,
        has_location=False,
        call=start_and(lambda graph: graph.add_packet_to_input_stream("k", packet_at(1, 1))),
    ),
    Row(
        "9",
        "Graph is throttled.",
        RE,
        "max_queue_size: 1 " + node('"RtBlocking" input_stream: "i"'),
        does={"process": lambda cc: GATE.wait(10) and None},
        call=throttled,
        has_location=False,
    ),
    Row("9", "Graph has errors: ", RE, RUN, does={"process": fails}, call=broken),
    Row(
        "10",
        "Detected a deadlock due to input throttling for input stream: ",
        RE,
        'max_queue_size: 1 report_deadlock: true input_stream: "j" ' + node(PASS + 'input_stream: "j"'),
        call=deadlocked,
    ),
    Row(
        "10",
        "deadlock because source nodes cannot be activated",
        RE,
        'node { name: "a" calculator: "RtScript" input_side_packet: "s" output_stream: "a" }'
        'node { name: "b" calculator: "RtScript" source_layer: 1 output_stream: "b"'
        ' output_side_packet: "s" }',
    ),
    Row("9", "Graph is done.", RE, RUN, call=done, has_location=False),
    Row(
        "9",
        "because it doesn't exist",
        RE,
        RUN,
        call=lambda graph: graph.get_output_side_packet("k"),
        has_location=False,
    ),
    Row(
        "9",
        "because it doesn't exist",
        RE,
        RUN,
        call=lambda graph: graph.observe_output_stream("k", print),
        has_location=False,
    ),
    Row(
        "9",
        "Please provide one of the following",
        VE,
        call=lambda graph: CalculatorGraph(),
        has_location=False,
    ),
    Row(
        "9",
        "Unknown kwargs input argument",
        RE,
        call=lambda graph: CalculatorGraph(graph=RUN),
        has_location=False,
    ),
    Row(
        "9",
        "Unsupported ImageFormat",
        RE,
        call=lambda graph: create_image_frame(np.zeros((2, 2, 4), np.uint8), image_format=ImageFormat.SBGRA),
        has_location=False,
    ),
]


@pytest.mark.parametrize("row", RUNNING + CALLS, ids=lambda row: f"{row.section}: {row.fragment}")
def test_fragment(row: Row, tmp_path: Path) -> None:
    check(row, tmp_path)
