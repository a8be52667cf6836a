"""SolutionBase: a graph as a function, from a picture (or other data) to named results."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.packet import Packet
from mpgraph.protos import calculator_pb2
from mpgraph.resources import find_resource
from mpgraph.runtime.executor import ApplicationThreadExecutor
from mpgraph.runtime.graph import CalculatorGraph
from mpgraph.solutions.calculator_params import apply_calculator_params
from mpgraph.solutions.packet_data_type import PacketDataType, make_packet, packet_content

RGB_CHANNELS = 3

FRAME_INTERVAL_US = 33333
"""How far `process` moves the graph's clock: MediaPipe simulates 30 frames a second."""


class SolutionBase:
    """Runs a graph once for each call of `process` and returns what came out of it.

    binary_graph_path: a .pbtxt or .binarypb file, looked for on the resource path.
    graph_config: the graph as text or as a CalculatorGraphConfig message.
    calculator_params: options to change, by "node_name.field_name".
    graph_options: a message to merge into the graph's own options.
    side_inputs: values of input side packets, by name.
    outputs: the output streams to return; all of the graph's when not given.
    stream_type_hints: the kind of data of streams whose type the graph does not tell.

    Raises:
        InvalidArgumentError (a ValueError): not exactly one graph, or something about it is wrong.
        FileNotFoundError: the file is not on the resource path.
    """

    def __init__(
        self,
        binary_graph_path: str | None = None,
        graph_config: Any = None,
        calculator_params: Mapping[str, Any] | None = None,
        graph_options: Any = None,
        side_inputs: Mapping[str, Any] | None = None,
        outputs: Sequence[str] | None = None,
        stream_type_hints: Mapping[str, PacketDataType] | None = None,
    ) -> None:
        self._graph: CalculatorGraph | None = None
        if bool(binary_graph_path) == bool(graph_config):
            raise InvalidArgumentError("Must provide exactly one of 'binary_graph_path' or 'graph_config'.")
        validated = ValidatedGraphConfig()
        if binary_graph_path:
            validated.initialize(graph_path=find_resource(binary_graph_path))
        else:
            validated.initialize(graph_config=graph_config)
        config = calculator_pb2.CalculatorGraphConfig.FromString(validated.binary_config)
        self._find_types(validated, config, side_inputs or {}, outputs, stream_type_hints or {})
        if calculator_params or graph_options is not None:
            apply_calculator_params(config, calculator_params or {})
            if graph_options is not None:
                _merge_graph_options(config.graph_options, graph_options)
            validated = ValidatedGraphConfig()
            validated.initialize(graph_config=config)
        self._graph = CalculatorGraph(validated_graph_config=validated)
        # Everything runs inside `process` on the caller's own thread, so no thread is switched.
        if not any(spec.name == "" and (spec.type or spec.num_threads) for spec in validated.model.executors):
            self._graph.set_executor("", ApplicationThreadExecutor())
        self._packets: dict[str, Packet] = {}
        self._time_us = 0
        for name in self._output_types:
            self._graph.observe_output_stream(name, self._packets.__setitem__, True)
        self._side_packets = {
            name: make_packet(self._side_input_types[name], value)
            for name, value in (side_inputs or {}).items()
        }
        self._graph.start_run(self._side_packets)

    def _find_types(
        self,
        validated: ValidatedGraphConfig,
        config: Any,
        side_inputs: Mapping[str, Any],
        outputs: Sequence[str] | None,
        hints: Mapping[str, PacketDataType],
    ) -> None:
        def of_stream(name: str) -> PacketDataType:
            return hints.get(name) or PacketDataType.from_registered_name(
                validated.registered_stream_type_name(name)
            )

        inputs = [_name(entry) for entry in config.input_stream]
        self._input_types = {name: of_stream(name) for name in inputs}
        self._output_types = {
            name: of_stream(name) for name in (_name(entry) for entry in outputs or config.output_stream)
        }
        self._side_input_types = {
            name: PacketDataType.from_registered_name(validated.registered_side_packet_type_name(name))
            for name in side_inputs
        }
        self._outputs_class: Any = collections.namedtuple("SolutionOutputs", list(self._output_types))  # type: ignore[misc]

    def process(self, input_data: Any) -> Any:
        """Run the graph on one set of inputs.

        input_data: the picture of a graph with a single input stream, HxWx3 uint8 RGB; or a mapping
            from stream name to picture or other data.
        Returns a named tuple with a field for each output stream, None where nothing came out.

        Raises:
            InvalidArgumentError (a ValueError): a picture does not have three channels, or a stream
                name is wrong.
            NotImplementedError: the graph takes audio or lists of messages.
            RuntimeError: the graph failed.
        """
        if self._graph is None:
            raise InvalidArgumentError("This solution is closed; make a new one.")
        if isinstance(input_data, np.ndarray):
            if len(self._input_types) != 1:
                raise InvalidArgumentError(
                    "Can't process single image input since the graph has more than one input streams: "
                    f"{', '.join(self._input_types)}."
                )
            input_data = {next(iter(self._input_types)): input_data}
        made = {name: self._input_packet(name, data) for name, data in input_data.items()}
        self._packets.clear()
        self._time_us += FRAME_INTERVAL_US
        for name, packet in made.items():
            self._graph.add_packet_to_input_stream(name, packet, self._time_us)
        self._graph.wait_until_idle()
        found = self._packets
        return self._outputs_class(
            *(
                packet_content(kind, found[name]) if name in found else None
                for name, kind in self._output_types.items()
            )
        )

    def _input_packet(self, name: str, data: Any) -> Packet:
        kind = self._input_types.get(name)
        if kind is None:
            raise InvalidArgumentError(
                f'The graph has no input stream "{name}".{did_you_mean(name, self._input_types)}'
            )
        if kind in (PacketDataType.PROTO_LIST, PacketDataType.AUDIO):
            raise NotImplementedError(
                "SolutionBase can only process non-audio and non-proto-list data. "
                f"{kind.name} type is not supported yet."
            )
        if kind.is_image:
            _check_image(data)
        return make_packet(kind, data)

    def reset(self) -> None:
        """Start the graph anew: nothing of the frames before has any effect any more."""
        if self._graph is not None:
            self._graph.close()
            self._graph.start_run(self._side_packets)

    def close(self) -> None:
        """End the graph.

        Raises:
            InvalidArgumentError (a ValueError): it is closed already.
        """
        if self._graph is None:
            raise InvalidArgumentError("Closing SolutionBase._graph which is already None.")
        graph, self._graph = self._graph, None
        graph.close()

    def __enter__(self) -> SolutionBase:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.close()

    def create_graph_options(self, options_message: Any, values: Mapping[str, Any]) -> Any:
        """Set fields of a message by dotted path, and return it."""
        for path, value in values.items():
            *parents, name = path.split(".")
            target = options_message
            for parent in parents:
                target = getattr(target, parent)
            field = getattr(target, name)
            if hasattr(field, "extend"):
                del field[:]
                field.extend(value)
            elif hasattr(field, "CopyFrom"):
                field.CopyFrom(value)
            else:
                setattr(target, name, value)
        return options_message


def _name(entry: str) -> str:
    return entry.rpartition(":")[2]


def _check_image(data: Any) -> None:
    if not isinstance(data, np.ndarray):
        raise InvalidArgumentError(
            f"Input image must be a numpy array, HxWx3 uint8 RGB, not {type(data).__name__}."
            + (" Did cv2.imread find the file?" if data is None else "")
        )
    if data.ndim != 3 or data.shape[2] != RGB_CHANNELS:
        raise InvalidArgumentError(
            f"Input image must contain three channel rgb data. Its shape is {data.shape}."
        )


def _merge_graph_options(known: Any, options: Any) -> None:
    for entry in known:
        if entry.Is(options.DESCRIPTOR):
            merged = type(options)()
            entry.Unpack(merged)
            merged.MergeFrom(options)
            entry.Pack(merged)
            return
    known.add().Pack(options)


__all__ = ["RGB_CHANNELS", "PacketDataType", "SolutionBase"]
