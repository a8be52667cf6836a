"""SolutionBase with all types of graphs: inputs, outputs, and invalid data."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import mpgraph as mp
from mpgraph.errors import ResourceNotFoundError
from mpgraph.protos import calculator_pb2, detection_pb2, gate_calculator_pb2, stream_handler_pb2
from mpgraph.solutions.solution_base import PacketDataType, SolutionBase

MIRROR = """
input_stream: "image_in"
input_side_packet: "mirrored"
output_stream: "image_out"
node {
  calculator: "ImageTransformationCalculator"
  input_stream: "IMAGE:image_in"
  input_side_packet: "FLIP_HORIZONTALLY:mirrored"
  output_stream: "IMAGE:image_out"
}
"""
TWO_NUMBERS = """
input_stream: "a"
input_stream: "b"
output_stream: "x"
output_stream: "y"
node {
  calculator: "PassThroughCalculator"
  input_stream: "a" input_stream: "b"
  output_stream: "x" output_stream: "y"
}
"""
PASS = """
input_stream: "a"
output_stream: "x"
node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "x" }
"""
NUMBERS = dict.fromkeys("abxy", PacketDataType.INT)
IMAGE = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)


def pass_through(data_type: PacketDataType) -> SolutionBase:
    return SolutionBase(graph_config=PASS, stream_type_hints={"a": data_type, "x": data_type})


# Construction


@pytest.mark.parametrize("arguments", [{}, {"graph_config": ""}, {"binary_graph_path": ""}])
def test_graph_is_required(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one of 'binary_graph_path' or 'graph_config'."):
        SolutionBase(**arguments)


def test_two_graphs_are_refused() -> None:
    with pytest.raises(ValueError, match="exactly one of 'binary_graph_path' or 'graph_config'."):
        SolutionBase("graph.binarypb", graph_config=calculator_pb2.CalculatorGraphConfig())


def test_graph_may_be_text_a_message_or_a_file(tmp_path: Path) -> None:
    validated = mp.ValidatedGraphConfig()
    validated.initialize(graph_config=MIRROR)
    (tmp_path / "mirror.pbtxt").write_text(MIRROR)
    (tmp_path / "mirror.binarypb").write_bytes(validated.binary_config)
    message = calculator_pb2.CalculatorGraphConfig.FromString(validated.binary_config)
    sources: list[dict[str, Any]] = [
        {"graph_config": MIRROR},
        {"graph_config": message},
        {"binary_graph_path": str(tmp_path / "mirror.pbtxt")},
        {"binary_graph_path": str(tmp_path / "mirror.binarypb")},
    ]
    for source in sources:
        with SolutionBase(**source, side_inputs={"mirrored": True}) as solution:
            assert np.array_equal(solution.process(IMAGE).image_out, IMAGE[:, ::-1])


def test_shipped_graph_is_found_under_mediapipes_path(portrait: npt.NDArray[np.uint8]) -> None:
    for suffix in ("binarypb", "pbtxt"):
        path = f"mediapipe/modules/selfie_segmentation/selfie_segmentation_cpu.{suffix}"
        with SolutionBase(path, side_inputs={"model_selection": 0}) as solution:
            assert solution.process(portrait).segmentation_mask.shape == (512, 512)


def test_missing_file_raises() -> None:
    with pytest.raises(ResourceNotFoundError, match='Cannot find the file "nowhere.pbtxt"'):
        SolutionBase(binary_graph_path="nowhere.pbtxt")


def test_invalid_graphs_raise_with_their_location() -> None:
    with pytest.raises(ValueError, match="<string>:1:7"):
        SolutionBase(graph_config="node {")
    with pytest.raises(ValueError, match="not int"):
        SolutionBase(graph_config=3)
    no_source = PASS.replace('input_stream: "a"', "", 1)
    with pytest.raises(RuntimeError, match="does not have a corresponding output stream."):
        SolutionBase(graph_config=no_source)


def test_streams_of_any_type_need_a_hint() -> None:
    with pytest.raises(RuntimeError, match='Unable to find the type for stream "a".'):
        SolutionBase(graph_config=PASS)
    with pytest.raises(RuntimeError, match='Unable to find the type for stream "x".'):
        SolutionBase(graph_config=PASS, stream_type_hints={"a": PacketDataType.INT})


# Side packets and outputs


def test_side_inputs() -> None:
    for mirrored, expected in ((True, IMAGE[:, ::-1]), (False, IMAGE)):
        with SolutionBase(graph_config=MIRROR, side_inputs={"mirrored": mirrored}) as solution:
            for _ in range(3):
                assert np.array_equal(solution.process(IMAGE).image_out, expected)
                solution.reset()


def test_invalid_side_inputs_raise() -> None:
    with pytest.raises(ValueError, match='Side packet "mirror" is not defined in the config.'):
        SolutionBase(graph_config=MIRROR, side_inputs={"mirror": True})
    with pytest.raises(TypeError, match="takes a bool, not str"):
        SolutionBase(graph_config=MIRROR, side_inputs={"mirrored": "yes"})


def test_outputs_select_and_order_the_results() -> None:
    with SolutionBase(graph_config=TWO_NUMBERS, outputs=["y"], stream_type_hints=NUMBERS) as solution:
        assert solution.process({"a": 1, "b": 2}) == (2,)
    with SolutionBase(graph_config=TWO_NUMBERS, outputs=["y", "a"], stream_type_hints=NUMBERS) as solution:
        results = solution.process({"a": 1, "b": 2})
    assert results._fields == ("y", "a") and results == (2, 1)
    with SolutionBase(graph_config=TWO_NUMBERS, outputs=[], stream_type_hints=NUMBERS) as solution:
        assert solution.process({"a": 1, "b": 2})._fields == ("x", "y")


def test_unknown_output_raises() -> None:
    with pytest.raises(ValueError, match='Stream "z" is not defined in the config.'):
        SolutionBase(graph_config=TWO_NUMBERS, outputs=["z"], stream_type_hints=NUMBERS)


def test_tags_are_not_part_of_the_names() -> None:
    config = MIRROR.replace('output_stream: "image_out"', 'output_stream: "RESULT:image_out"', 1)
    config = config.replace('input_stream: "image_in"', 'input_stream: "IMAGE:image_in"', 1)
    with SolutionBase(graph_config=config, side_inputs={"mirrored": False}) as solution:
        assert solution.process({"image_in": IMAGE}).image_out.shape == (3, 3, 3)


# Processing


def test_stream_without_data_yields_none() -> None:
    with SolutionBase(graph_config=TWO_NUMBERS, stream_type_hints=NUMBERS) as solution:
        assert solution.process({"a": 1}) == (None, None)
        assert solution.process({"a": 2, "b": 3}) == (2, 3)
        assert solution.process({}) == (None, None)


VALUES = [
    (PacketDataType.STRING, "text"),
    (PacketDataType.BOOL, True),
    (PacketDataType.BOOL_LIST, [True, False]),
    (PacketDataType.INT, -5),
    (PacketDataType.INT_LIST, [1, 2]),
    (PacketDataType.FLOAT, 1.5),
    (PacketDataType.FLOAT_LIST, [0.5, -2.0]),
    (PacketDataType.IMAGE_LIST, []),
    (PacketDataType.PROTO, detection_pb2.Detection(score=[0.5])),
]


@pytest.mark.parametrize(("data_type", "value"), VALUES)
def test_plain_data_round_trip(data_type: PacketDataType, value: Any) -> None:
    with pass_through(data_type) as solution:
        assert solution.process({"a": value}).x == value


@pytest.mark.parametrize("data_type", [PacketDataType.IMAGE, PacketDataType.IMAGE_FRAME])
def test_images_are_returned_as_read_only_arrays(data_type: PacketDataType) -> None:
    with pass_through(data_type) as solution:
        out = solution.process(IMAGE).x
        assert np.array_equal(out, IMAGE) and not out.flags.writeable
        assert np.array_equal(solution.process({"a": IMAGE[:, ::-1]}).x, IMAGE[:, ::-1])


def test_image_kept_by_the_graph_is_not_modified_by_its_owner() -> None:
    image = IMAGE.copy()
    with pass_through(PacketDataType.IMAGE_FRAME) as solution:
        kept = solution.process(image).x
        image[:] = 0
    assert np.array_equal(kept, IMAGE)


@pytest.mark.parametrize("data_type", [PacketDataType.AUDIO, PacketDataType.PROTO_LIST])
def test_audio_and_lists_of_messages_are_refused(data_type: PacketDataType) -> None:
    with (
        pass_through(data_type) as solution,
        pytest.raises(NotImplementedError, match=f"non-proto-list data. {data_type.name} type is not"),
    ):
        solution.process({"a": []})


INVALID_DATA: list[tuple[Any, type[Exception], str]] = [
    (None, ValueError, "must be an image as a numpy array, or a mapping .*, not None"),
    ([1], ValueError, "not list"),
    (IMAGE, ValueError, "more than one input streams. Pass a mapping with a, b."),
    ({"c": 1}, ValueError, 'no input stream "c"'),
    ({"a": 1, "b": "two"}, TypeError, "takes an int, not str"),
    ({"a": 1, "b": 2**31}, OverflowError, "maximum value"),
]


@pytest.mark.parametrize(("data", "error", "message"), INVALID_DATA)
def test_invalid_data_raises_and_does_not_reach_the_graph(
    data: Any, error: type[Exception], message: str
) -> None:
    with SolutionBase(graph_config=TWO_NUMBERS, stream_type_hints=NUMBERS) as solution:
        with pytest.raises(error, match=message):
            solution.process(data)
        assert solution.process({"b": 4}) == (None, None)
        assert solution.process({"a": 5, "b": 6}) == (5, 6)


@mp.register
class SolutionTestTimeCalculator(mp.Calculator):
    """Sends the timestamp of each packet, in microseconds."""

    number = mp.Input("", int)
    out = mp.Output("", int)

    def process(self, cc: Any) -> None:
        cc.emit(self.out, cc.timestamp.value)


def test_timestamps_advance_by_33333_us_even_across_a_reset() -> None:
    with SolutionBase(graph_config=PASS.replace("PassThrough", "SolutionTestTime")) as solution:
        times = [solution.process({"a": number}).x for number in range(3)]
        solution.reset()
        times.append(solution.process({"a": 3}).x)
    assert times == [33333, 66666, 99999, 133332]


# Failures of the graph itself


@mp.register
class SolutionTestFailCalculator(mp.Calculator):
    """Forwards numbers; fails at 7, and in close() after 8."""

    number = mp.Input("", int)
    out = mp.Output("", int)
    last = 0

    def process(self, cc: Any) -> None:
        self.last = cc[self.number]
        if self.last == 7:
            raise KeyError("seven")
        cc.emit(self.out, self.last)

    def close(self, cc: Any) -> None:
        if self.last == 8:
            raise OSError("disk full")


FAILING = PASS.replace("PassThrough", "SolutionTestFail")


def test_reset_after_a_failure() -> None:
    with SolutionBase(graph_config=FAILING) as solution:
        for _ in range(2):
            assert solution.process({"a": 1}).x == 1
            for number in (7, 2):
                with pytest.raises(RuntimeError, match='for node "SolutionTestFailCalculator" failed.*seven'):
                    solution.process({"a": number})
            solution.reset()
        assert solution.process({"a": 3}).x == 3


def test_failure_at_the_end_of_a_run_is_raised_once() -> None:
    solution = SolutionBase(graph_config=FAILING)
    solution.process({"a": 8})
    with pytest.raises(RuntimeError, match="disk full"):
        solution.reset()
    assert solution.process({"a": 8}).x == 8
    with pytest.raises(RuntimeError, match="disk full"):
        solution.close()
    with pytest.raises(ValueError, match="already None"):
        solution.close()


def test_context_exit_raises_failures_but_hides_no_exception() -> None:
    def run(number: int, error: Exception | None) -> None:
        with SolutionBase(graph_config=FAILING) as solution:
            solution.process({"a": number})
            if error is not None:
                raise error

    with pytest.raises(RuntimeError, match="WaitUntilIdle.*\\n.*seven"):
        run(7, None)
    with pytest.raises(RuntimeError, match="disk full"):
        run(8, None)
    with pytest.raises(KeyError, match="mine"):
        run(8, KeyError("mine"))


@pytest.mark.mpgraph_leaks(dropped=True)
def test_unclosed_solution_is_garbage_collected() -> None:
    before = set(threading.enumerate())
    solution = pass_through(PacketDataType.INT)
    solution.process({"a": 1})
    reference = weakref.ref(solution)
    del solution
    gc.collect()
    assert reference() is None
    assert set(threading.enumerate()) <= before


# Options of graphs


def test_create_graph_options_sets_fields_by_path() -> None:
    message = calculator_pb2.CalculatorGraphConfig(input_stream=["old"])
    executor = calculator_pb2.ExecutorConfig(name="one")
    with pass_through(PacketDataType.INT) as solution:
        result = solution.create_graph_options(
            message, {"num_threads": 3, "input_stream": ["a", "b"], "executor": [executor]}
        )
        assert result is message
        assert (result.num_threads, [*result.input_stream], result.executor[0].name) == (3, ["a", "b"], "one")
        node = calculator_pb2.CalculatorGraphConfig.Node()
        handler = stream_handler_pb2.InputStreamHandlerConfig(input_stream_handler="Other")
        solution.create_graph_options(
            node, [("input_stream_handler", handler), ("output_stream_handler.output_stream_handler", "Mine")]
        )
        assert node.input_stream_handler.input_stream_handler == "Other"
        assert node.output_stream_handler.output_stream_handler == "Mine"
        with pytest.raises(AttributeError, match="nothing"):
            solution.create_graph_options(message, {"nothing": 1})


def test_graph_options_are_merged_into_those_of_the_graph() -> None:
    # As in MediaPipe, they are merged after `option_value` entries have been applied.
    options = gate_calculator_pb2.GateCalculatorOptions(allow=True)
    known = "graph_options { [type.googleapis.com/mediapipe.GateCalculatorOptions] { allow: false } }"
    for config in (TWO_NUMBERS, TWO_NUMBERS + known):
        with SolutionBase(graph_config=config, graph_options=options, stream_type_hints=NUMBERS) as solution:
            assert solution.process({"a": 1, "b": 2}) == (1, 2)
