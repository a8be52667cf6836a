"""The graph that a command's options mean, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mpgraph.cli.annotate.solution import Settings, Solution
from mpgraph.config.source import GraphSource, parse_graph_text
from mpgraph.config.text.pbtxt import TextMessage, TextScalar
from mpgraph.config.text.printing import message_to_text
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.resources import find_resource
from mpgraph.protos import calculator_pb2
from mpgraph.solutions.calculator_params import apply_calculator_params

INPUT = "input_video"
OUTPUT = "output_video"
_UPLOADED = "uploaded_video"


@dataclass(frozen=True)
class GraphOptions:
    """The options of a command that change its graph.

    settings: values by the name of a Setting. thresholds: those that the user has given, by the name in
    Solution.thresholds. draws: whether to draw what is found. gpu: whether to compute on the GPU.
    """

    settings: Settings
    thresholds: Mapping[str, float] = field(default_factory=dict)
    draws: bool = True
    gpu: bool = False


def graph_text(solution: Solution, options: GraphOptions, *, images: bool) -> str:
    """Return the graph for the options, for unrelated images or for the frames of a video.

    It is the text that ships with mpgraph, with its comments, and other values where the settings require
    it. The other options change more: thresholds belong to nodes inside subgraphs, so with them the graph is
    expanded.

    Raises:
        InvalidArgumentError: the solution has no graph for the GPU.
    """
    constants = {
        setting.constant: setting.text(options.settings[setting.name]) for setting in solution.settings
    }
    file = find_resource(solution.graph)
    if images:
        constants.update(solution.for_images)
    text = with_constants(file.read_text("utf-8"), constants)
    if options.draws and not options.thresholds and not options.gpu:
        return text
    config = parse_graph_text(text, str(file)).config
    if not options.draws:
        _remove_drawing(config)
    if options.gpu:
        _use_gpu(config)
    if options.thresholds:
        validated = ValidatedGraphConfig()
        validated.initialize(graph_config=config)
        config = calculator_pb2.CalculatorGraphConfig.FromString(validated.binary_config)
        paths = [_full_name(config, solution.thresholds[name]) for name in options.thresholds]
        apply_calculator_params(config, dict(zip(paths, options.thresholds.values(), strict=True)))
    return message_to_text(config)


def with_constants(text: str, constants: Mapping[str, str]) -> str:
    """Return a graph's text with other values, and everything else as it was.

    constants: the text of the new value, by what it replaces: the value of a side packet that a
        ConstantSidePacketCalculator sets, or the name of the calculator of a node.

    Raises:
        InvalidArgumentError: the graph has no such constant.
    """
    found = dict(_constants(parse_graph_text(text)))
    for name in constants:
        if name not in found:
            raise InvalidArgumentError(f'The graph has no constant "{name}"; it has {", ".join(found)}.')
    lines = text.split("\n")
    for name in sorted(constants, key=lambda each: found[each].location.column, reverse=True):
        old = found[name]
        row, start = old.location.line - 1, old.location.column - 1
        lines[row] = lines[row][:start] + constants[name] + lines[row][start + len(old.text) :]
    return "\n".join(lines)


def _constants(graph: GraphSource) -> Iterator[tuple[str, TextScalar]]:
    """Yield what `with_constants` can replace: name and value."""
    for index, node in enumerate(graph.config.node):
        source = graph.node_source(index)
        calculator = source.tree.first("calculator") if source.tree else None
        if calculator is not None and isinstance(calculator.value, TextScalar):
            yield node.calculator, calculator.value
        values = [
            packet.value.fields[0].value
            for options in source.options()
            if isinstance(options.value, TextMessage)
            for packet in options.value.all("packet")
            if isinstance(packet.value, TextMessage)
        ]
        for entry, value in zip(node.output_side_packet, values, strict=False):
            if isinstance(value, TextScalar):
                yield entry.rpartition(":")[2], value


def _remove_drawing(config: Any) -> None:
    """Remove the node that sends the annotated images, in place."""
    nodes = [node for node in config.node if f"IMAGE:{OUTPUT}" not in node.output_stream]
    outputs = [name for name in config.output_stream if name != OUTPUT]
    del config.node[:], config.output_stream[:]
    config.node.extend(nodes)
    config.output_stream.extend(outputs)


def _use_gpu(config: Any) -> None:
    """Replace the module that runs on the CPU by its form for the GPU, in place."""
    modules = [node for node in config.node if node.calculator.endswith("Cpu")]
    if not modules:
        raise InvalidArgumentError("this solution has no graph for the GPU; leave out --gpu")
    for node in modules:
        node.calculator = f"{node.calculator.removesuffix('Cpu')}Gpu"
        node.input_stream[:] = [
            f"IMAGE:{_UPLOADED}" if name == f"IMAGE:{INPUT}" else name for name in node.input_stream
        ]
    upload = config.node.add(calculator="ImageFrameToGpuBufferCalculator")
    upload.input_stream.append(INPUT)
    upload.output_stream.append(_UPLOADED)


def _full_name(config: Any, path: str) -> str:
    """The "node.field" whose node's name ends as given, on the CPU or the GPU."""
    end, _, field = path.partition(".")
    if any(node.calculator == "ImageFrameToGpuBufferCalculator" for node in config.node):
        end = end.replace("cpu__", "gpu__")
    (name,) = [node.name for node in config.node if node.name.endswith(end)]
    return f"{name}.{field}"
