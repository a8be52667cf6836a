"""Pickles and copies of all public classes: equal to the original, or refused with advice."""

from __future__ import annotations

import copy
import inspect
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.formats.image_frame import IMAGE_FRAME
from mpgraph.framework import resources
from mpgraph.media.camera import Camera
from mpgraph.media.images import read_image
from mpgraph.media.preview import Preview
from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter
from mpgraph.protos import calculator_pb2, detection_pb2

GRAPH = """
    input_stream: "in"
    output_stream: "out"
    node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
"""
WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "old pickle": lambda value: pickle.loads(pickle.dumps(value, 2)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


class Forwards(mp.Calculator):
    image = mp.Input("IMAGE", mp.ImageFrame)

    def process(self, cc: mp.CalculatorContext) -> None:
        raise NotImplementedError


class Triples(mp.Subgraph):
    """A subgraph in Python."""


class OnGpu:
    width, height = 4, 3

    def read(self) -> Any:
        return np.zeros((3, 4, 4), np.uint8)


def detection() -> Any:
    return detection_pb2.Detection(label=["cat"], score=[0.5])


def builder() -> mp.GraphBuilder:
    graph = mp.GraphBuilder()
    graph.output("out", graph.node("SelfieSegmentationCpu", IMAGE=graph.input("in", mp.ImageFrame)).output())
    return graph


def statistics() -> mp.GraphStatistics:
    with mp.CalculatorGraph(graph_config=GRAPH) as graph:
        return graph.statistics()


# How to make one, and what of it must be equal.
PICKLED: dict[type, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    mp.Diagnostic: (lambda: mp.diagnose(GRAPH.replace("Pass", "Past"))[0], lambda value: value),
    mp.GraphBuilder: (builder, lambda graph: graph.text()),
    mp.GraphInputStreamAddMode: (lambda: mp.GraphInputStreamAddMode.ADD_IF_NOT_FULL, lambda value: value),
    mp.GraphStatistics: (statistics, lambda value: value),
    mp.Image: (
        lambda: mp.Image(mp.ImageFormat.GRAY8, np.ones((2, 3), np.uint8)),
        lambda image: (image.image_format, image.numpy_view().tolist(), image.numpy_view().flags.writeable),
    ),
    mp.ImageFormat: (lambda: mp.ImageFormat.SRGB, lambda value: value),
    mp.ImageFrame: (
        lambda: mp.testing.mask(3, 2),
        lambda frame: (frame.image_format, frame.numpy_view().tolist(), frame.numpy_view().flags.writeable),
    ),
    mp.Input: (lambda: mp.Input("A", int), lambda port: (port.tag, port.type)),
    mp.Matrix: (lambda: mp.Matrix(np.eye(2, 3)), lambda matrix: (type(matrix), matrix.tolist())),
    mp.MpgraphError: (lambda: mp.MpgraphError("a", hint="b"), lambda error: (str(error), error.hint)),
    mp.Output: (lambda: mp.Output("A", int), lambda port: (port.tag, port.type)),
    mp.Packet: (
        lambda: mp.make_packet(detection(), 7),
        lambda packet: (packet.timestamp, id(packet.type), packet.payload),
    ),
    mp.ProtoOptions: (lambda: mp.ProtoOptions("mediapipe.GateCalculatorOptions"), repr),
    mp.Range: (lambda: mp.Range(0, 1), lambda value: value),
    mp.SideInput: (lambda: mp.SideInput("A", int), lambda port: (port.tag, port.type)),
    mp.SideOutput: (lambda: mp.SideOutput("A", int), lambda port: (port.tag, port.type)),
    mp.Stream: (lambda: mp.GraphBuilder().input("in"), repr),
    mp.Tensor: (
        lambda: mp.Tensor(np.arange(4), name="t"),
        lambda tensor: (tensor.name, tensor.array.tolist(), tensor.array.flags.writeable),
    ),
    mp.MapResult: (lambda: mp.MapResult("in.mp4", "failed", error="it is damaged"), lambda result: result),
    mp.Timestamp: (lambda: mp.Timestamp(7), lambda value: value),
    Forwards: (Forwards, lambda calculator: type(calculator)),
    detection_pb2.Detection: (detection, lambda value: value),
    calculator_pb2.CalculatorGraphConfig.Node: (
        lambda: calculator_pb2.CalculatorGraphConfig.Node(calculator="A"),
        lambda node: node,
    ),
}

REFUSED: dict[type, Callable[[Path], Any]] = {
    mp.CalculatorGraph: lambda folder: mp.CalculatorGraph(graph_config=GRAPH),
    mp.GpuBuffer: lambda folder: mp.GpuBuffer(OnGpu()),
    mp.Trace: lambda folder: mp.CalculatorGraph(graph_config=GRAPH).trace(),
    mp.GraphMapping: lambda folder: mp.GraphMapping([], iter(())),
    mp.ValidatedGraphConfig: lambda folder: mp.ValidatedGraphConfig(),
    mp.solutions.selfie_segmentation.SelfieSegmentation: (
        lambda folder: mp.solutions.selfie_segmentation.SelfieSegmentation()
    ),
    VideoReader: lambda folder: VideoReader(video(folder)),
    Preview: lambda folder: Preview("title"),
}

# Not created by users: classes of arguments and base classes.
NOT_INSTANCES = {
    *(mp.Calculator, mp.CalculatorContext, mp.Contract, mp.Executor, mp.InputStreamHandler, mp.Subgraph),
}


def video(folder: Path) -> Path:
    with VideoWriter(folder / "b.mp4", 8, 8) as writer:
        writer.write(np.zeros((8, 8, 3), np.uint8), 0)
    return folder / "b.mp4"


def test_all_public_classes_are_tested() -> None:
    public = {value for name in mp.__all__ if inspect.isclass(value := getattr(mp, name))}
    assert public <= {*PICKLED, *REFUSED, *NOT_INSTANCES}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", PICKLED, ids=lambda kind: kind.__name__)
def test_values_survive(kind: type, way: str) -> None:
    create, content = PICKLED[kind]
    value = create()
    assert content(WAYS[way](value)) == content(value)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", REFUSED, ids=lambda kind: kind.__name__)
def test_what_belongs_to_a_process_is_refused_with_advice(kind: type, way: str, tmp_path: Path) -> None:
    value = REFUSED[kind](tmp_path)
    pattern = rf"^An? {kind.__name__} cannot be pickled or copied\. [A-Z][^.]+.*\.$"
    try:
        with pytest.raises(TypeError, match=pattern):
            WAYS[way](value)
    finally:
        getattr(value, "close", lambda: None)()


@pytest.mark.parametrize("kind", [Camera, VideoWriter, mp.CalculatorContext], ids=lambda kind: kind.__name__)
def test_what_only_works_with_a_device_or_in_a_run_is_refused(kind: Any) -> None:
    with pytest.raises(TypeError, match=f"A {kind.__name__} cannot be pickled or copied. Pass "):
        pickle.dumps(kind.__new__(kind))


def test_poller_is_refused() -> None:
    poller = mp.CalculatorGraph(graph_config=GRAPH).add_output_stream_poller("out")
    with pytest.raises(TypeError, match="An OutputStreamPoller cannot be pickled or copied. Pass the"):
        pickle.dumps(poller)


@pytest.mark.parametrize("value", [mp.AnyType, mp.STOP, mp.testing.ANY], ids=repr)
def test_what_exists_once_stays_the_same(value: object) -> None:
    assert all(way(value) is value for way in WAYS.values())


@pytest.mark.parametrize("way", WAYS)
def test_packet_keeps_its_type_and_stays_read_only(way: str) -> None:
    packet = WAYS[way](mp.make_packet(mp.testing.mask(2, 2), 3))
    assert packet.type is IMAGE_FRAME
    assert not WAYS[way](mp.make_packet(np.zeros(3))).payload.flags.writeable
    vector = WAYS[way](mp.packet_creator.create_int_vector([1, 2]))
    assert vector.type is mp.packet_creator.create_int_vector([]).type
    assert mp.packet_getter.get_int_list(vector) == [1, 2]


@pytest.mark.parametrize("way", WAYS)
def test_tensor_on_a_gpu_is_read(way: str) -> None:
    class Values:
        shape = (2,)

        def read(self) -> Any:
            return np.array([1, 2], np.float32)

    tensor = WAYS[way](mp.Tensor.on_gpu(Values()))
    assert tensor.gpu is None
    assert tensor.array.tolist() == [1, 2]


def test_results_of_solutions_survive() -> None:
    with mp.solutions.face_detection.FaceDetection() as detector:
        result = detector.process(read_image(resources.demo_image()))
    again = pickle.loads(pickle.dumps(result))
    assert again.detections == result.detections
    box = result.detections[0].location_data.relative_bounding_box
    assert pickle.loads(pickle.dumps(box)) == box


def test_subclass_of_a_solution_may_restore_itself() -> None:
    with Restored() as solution:
        again = pickle.loads(pickle.dumps(solution))
    with again:
        assert again.process(np.zeros((8, 8, 3), np.uint8)).segmentation_mask.shape == (8, 8)


class Restored(mp.solutions.selfie_segmentation.SelfieSegmentation):
    def __getstate__(self) -> Any:
        return {}

    def __setstate__(self, state: Any) -> None:
        self.__init__()  # type: ignore[misc]


@pytest.fixture(scope="module")
def pool() -> Iterator[Any]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        yield pool


def test_other_process_gets_packets_and_messages(pool: Any) -> None:
    packet = mp.make_packet(mp.testing.mask(2, 2), 5)
    again, node = pool.apply(echo, ((packet, calculator_pb2.CalculatorGraphConfig.Node(name="n")),))
    assert (again.timestamp, again.type, node.name) == (packet.timestamp, packet.type, "n")


def test_solution_for_another_process_is_refused(pool: Any) -> None:
    with (
        mp.solutions.selfie_segmentation.SelfieSegmentation() as solution,
        pytest.raises(TypeError, match="A SelfieSegmentation cannot be pickled .* in each process"),
    ):
        pool.apply(solution.process, (np.zeros((8, 8, 3), np.uint8),))


def echo(value: Any) -> Any:
    return value
