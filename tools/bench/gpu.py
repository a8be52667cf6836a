"""Measures the GPU graph: the stages of a frame, the frame rate, and the time to the first frame.

    python tools/bench/gpu.py [--frames 100] [--markdown]

MPGRAPH_GPU_ADAPTER selects the GPU. The graph is selfie_segmentation_gpu.pbtxt as published; its frames come
from host memory and are read back.

The GPU's own time is a slope: one frame, and several frames, are recorded, submitted at once and waited for;
the difference for each additional frame is the GPU's time. That needs no timestamp queries, which not every
adapter has.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from typing import Any, NamedTuple

import cv2
import numpy as np
from images import read_portrait
from report import Report, Table

import mpgraph as mp
from mpgraph import gpu
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.framework import resources
from mpgraph.framework.packet import make_packet
from mpgraph.inference import load_model
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.plan_runner import PlanRunner
from mpgraph.inference.webgpu.planning import make_plan
from mpgraph.runtime.executor import ApplicationThreadExecutor

_SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
_MODELS = ("selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite")
_GRAPH = "mediapipe/graphs/selfie_segmentation/selfie_segmentation_gpu.pbtxt"
_IN_FLIGHT = 3
_FEW, _MANY = 1, 5
_STARTS = 5

_COLD = """
import time; began = time.perf_counter()
import numpy, mpgraph as mp
solution = mp.solutions.selfie_segmentation.SelfieSegmentation(device="gpu")
solution.process(numpy.zeros((720, 1280, 3), numpy.uint8))
print(time.perf_counter() - began)
"""


def main() -> None:
    """Measure and print the tables."""
    options = parse()
    context = gpu.current()
    with Report(markdown=options.markdown) as report:
        _stages(context, options.frames, report)
        _inference(context, options.frames, report)
        _start(report)


class Laps(NamedTuple):
    """Seconds of the stages of one frame; `wait` is the GPU's work and reading back."""

    upload: float
    encode: float
    submit: float
    wait: float

    @property
    def python(self) -> float:
        """The stages that do not wait for the GPU."""
        return self.upload + self.encode + self.submit


class GraphOnGpu:
    """The published graph, run on the caller's thread; results stay on the GPU."""

    def __init__(self) -> None:
        self._graph = mp.CalculatorGraph(graph_config=resources.find_resource(_GRAPH).read_text())
        self._graph.set_executor("", ApplicationThreadExecutor())
        self._arrived: deque[GpuBuffer] = deque()
        self._graph.observe_output_stream(
            "output_video", lambda _, packet: self._arrived.append(packet.payload)
        )
        self._graph.start_run()
        self._time = 0

    def record(self, image: GpuBuffer) -> GpuBuffer:
        """Send one frame through; its commands are recorded, not yet submitted."""
        self._time += 1
        self._graph.add_packet_to_input_stream("input_video", make_packet(image, self._time))
        self._graph.wait_until_idle()
        return self._arrived.popleft()

    def close(self) -> None:
        """End the run."""
        self._graph.close_all_input_streams()
        self._graph.wait_until_done()


def _stages(context: gpu.GpuContext, frames: int, report: Report) -> None:
    table = Table(
        f"A frame of the GPU graph, ms: {context.info}",
        (
            "size",
            "upload",
            "encode",
            "submit",
            "Python, all three",
            "next to a busy thread: median (95 %)",
            "GPU",
            "read back",
            "frames/s one by one",
            f"frames/s, {_IN_FLIGHT} in flight",
        ),
        "Upload, encode and submit wait for nothing. The busy thread runs pure Python all the time.",
    )
    graph = GraphOnGpu()
    for name, size in _SIZES.items():
        frame = mp.ImageFrame(mp.ImageFormat.SRGB, np.asarray(cv2.resize(read_portrait(), size)))
        for _ in range(3):
            graph.record(gpu.upload(frame)).to_frame()
        laps = [_one_frame(context, graph, frame) for _ in range(frames)]
        with _busy_thread():
            when_busy = [1e3 * _one_frame(context, graph, frame).python for _ in range(frames)]
        image = gpu.upload(frame)
        on_gpu = _slope(lambda count, image=image: _recorded(graph, image, count))
        table.add(
            name,
            *(f"{1e3 * median(getattr(lap, key) for lap in laps):.2f}" for key in Laps._fields[:3]),
            f"{1e3 * median(lap.python for lap in laps):.2f}",
            f"{median(when_busy):.1f} ({quantiles(when_busy, n=20)[-1]:.1f})",
            f"{1e3 * on_gpu:.2f}",
            f"{1e3 * _read_back(context, graph, image):.2f}",
            f"{1 / median(sum(lap) for lap in laps):.1f}",
            f"{frames / _streamed(context, graph, frame, frames):.1f}",
        )
    graph.close()
    report.show(table)


def _one_frame(context: gpu.GpuContext, graph: GraphOnGpu, frame: mp.ImageFrame) -> Laps:
    marks = [time.perf_counter()]
    image = gpu.upload(frame)
    marks.append(time.perf_counter())
    result = graph.record(image)
    marks.append(time.perf_counter())
    context.flush()
    marks.append(time.perf_counter())
    result.to_frame()
    marks.append(time.perf_counter())
    return Laps(*(marks[i + 1] - marks[i] for i in range(4)))


def _read_back(context: gpu.GpuContext, graph: GraphOnGpu, image: GpuBuffer) -> float:
    """Seconds to read back a finished frame; a value that is computed after it has been read before."""
    last = context.upload_array(np.zeros(1, np.float32))
    laps = []
    for _ in range(9):
        result = graph.record(image)
        context.copy_array(last, last_copy := context.new_array((1,)))
        last_copy.read()
        began = time.perf_counter()
        result.to_frame()
        laps.append(time.perf_counter() - began)
    return median(laps)


def _recorded(graph: GraphOnGpu, image: GpuBuffer, count: int) -> GpuBuffer:
    for _ in range(count):
        last = graph.record(image)
    return last


def _streamed(context: gpu.GpuContext, graph: GraphOnGpu, frame: mp.ImageFrame, frames: int) -> float:
    """Seconds for `frames` frames, of which several are in flight."""
    waiting: deque[GpuBuffer] = deque()
    began = time.perf_counter()
    for _ in range(frames):
        result = graph.record(gpu.upload(frame))
        context.flush()
        waiting.append(result)
        if len(waiting) == _IN_FLIGHT:
            waiting.popleft().to_frame()
    while waiting:
        waiting.popleft().to_frame()
    return time.perf_counter() - began


def _slope(record: Any) -> float:
    """Seconds of the GPU's time for one more run; `record(count)` returns something to read back."""
    seconds = {}
    for count in (_FEW, _MANY):
        laps = []
        for _ in range(7):
            result = record(count)
            began = time.perf_counter()
            (result.to_frame if isinstance(result, GpuBuffer) else result.read)()
            laps.append(time.perf_counter() - began)
        seconds[count] = median(laps)
    return (seconds[_MANY] - seconds[_FEW]) / (_MANY - _FEW)


def _inference(context: gpu.GpuContext, frames: int, report: Report) -> None:
    table = Table(
        "The network alone, on the GPU",
        ("model", "dispatches", "load ms", "encode µs", "GPU ms", "CPU backend ms"),
        "Inputs and outputs stay on the GPU. The last column is the default backend of the CPU here.",
    )
    for name in _MODELS:
        model = load_model((resources.shipped_models() / name).read_bytes(), origin=name)
        began = time.perf_counter()
        plan = make_plan(read_network(model), [spec.shape for spec in model.inputs])
        runner = PlanRunner(context, plan)
        loading = time.perf_counter() - began
        image = context.upload_array(np.zeros(model.inputs[0].shape, np.float32))
        runner.run([image])[0].read()
        laps = []
        for _ in range(frames):
            began = time.perf_counter()
            runner.run([image])
            laps.append(time.perf_counter() - began)
            context.flush()
        runner.run([image])[0].read()
        on_gpu = _slope(lambda count, run=runner.run, x=image: [run([x])[0] for _ in range(count)][-1])
        table.add(
            name.removesuffix(".tflite"),
            str(len(plan.dispatches)),
            f"{1e3 * loading:.0f}",
            f"{1e6 * median(laps):.0f}",
            f"{1e3 * on_gpu:.2f}",
            f"{1e3 * _on_cpu(model, frames):.2f}",
        )
    report.show(table)


def _on_cpu(model: Any, frames: int) -> float:
    from mpgraph.inference import create_runner

    with create_runner(model) as runner:
        laps = []
        for _ in range(frames):
            began = time.perf_counter()
            runner.run([runner.input_view(0)])
            laps.append(time.perf_counter() - began)
    return median(laps)


def _start(report: Report) -> None:
    table = Table(
        "From nothing to the first mask, s",
        ("process", "seconds"),
        "A new interpreter: imports, opening the GPU, compiling the kernels, uploading the model, one frame.",
    )
    for number in range(_STARTS):
        done = subprocess.run([sys.executable, "-c", _COLD], capture_output=True, text=True, check=True)
        table.add(str(number + 1), f"{float(done.stdout):.2f}")
    report.show(table)


@contextmanager
def _busy_thread() -> Iterator[None]:
    """A thread that computes in pure Python during the body."""
    stop = threading.Event()

    def spin() -> None:
        count = 0
        while not stop.is_set():
            for _ in range(1000):
                count += 1

    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=50, help="frames a block (50)")
    parser.add_argument("--markdown", action="store_true", help="print tables in Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
