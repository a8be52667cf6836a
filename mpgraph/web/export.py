"""A graph and its models as files that the JavaScript package runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from mpgraph.calculators.tensor.models import find_model
from mpgraph.config.model import GraphModel, ValidatedNode
from mpgraph.config.source import is_path
from mpgraph.config.validated_graph_config import ValidatedGraphConfig, only_graph
from mpgraph.errors import ConfigError, Location, MpgraphError
from mpgraph.framework.resources import model_manifest
from mpgraph.framework.tags import TagMap
from mpgraph.gpu.shader import load_shader, shader_names
from mpgraph.inference.model import TfliteModel
from mpgraph.io.files import atomic_output
from mpgraph.web.calculators import PAGE_CALCULATORS
from mpgraph.web.folding import Folded, fold
from mpgraph.web.model_export import ExportedModel, export_model

FORMAT_VERSION = 1
"""Of graph.json; `package/graph.js` reads only this one."""

_HANDLERS = ("DefaultInputStreamHandler", "ImmediateInputStreamHandler")
_MODEL_TAGS = ("MODEL", "OP_RESOLVER", "CUSTOM_OP_RESOLVER")


def graph_files(
    source: object, *, name: str = "", side_packets: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    """Return the files of a graph by name: NAME.graph.json, and MODEL.plan.json, MODEL.weights of each model.

    source: the path of a .pbtxt or .binarypb file, a config as text or message, or a ValidatedGraphConfig.
    name: of the graph; by default that of its file, or else "graph".
    side_packets: values of the graph's side packets. Those of integers, numbers, text and lists of these may
        also be given in the page.

    Raises:
        ConfigError: the graph has calculators, ports, options or side packets that pages lack; its location
            is in the user's file. Or the graph is not valid.
        InvalidArgumentError: the graph has no such side packet.
        InferenceError: a model has an operator that pages cannot compute.
    """
    config = source if isinstance(source, ValidatedGraphConfig) else _loaded(source)
    name = name or (Path(str(source)).stem if _is_file(source) else "graph")
    exporter = _Exporter(config.model, fold(config.model, side_packets or {}))
    description = exporter.description(name)
    files = {f"{name}.graph.json": json.dumps(description, separators=(",", ":")).encode()}
    for model in exporter.models.values():
        files.update(model.files())
    return files


def write_files(directory: str | os.PathLike[str], files: Mapping[str, bytes]) -> None:
    """Write files into a directory, which is created; each appears there only once it is complete.

    Raises:
        MediaError: a file cannot be written.
    """
    for name, content in files.items():
        path = Path(directory) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_output(path) as temporary:
            temporary.write_bytes(content)


def _is_file(source: object) -> bool:
    return isinstance(source, os.PathLike) or (isinstance(source, str) and is_path(source))


def _loaded(source: object) -> ValidatedGraphConfig:
    return only_graph(graph_path=source) if _is_file(source) else only_graph(graph_config=source)


class _Exporter:
    """Describes the nodes of a folded graph, and collects the models they need."""

    def __init__(self, model: GraphModel, folded: Folded) -> None:
        self.models: dict[str, ExportedModel] = {}
        self._model = model
        self._folded = folded
        self._digests: dict[str, str] = {}
        self._side_packets: dict[str, Any] = {}
        self._required: dict[str, None] = {}

    def description(self, name: str) -> dict[str, Any]:
        nodes = [self._node(node) for node in self._folded.nodes]
        return {
            "version": FORMAT_VERSION,
            "name": name,
            "inputs": list(self._model.graph_inputs.names),
            "outputs": self._model.observable_outputs,
            "sidePackets": self._side_packets,
            "requiredSidePackets": list(self._required),
            "nodes": [*nodes, *self._relays()],
            "models": {
                model.name: {"plan": model.plan_file, "weights": model.weights_file}
                for model in self.models.values()
            },
            "parameters": _parameter_layouts(),
        }

    def _node(self, node: ValidatedNode) -> dict[str, Any]:
        calculator = node.calculator.__name__
        _check(node)
        described: dict[str, Any] = {
            "name": node.name,
            "calculator": calculator,
            "inputs": [
                {**port, **({"backEdge": True} if is_back_edge else {})}
                for port, is_back_edge in zip(self._streams(node.inputs), node.back_edges, strict=True)
            ],
            "outputs": self._streams(node.outputs),
            "sideInputs": list(self._side_inputs(node)),
            "options": {} if node.options is None else _options(node.options),
            "handler": node.handler.name,
        }
        if calculator.startswith("InferenceCalculator"):
            described["options"] = {}
            described["model"] = self._exported_model(node)
        return described

    def _streams(self, ports: TagMap) -> list[dict[str, Any]]:
        return [
            {"tag": port.tag, "index": port.index, "name": self._folded.stream(name)} for port, name in ports
        ]

    def _relays(self) -> Iterator[dict[str, Any]]:
        """A node for each output of the graph that a switch has produced: its stream has another name."""
        for name in self._model.observable_outputs:
            source = self._folded.stream(name)
            if source != name:
                port = {"tag": "", "index": 0}
                yield {
                    "name": name,
                    "calculator": "PassThroughCalculator",
                    "inputs": [{**port, "name": source}],
                    "outputs": [{**port, "name": name}],
                    "sideInputs": [],
                    "options": {},
                    "handler": _HANDLERS[0],
                }

    def _side_inputs(self, node: ValidatedNode) -> Iterator[dict[str, Any]]:
        is_inference = node.calculator.__name__.startswith("InferenceCalculator")
        for position, (port, name) in enumerate(node.side_inputs):
            if is_inference and port.tag in _MODEL_TAGS:
                continue
            source = self._folded.side_packet(name)
            if source in self._folded.side_packets:
                value = self._folded.side_packets[source]
                if not _is_plain(value):
                    location = _in_user_file(node, node.location_of("input_side_packet", position))
                    raise ConfigError(
                        f'The side packet "{name}" of {node.name} is {type(value).__name__}; pages take '
                        "numbers, booleans, text and lists of these.",
                        location=location,
                        rule="not-in-pages",
                    )
                self._side_packets[source] = value
            elif source in self._model.required_side_packets:
                self._required[source] = None
            yield {"tag": port.tag, "index": port.index, "name": source}

    def _exported_model(self, node: ValidatedNode) -> str:
        position = node.side_inputs.id("MODEL")
        given: TfliteModel | None = None
        if position is not None:
            given = self._folded.side_packets.get(self._folded.side_packet(node.side_inputs.names[position]))
        if given is None and not node.options.model_path:
            raise ConfigError(
                f"The model of {node.name} is not known before the graph runs; pages need it when the graph "
                "is exported.",
                location=_in_user_file(node, node.location),
                hint="Give the side packets that it depends on.",
                rule="not-in-pages",
            )
        model = find_model(given, node.options.model_path)
        if model.sha256 not in self._digests:
            name = _unused(_name_of(model), self.models)
            try:
                self.models[name] = export_model(model, name)
            except MpgraphError as error:
                raise error.with_context(location=_in_user_file(node, node.location)) from error
            self._digests[model.sha256] = name
        return self._digests[model.sha256]


def _name_of(model: TfliteModel) -> str:
    """A name for files: that of the shipped model with these bytes, else of the model's own file."""
    known = next((each for each in model_manifest().models if each.sha256 == model.sha256), None)
    if known is not None:
        return Path(known.file).stem
    return Path(model.origin).stem if model.origin.endswith(".tflite") else "model"


def _unused(name: str, taken: Mapping[str, object]) -> str:
    number = 2
    unique = name
    while unique in taken:
        unique, number = f"{name}_{number}", number + 1
    return unique


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (bool, int, float, str))


def _options(options: Any) -> dict[str, Any]:
    """The fields that are set: the calculators in the package know the default values."""
    values: dict[str, Any] = json_format.MessageToDict(options, preserving_proto_field_name=True)
    return values


def _parameter_layouts() -> dict[str, list[tuple[str, str, int]]]:
    """Of the kernels for images."""
    shaders = (load_shader(name) for name in shader_names())
    return {shader.name: shader.parameters.offsets for shader in shaders if shader.parameters is not None}


def _check(node: ValidatedNode) -> None:
    """Raise ConfigError for what pages lack."""
    calculator = node.calculator.__name__
    known = PAGE_CALCULATORS.get(calculator)
    location = _in_user_file(node, node.location)
    if known is None:
        raise ConfigError(
            f"Pages have no {calculator} (node {node.name}).",
            location=location,
            hint=f"They have {', '.join(sorted(PAGE_CALCULATORS))}.",
            rule="not-in-pages",
        )
    lists: Sequence[tuple[str, TagMap]] = (
        ("input_stream", node.inputs),
        ("output_stream", node.outputs),
        ("input_side_packet", node.side_inputs),
        ("output_side_packet", node.side_outputs),
    )
    for kind, ports in lists:
        for position, (port, _) in enumerate(ports):
            if known.tags is not None and port.tag not in known.tags:
                raise ConfigError(
                    f"In pages, {calculator} has no {kind.replace('_', ' ')} {port.tag} (node {node.name}).",
                    location=_in_user_file(node, node.location_of(kind, position)),
                    rule="not-in-pages",
                )
    has_options = node.handler.options is not None and node.handler.options.ByteSize() > 0
    if node.handler.name not in _HANDLERS or has_options:
        with_options = " with options" if has_options else ""
        raise ConfigError(
            f"Pages have no {node.handler.name}{with_options} (node {node.name}).",
            location=location,
            rule="not-in-pages",
        )
    for name in () if node.options is None else _options(node.options):
        if name not in known.options:
            raise ConfigError(
                f"In pages, {calculator} has no option {name} (node {node.name}).",
                location=location,
                rule="not-in-pages",
            )


def _in_user_file(node: ValidatedNode, location: Location | None) -> Location | None:
    """The location itself, or where the outermost subgraph around the node is used."""
    return node.path[0].location if node.path and node.path[0].location else location
