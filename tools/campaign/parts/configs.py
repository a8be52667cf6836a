"""Random graphs, right and wrong: what `mpgraph check` accepts starts, and what it refuses does not.

Each starts from a valid graph and gets one to three of many changes to its nodes, streams, handlers,
executors, options and numbers. One that starts is fed a packet and closed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress

from part import DIFFERENCE, REFUSED, RUN, Outcome, Part

import mpgraph as mp
from mpgraph.config.validation.diagnostics import ERROR, diagnose
from mpgraph.errors import MpgraphError

SECONDS = 25.0
STREAMS = ("in", "a", "b", "c", "out")
SIDE_PACKETS = ("side", "other")
NUMBERS = ("-2", "-1", "0", "1", "2", "3", "100", "1000000", "2147483647")
CALCULATORS = (
    *("PassThroughCalculator", "GateCalculator", "MuxCalculator", "MergeCalculator", "FlowLimiterCalculator"),
    *("PreviousLoopbackCalculator", "PacketClonerCalculator", "ConstantSidePacketCalculator"),
    *(
        "SidePacketToStreamCalculator",
        "SequenceShiftCalculator",
        "PacketResamplerCalculator",
        "SwitchContainer",
    ),
    *("CounterCalculator", "MakePairCalculator", "PacketThinnerCalculator", "DefaultSidePacketCalculator"),
    *("BeginLoopIntegerCalculator", "EndLoopIntegerCalculator", "StringToIntCalculator", "NoSuchCalculator"),
    *(
        "ImageTransformationCalculator",
        "ImageToTensorCalculator",
        "SelfieSegmentationCpu",
        "ClockLatencyCalculator",
    ),
)
HANDLERS = (
    *(
        "DefaultInputStreamHandler",
        "ImmediateInputStreamHandler",
        "SyncSetInputStreamHandler",
        "NoSuchHandler",
    ),
    *("FixedSizeInputStreamHandler", "BarrierInputStreamHandler", "EarlyCloseInputStreamHandler"),
    *("MuxInputStreamHandler", "TimestampAlignInputStreamHandler", "InOrderOutputStreamHandler"),
)
TAGS = (
    "",
    "",
    "",
    "IN:",
    "OUT:",
    "A:0:",
    "A:1:",
    "SELECT:",
    "ALLOW:",
    "DISALLOW:",
    "INPUT:0:",
    "INPUT:1:",
    "MAIN:",
    "LOOP:",
    "PREV_LOOP:",
    "FINISHED:",
    "TICK:",
    "PACKET:",
    "AT_TIMESTAMP:",
    "IMAGE:",
    "ITERABLE:",
    "ITEM:",
    "BATCH_END:",
    "CLONE:",
    "x:",
    "A:2:",
    "A:01:",
)
OPTIONS = (
    "[mediapipe.FlowLimiterCalculatorOptions.ext] { max_in_flight: %N max_in_queue: %N }",
    "[mediapipe.GateCalculatorOptions.ext] { allow: true }",
    "[mediapipe.GateCalculatorOptions.ext] { initial_gate_state: GATE_ALLOW }",
    "[mediapipe.SequenceShiftCalculatorOptions.ext] { packet_offset: %N }",
    "[mediapipe.PacketResamplerCalculatorOptions.ext] { frame_rate: %N }",
    "[mediapipe.PacketThinnerCalculatorOptions.ext] { period: %N thinner_type: ASYNC }",
    "[mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { int_value: %N } }",
    "[mediapipe.PacketClonerCalculatorOptions.ext] { output_only_when_all_inputs_received: true }",
    "[mediapipe.ImageTransformationCalculatorOptions.ext] { output_width: %N }",
)
HANDLER_OPTIONS = (
    '[mediapipe.SyncSetInputStreamHandlerOptions.ext] { sync_set { tag_index: "%T0" } }',
    "[mediapipe.FixedSizeInputStreamHandlerOptions.ext] { trigger_queue_size: %N target_queue_size: %N }",
    '[mediapipe.TimestampAlignInputStreamHandlerOptions.ext] { timestamp_base_tag_index: "%T" }',
)


class Node:
    """The fields of a node, as lines of text."""

    def __init__(self, calculator: str, *lines: str) -> None:
        self.calculator = calculator
        self.lines = list(lines)

    def __str__(self) -> str:
        return f'node {{\n  calculator: "{self.calculator}"\n  ' + "\n  ".join(self.lines) + "\n}\n"


def valid_graph(choose: random.Random) -> tuple[list[str], list[Node]]:
    """Return the lines and the nodes of a graph that runs."""
    lines = ['input_stream: "in"', 'output_stream: "out"']
    first = choose.choice(
        (
            Node("PassThroughCalculator", 'input_stream: "in"', 'output_stream: "a"'),
            Node(
                "GateCalculator",
                'input_stream: "in"',
                'output_stream: "a"',
                "options { [mediapipe.GateCalculatorOptions.ext] { allow: true } }",
            ),
            Node("SequenceShiftCalculator", 'input_stream: "in"', 'output_stream: "a"'),
            Node(
                "FlowLimiterCalculator",
                'input_stream: "in"',
                'input_stream: "FINISHED:out"',
                'input_stream_info { tag_index: "FINISHED" back_edge: true }',
                'output_stream: "a"',
            ),
            Node(
                "PacketClonerCalculator",
                'input_stream: "in"',
                'input_stream: "TICK:in"',
                'output_stream: "a"',
            ),
        )
    )
    last = choose.choice(
        (
            Node("PassThroughCalculator", 'input_stream: "a"', 'output_stream: "out"'),
            Node("MergeCalculator", 'input_stream: "a"', 'input_stream: "in"', 'output_stream: "out"'),
            Node("PassThroughCalculator", 'input_stream: "A:a"', 'output_stream: "A:out"'),
        )
    )
    return lines, [first, last]


def changed(choose: random.Random) -> tuple[str, dict[str, str]]:
    """Return the text of a graph with some changes, and its subgraphs by name: none or one."""
    lines, nodes = valid_graph(choose)
    for _ in range(choose.choice((1, 1, 2, 2, 3))):
        node = choose.choice(nodes)
        choose.choice(
            (_stream, _side_packet, _handler, _number, _executor, _calculator, _remove, _info, _options)
        )(lines, node, choose)
        if choose.random() < 0.15:
            nodes.append(Node(choose.choice(CALCULATORS)))
    choose.shuffle(nodes)
    text = "\n".join(lines) + "\n" + "".join(map(str, nodes))
    while "%" in text:
        text = text.replace("%N", choose.choice(NUMBERS), 1).replace("%T", choose.choice(TAGS).rstrip(":"), 1)
    if choose.random() < 0.7:
        return text, {}
    use = Node("Inner", 'input_stream: "in"', 'output_stream: "out"')
    for _ in range(choose.choice((0, 0, 1))):
        choose.choice((_stream, _side_packet, _handler, _number, _remove, _info))(lines, use, choose)
    outer = f'input_stream: "in"\noutput_stream: "out"\n{use}'.replace("%N", "2").replace("%T0", "A")
    return outer.replace("%T", "A"), {"Inner": text}


def _stream(lines: list[str], node: Node, choose: random.Random) -> None:
    kind = choose.choice(("input_stream", "output_stream"))
    line = f'{kind}: "{choose.choice(TAGS)}{choose.choice(STREAMS)}"'
    (lines if choose.random() < 0.3 else node.lines).append(line)


def _side_packet(lines: list[str], node: Node, choose: random.Random) -> None:
    kind = choose.choice(("input_side_packet", "output_side_packet"))
    line = f'{kind}: "{choose.choice(TAGS)}{choose.choice(SIDE_PACKETS)}"'
    (lines if choose.random() < 0.5 else node.lines).append(line)


def _handler(lines: list[str], node: Node, choose: random.Random) -> None:
    kind = choose.choice(("input_stream_handler", "input_stream_handler", "output_stream_handler"))
    options = f" options {{ {choose.choice(HANDLER_OPTIONS)} }}" if choose.random() < 0.6 else ""
    line = f'{kind} {{ {kind}: "{choose.choice(HANDLERS)}"{options} }}'
    (lines if choose.random() < 0.3 else node.lines).append(line)


def _number(lines: list[str], node: Node, choose: random.Random) -> None:
    if choose.random() < 0.5:
        lines.append(
            choose.choice(
                (
                    "num_threads: %N",
                    "max_queue_size: %N",
                    "report_deadlock: true",
                    "profiler_config { trace_log_capacity: %N }",
                    "profiler_config { num_histogram_intervals: %N enable_profiler: true }",
                )
            )
        )
    else:
        node.lines.append(choose.choice(("buffer_size_hint: %N", "max_in_flight: %N", "source_layer: %N")))


def _executor(lines: list[str], node: Node, choose: random.Random) -> None:
    name = choose.choice(("", "pool", "pool", "__gpu", "other"))
    if choose.random() < 0.6:
        kind = choose.choice(
            (
                'type: "ThreadPoolExecutor"',
                'type: "ThreadPoolExecutor"',
                'type: "NoSuchExecutor"',
                'type: "ApplicationThreadExecutor"',
            )
        )
        options = "options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: %N } }"
        lines.append(f'executor {{ name: "{name}" {kind} {options if choose.random() < 0.7 else ""} }}')
    if choose.random() < 0.6:
        node.lines.append(f'executor: "{name}"')


def _calculator(lines: list[str], node: Node, choose: random.Random) -> None:
    node.calculator = choose.choice(CALCULATORS)


def _remove(lines: list[str], node: Node, choose: random.Random) -> None:
    for candidates in (node.lines, lines):
        if candidates and choose.random() < 0.7:
            candidates.pop(choose.randrange(len(candidates)))
            return


def _info(lines: list[str], node: Node, choose: random.Random) -> None:
    tag = choose.choice(TAGS).rstrip(":")
    node.lines.append(
        f'input_stream_info {{ tag_index: "{tag}" back_edge: {choose.choice(("true", "false"))} }}'
    )


def _options(lines: list[str], node: Node, choose: random.Random) -> None:
    node.lines.append(f"options {{ {choose.choice(OPTIONS)} }}")


def check(text: str, subgraphs: dict[str, str]) -> str:
    """Return what `mpgraph check` refuses, "" for nothing."""
    found = diagnose(text, subgraphs=subgraphs, file="graph.pbtxt")
    return "; ".join(str(each) for each in found if each.severity == ERROR)


def run(text: str, subgraphs: dict[str, str]) -> str:
    """Return what fails in making, starting and ending the graph, "" for nothing."""
    try:
        validated = mp.ValidatedGraphConfig()
        validated.initialize(graph_config=text, subgraphs=subgraphs)
        graph = mp.CalculatorGraph(validated_graph_config=validated)
        names = graph.model.required_side_packets
        graph.start_run({name: mp.packet_creator.create_int(1) for name in names})
    except MpgraphError as error:
        # What the side packets hold is not the graph's affair.
        return "" if "Give start_run() a packet of the type" in str(error) else str(error)
    with suppress(MpgraphError):  # An error of a calculator, or there is no such stream.
        graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(0))
    try:
        graph.cancel()
        graph.wait_until_done(timeout=SECONDS)
    except TimeoutError:
        return "does not end"
    except MpgraphError:
        pass
    return ""


Given = tuple[str, dict[str, str]]


class Configs(Part[Given]):
    """Compares check and the runtime."""

    def make(self, choose: random.Random) -> Given:
        """Return the text of a graph, and its subgraphs by name: none or one."""
        return changed(choose)

    def run(self, given: Given) -> Outcome:
        """Check the graph and start it."""
        refused, failed = check(*given), run(*given)
        if bool(refused) != bool(failed):
            detail = f"check: {refused or 'accepts'}; run: {failed or 'starts'}"
            return Outcome(DIFFERENCE, " ".join(detail.split()))
        return Outcome(REFUSED if refused else RUN)

    def smaller(self, given: Given) -> Iterator[Given]:
        """Yield the graph without one of its lines or of its subgraph's."""
        text, subgraphs = given
        for shorter in _without_a_line(text):
            yield shorter, subgraphs
        for name, inner in subgraphs.items():
            for shorter in _without_a_line(inner):
                yield text, {name: shorter}

    def content(self, given: Given) -> tuple[str, bytes]:
        """Return the graph's text, and its subgraph as a comment."""
        text, subgraphs = given
        inner = "".join(f"# subgraph {name}:\n{each}" for name, each in subgraphs.items())
        return ".pbtxt", (text + inner.replace("\n", "\n# ")).encode()


def _without_a_line(text: str) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    for index in range(len(lines)):
        yield "".join(lines[:index] + lines[index + 1 :])


create = Configs
