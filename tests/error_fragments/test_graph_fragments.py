"""MediaPipe's error texts about graphs that cannot be built.

Each error has the fragment, the class of its status and, if a graph is the cause, a location in the text
or the name of a node. The section is the one in the semantics document that the fragment belongs to.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from fragment_rows import ANY, OPTIONS_A, PASS, RE, SIDE, VE, Row, check, node

UNLIKE = '"PassThroughCalculator" input_stream: "i" output_stream: "A:o"'

CONFIG = [
    Row("1", "specified more than once", RE, node(PASS + OPTIONS_A * 2)),
    Row("2", "already had a name", RE, node('"RtScript" input_stream: "A:i" input_stream: "A:i"')),
    Row("2", "Not all indexes were assigned names", RE, node('"RtScript" input_stream: "A:1:i"')),
    Row("2", "Unable to initialize TagMaps for node.", RE, node('"RtScript" input_stream: "a:i"')),
    Row("3", "ValidatedGraphConfig Initialization failed.", RE, node('"NoSuchThing"')),
    Row("3", 'Unable to find Calculator "NoSuchThing"', RE, node('"NoSuchThing"')),
    Row(
        "3",
        "PassThroughCalculator: ",
        VE,
        node(UNLIKE),
    ),
    Row(
        "3",
        "stream cycle detected in graph: [",
        RE,
        node(PASS + 'input_stream: "o" output_stream: "o"'),
    ),
    Row("3", 'Output Stream "i" defined twice.', RE, node(PASS + 'output_stream: "i"')),
    Row("3", 'Output Side Packet "o" defined twice.', RE, SIDE * 2),
    Row("3", "does not have a corresponding output stream.", RE, node('"RtScript" input_stream: "k"')),
    Row(
        "3",
        "is not an input stream of the calculator",
        VE,
        node(PASS + 'input_stream_info { tag_index: "FOO" }'),
    ),
    Row("3", "has more than one InputStreamInfo", VE, node(PASS + "input_stream_info {}" * 2)),
    Row("3", "is a reserved executor name", VE, 'executor { name: "__x" type: "ThreadPoolExecutor" }'),
    Row("3", "is duplicate", VE, 'executor { name: "x" type: "ThreadPoolExecutor" } ' * 2),
    Row("3", "is not declared in an ExecutorConfig", VE, node(PASS + 'executor: "x"')),
    Row("3 types", 'Tag "X" index 0 was not expected.', VE, node('"FragmentInts" input_stream: "X:i"')),
    Row(
        "7",
        '"X" is not a registered input stream handler.',
        RE,
        node(PASS + 'input_stream_handler { input_stream_handler: "X" }'),
    ),
    Row("8", 'Tag "X" does not exist in the subgraph config.', VE, node('"FragmentSub" input_stream: "X:i"')),
    Row(
        "8",
        "has 2 indexes in the subgraph node but has only 1",
        VE,
        node('"FragmentSub" input_stream: "IN:0:i" input_stream: "IN:1:i"'),
    ),
    Row(
        "8",
        "while processing the input streams of subgraph node FragmentSub",
        VE,
        node('"FragmentSub" input_stream: "X:i"'),
    ),
    Row(
        "8", "only applicable to calculators", VE, node('"FragmentSub" input_stream: "IN:i" source_layer: 1')
    ),
    Row(
        "8 switch",
        "Only one of SwitchContainer inputs",
        VE,
        node('"SwitchContainer" input_stream: "SELECT:i" input_stream: "ENABLE:i"'),
    ),
    Row(
        "12",
        "Number of output side packets has to be same",
        RE,
        'node { name: "n" calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:o" }',
    ),
    Row(
        "12",
        "must use matching tags and indexes.",
        VE,
        node(UNLIKE),
    ),
    Row(
        "14",
        "Either model as side packet or model path in options is required.",
        ANY,
        node('"InferenceCalculator" input_stream: "TENSORS:i" output_stream: "TENSORS:o"'),
    ),
    Row(
        "14",
        "Cannot have multiple outputs.",
        RE,
        node(
            '"FromImageCalculator" input_stream: "IMAGE:i"'
            ' output_stream: "IMAGE_CPU:o" output_stream: "IMAGE_GPU:p"'
        ),
    ),
    Row(
        "14",
        "Cannot have multiple inputs.",
        RE,
        node(
            '"ToImageCalculator" input_stream: "IMAGE:i" input_stream: "IMAGE_CPU:i" output_stream: "IMAGE:o"'
        ),
    ),
    Row(
        "15",
        "Missing color option.",
        ANY,
        node('"RecolorCalculator" input_stream: "IMAGE:i" input_stream: "MASK:i" output_stream: "IMAGE:o"'),
    ),
    Row(
        "15",
        "Must use either image mask or options alpha value.",
        ANY,
        node('"SetAlphaCalculator" input_stream: "IMAGE:i" output_stream: "IMAGE:o"'),
    ),
    Row(
        "15",
        "Illegal combination of input streams/options.",
        ANY,
        node('"ImageCroppingCalculator" input_stream: "IMAGE:i" output_stream: "IMAGE:o"'),
    ),
]


# MediaPipe raises ValueErrors about the names of the graph's own streams, RuntimeErrors about those of nodes
# and about text.
NAMES = [
    Row("2", f'"{name}" does not match', error, text)
    for name in ("In", "1in", "a-b", "a b", "", "tag:in", "T:x:in", "T:-1:in", "T:01:in", "A:B:C:in", "T:")
    for error, text in (
        (VE, f'input_stream: "{name}"'),
        (VE, f'output_stream: "{name}"'),
        (RE, node(PASS + f'input_stream: "{name}"')),
        (RE, node(PASS + f'output_stream: "{name}"')),
        (RE, node(PASS + f'input_side_packet: "{name}"')),
        (RE, node(PASS + f'output_side_packet: "{name}"')),
    )
] + [
    Row("2", f'"{name}" is not a port: it does not match', VE, node(PASS + info))
    for name in ("In", "a-b", "T:x", "T:-1", "T:01", "T:0:x")
    for info in [f'input_stream_info {{ tag_index: "{name}" }}']
]

TEXTS = [
    Row("text", "Failed to parse", RE, text)
    for text in (
        "node {",
        "}",
        "node { calculator: }",
        'node { calculator: "x }',
        "nonsense",
        'input_stream "in"',
        'node { calculatr: "X" }',
        "nod { }",
        'num_threads: "x"',
        "node { calculator: 5 }",
        "num_threads: 1.5",
        "num_threads: 99999999999",
        "report_deadlock: maybe",
        'node { calculator: "A" calculator: "B" }',
        "num_threads: 1 num_threads: 1",
        "num_threads { }",
        "node: 5",
        node(PASS + "options { [mediapipe.NoSuchOptions.ext] { } }"),
        node(PASS + "node_options { [type.googleapis.com/mediapipe.NoSuchOptions] { } }"),
        node(PASS + "options { [mediapipe.GateCalculatorOptions.ext] { nope: 1 } }"),
        node(PASS + "node_options { [type.googleapis.com/mediapipe.GateCalculatorOptions] { allow: 1.5 } }"),
    )
]

OTHERS = [
    Row(
        "7",
        '"X" is not a registered output stream handler.',
        RE,
        node(PASS + 'output_stream_handler { output_stream_handler: "X" }'),
    ),
    Row(
        "10",
        "num_threads field in ThreadPoolExecutorOptions should be positive but is -5",
        VE,
        "num_threads: -5",
    ),
    Row(
        "14",
        "RET_CHECK failure",
        RE,
        node(
            '"TensorsToFloatsCalculator" input_stream: "TENSORS:i"'
            ' output_stream: "FLOAT:a" output_stream: "FLOATS:b"'
        ),
    ),
    Row(
        "14",
        "One and only one of IMAGE, IMAGE_CPU and IMAGE_GPU input is expected.",
        RE,
        node(
            '"ImagePropertiesCalculator" input_stream: "IMAGE:i" input_stream: "IMAGE_CPU:i"'
            ' output_stream: "SIZE:s"'
        ),
    ),
    Row(
        "14",
        "Either NORM_RECT or PROJECTION_MATRIX must be specified.",
        RE,
        node(
            '"LandmarkProjectionCalculator" input_stream: "NORM_LANDMARKS:i"'
            ' output_stream: "NORM_LANDMARKS:o"'
        ),
    ),
]


@pytest.mark.parametrize("row", [*NAMES, *TEXTS, *OTHERS], ids=lambda row: f"{row.fragment}: {row.text}")
def test_class_and_fragment(row: Row, tmp_path: Path) -> None:
    check(row, tmp_path)


@pytest.mark.parametrize("row", CONFIG, ids=lambda row: f"{row.section}: {row.fragment}")
def test_fragment(row: Row, tmp_path: Path) -> None:
    check(row, tmp_path)
