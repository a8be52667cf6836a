"""The tasks that a worker performs with its library.

Runs in any Python that has the library and numpy. A request is a line of JSON,
`{"task": name, ...arguments}`; the answer is one line of JSON, the method's result.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

Pixels = Any

_SETTINGS = {
    "log": "profiler_config {{ trace_enabled: true trace_log_path: '{folder}/' }} ",
    "profiler": "profiler_config {{ enable_profiler: true }} ",
}
"""Configuration for the instrumentation that a graph's config enables."""


_CLOCKS: dict[str, Callable[[], float]] = {"wall": time.perf_counter, "cpu": time.process_time}
"""Time as a user sees it, and the CPU time of all threads, which other load affects less."""


def serve(library: Any, started: float, import_ms: float) -> None:
    """Answer requests on standard input until it ends; redirect what libraries print to standard error."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        tasks = Tasks(library, started, import_ms)
        for line in sys.stdin:
            request = json.loads(line)
            answer = getattr(tasks, request.pop("task"))(**request)
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


class Tasks:
    """The tasks, with the state that they share: images that were read, and running models."""

    def __init__(self, library: Any, started: float, import_ms: float) -> None:
        self._library = library
        self._started = started
        self._import_ms = import_ms
        self._images: dict[str, Pixels] = {}
        self._segmenters: dict[int, Any] = {}
        self._raw: dict[int, Any] = {}
        self._solutions: dict[str, Any] = {}
        self._has_built = False

    def import_ms(self) -> float:
        """How long the import of the library took."""
        return self._import_ms

    def python_version(self) -> str:
        """The interpreter's version, with a t for a free-threaded build."""
        is_free_threaded = hasattr(sys, "_is_gil_enabled") and not sys._is_gil_enabled()
        return ".".join(str(part) for part in sys.version_info[:2]) + ("t" if is_free_threaded else "")

    def first_frame(self, model: int, image: str) -> dict[str, float]:
        """Milliseconds of the first frame, including loading, and since the start of the import."""
        frame = self._image(image)
        started = time.perf_counter()
        self._segmenter(model).process(frame)
        done = time.perf_counter()
        return {"first_frame_ms": 1000 * (done - started), "total_ms": 1000 * (done - self._started)}

    def solution_ms(
        self, module: str, cls: str, arguments: dict[str, Any], images: list[str], count: int
    ) -> float:
        """Mean milliseconds of `process` over `count` frames that a solution tracks."""
        key = json.dumps([module, arguments])
        frames = itertools.cycle([self._image(path) for path in images])
        if key not in self._solutions:
            solution = getattr(getattr(self._library.solutions, module), cls)(**arguments)
            for _ in images:
                solution.process(next(frames))
            self._solutions[key] = solution
        process = self._solutions[key].process
        started = time.perf_counter()
        for _ in range(count):
            process(next(frames))
        return 1000 * (time.perf_counter() - started) / count

    def mask(self, model: int, image: str, out: str) -> None:
        """Save the mask of one image, HxW float32, as `out`.npy."""
        import numpy as np

        np.save(out, self._segmenter(model).process(self._image(image, keep=False)).segmentation_mask)

    def recolor(self, graph: str, image: str, out: str) -> None:
        """Save the result for one image of a graph with the streams input_video and output_video."""
        import numpy as np

        mp = self._library
        received: list[Any] = []
        runner = mp.CalculatorGraph(graph_config=Path(graph).read_text())
        runner.observe_output_stream("output_video", lambda _, packet: received.append(packet))
        runner.start_run()
        frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=self._image(image, keep=False))
        runner.add_packet_to_input_stream("input_video", mp.packet_creator.create_image_frame(frame).at(0))
        runner.close_all_packet_sources()
        runner.wait_until_done()
        np.save(out, mp.packet_getter.get_image_frame(received[0]).numpy_view())

    def frames(
        self, model: int, images: list[str], count: int, warm_up: int = 5, clock: str = "wall"
    ) -> float:
        """The median milliseconds of `count` successive calls of process(). clock: a key of `_CLOCKS`."""
        process = self._segmenter(model).process
        frames = [self._image(path) for path in images]
        return _median_ms(process, frames, count, warm_up, _CLOCKS[clock])

    def raw_frames(
        self, model: int, images: list[str], count: int, warm_up: int = 5, clock: str = "wall"
    ) -> float:
        """As `frames`, for the four necessary steps without a graph."""
        if model not in self._raw:
            from raw_steps import RawSteps

            self._raw[model] = RawSteps(model)
        frames = [self._image(path) for path in images]
        return _median_ms(self._raw[model].process, frames, count, warm_up, _CLOCKS[clock])

    def run(self, model: int, images: list[str], count: int) -> None:
        """Call process() with `count` frames, for their effect on memory."""
        process = self._segmenter(model).process
        frames = [self._image(path) for path in images]
        for index in range(count):
            process(frames[index % len(frames)])

    def memory(self) -> dict[str, float]:
        """Resident memory of the process in MB, current (`now`) and maximum (`peak`). Linux only."""
        # Not getrusage: its peak may be that of the parent process.
        status = Path("/proc/self/status").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in status)
        return {"now": _mb(fields["VmRSS"]), "peak": _mb(fields["VmHWM"])}

    def packets_per_second(self, nodes: int, count: int) -> float:
        """Throughput of int packets through a chain of PassThrough nodes, fed and observed from Python."""
        graph, arrived = self._chain(nodes)
        seconds = self._fed(graph, count, time.perf_counter)
        _finish(graph)
        if len(arrived) != count:
            raise AssertionError(f"{len(arrived)} of {count} packets arrived")
        return count / seconds

    def packet_cpu_us(self, nodes: int, count: int, measured: str = "") -> float:
        """Microseconds of CPU time, of all threads, per packet through such a chain.

        measured: "" for a plain run, or a key of `_SETTINGS` or `_measuring`.
        """
        with tempfile.TemporaryDirectory() as folder:
            settings = _SETTINGS.get(measured, "").format(folder=folder)
            graph, _ = self._chain(nodes, settings)
            with _measuring(graph, measured):
                seconds = self._fed(graph, count, time.process_time)
            _finish(graph)
        return 1e6 * seconds / count

    def _fed(self, graph: Any, count: int, clock: Callable[[], float]) -> float:
        """Seconds until `count` ints have passed the graph."""
        create, add = self._library.packet_creator.create_int, graph.add_packet_to_input_stream
        started = clock()
        for index in range(count):
            add("in", create(index).at(index))
        graph.wait_until_idle()
        return clock() - started

    def round_trip_us(self, nodes: int, count: int) -> float:
        """The median microseconds from adding one int packet until the graph is idle."""
        graph, arrived = self._chain(nodes)
        create, add = self._library.packet_creator.create_int, graph.add_packet_to_input_stream
        spans = []
        for index in range(count):
            started = time.perf_counter()
            add("in", create(index).at(index))
            graph.wait_until_idle()
            spans.append(time.perf_counter() - started)
        _finish(graph)
        if len(arrived) != count:
            raise AssertionError(f"{len(arrived)} of {count} packets arrived")
        return 1e6 * _median(spans)

    def bare_packet_us(self, nodes: int, count: int, clock: str = "wall") -> float:
        """As `packet_us`, for what no framework in Python saves: a packet, and a call a node and observer."""
        create = self._library.packet_creator.create_int
        arrived: list[None] = []

        def process(packet: Any) -> Any:
            return packet

        calls = [process] * nodes
        now = _CLOCKS[clock]
        started = now()
        for index in range(count):
            packet = create(index).at(index)
            for call in calls:
                packet = call(packet)
            arrived.append(None)
        return 1e6 * (now() - started) / count

    def packet_us(self, nodes: int, count: int, clock: str = "wall") -> float:
        """Microseconds per packet through a chain of PassThrough nodes, fed and observed from Python."""
        if clock == "cpu":
            return self.packet_cpu_us(nodes, count)
        return 1e6 / self.packets_per_second(nodes, count)

    def invoke_ms(self, model: int, threads: int, count: int, clock: str = "wall") -> float:
        """The median milliseconds of the model alone, with so many threads; 0 for as many as are chosen."""
        import numpy as np
        from raw_steps import MODELS

        from mpgraph.framework.resources import shipped_models
        from mpgraph.inference import create_runner, load_model

        key = f"invoke {model} {threads}"
        if key not in self._solutions:
            file = shipped_models() / MODELS[model]
            loaded = load_model(file.read_bytes(), origin=file.name)
            self._solutions[key] = create_runner(loaded, num_threads=threads)
        runner = self._solutions[key]
        view = runner.input_view(0)
        np.copyto(view, 0.5)
        return _median_ms(lambda _: runner.run([view]), [view], count, 2, _CLOCKS[clock])

    def build_cpu_ms(self, nodes: int) -> float:
        """Milliseconds of CPU time to make a graph of so many nodes of its text, and to start and end it."""
        if not self._has_built:
            _finish(self._chain(1)[0])  # Loads what the first graph of a process needs.
            self._has_built = True
        started = time.process_time()
        graph, _ = self._chain(nodes)
        _finish(graph)
        return 1e3 * (time.process_time() - started)

    def inputs_cpu_us(self, inputs: int, count: int) -> float:
        """Microseconds of CPU time per packet through one node with so many synchronized input streams."""
        names = [f"in_{index}" for index in range(inputs)]
        ports = "".join(f'input_stream: "{name}" output_stream: "{name}_out" ' for name in names)
        graph = self._library.CalculatorGraph(
            graph_config=" ".join(f'input_stream: "{name}"' for name in names)
            + f' node {{ calculator: "PassThroughCalculator" {ports} }}'
        )
        graph.start_run()
        create, add = self._library.packet_creator.create_int, graph.add_packet_to_input_stream
        started = time.process_time()
        for index in range(count):
            for name in names:
                add(name, create(index).at(index))
        graph.wait_until_idle()
        seconds = time.process_time() - started
        _finish(graph)
        return 1e6 * seconds / count / inputs

    def hour(self, nodes: int, seconds: int, rate: int) -> dict[str, float]:
        """Feed frames with the times of so many seconds of video, as fast as they pass a chain of nodes.

        Returns memory in MB after a tenth of them and at the end, and the CPU time of each part per frame.
        """
        import numpy as np

        mp = self._library
        graph, arrived = self._chain(nodes)
        image = np.zeros((48, 64, 3), np.uint8)
        frames = seconds * rate
        parts: list[tuple[float, float]] = []
        for first, last in ((0, frames // 10), (frames // 10, frames)):
            started = time.process_time()
            for index in range(first, last):
                frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=image)
                packet = mp.packet_creator.create_image_frame(frame).at(index * 1_000_000 // rate)
                graph.add_packet_to_input_stream("in", packet)
            graph.wait_until_idle()
            cpu_us = 1e6 * (time.process_time() - started) / (last - first)
            parts.append((cpu_us, self.memory()["now"]))
            arrived.clear()
        _finish(graph)
        (first_us, first_mb), (later_us, later_mb) = parts
        return {"first_us": first_us, "later_us": later_us, "first_mb": first_mb, "later_mb": later_mb}

    def recolor_cpu_ms(self, graph: str, image: str, count: int, measured: str = "") -> float:
        """Milliseconds of CPU time per image through a graph with the input input_video."""
        mp = self._library
        runner = mp.CalculatorGraph(graph_config=Path(graph).read_text())
        frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=self._image(image))
        runner.start_run()
        with _measuring(runner, measured):
            for index in range(count + 5):
                if index == 5:  # The first five are the warm-up.
                    started = time.process_time()
                packet = mp.packet_creator.create_image_frame(frame).at(index)
                runner.add_packet_to_input_stream("input_video", packet)
                runner.wait_until_idle()
            seconds = time.process_time() - started
        _finish(runner)
        return 1e3 * seconds / count

    def _chain(self, nodes: int, settings: str = "") -> tuple[Any, list[Any]]:
        """A running graph from `in` to `out`, and a list that grows with each output packet."""
        names = ["in", *(f"between_{index}" for index in range(1, nodes)), "out"]
        text = (
            settings
            + 'input_stream: "in" output_stream: "out" '
            + " ".join(
                f'node {{ calculator: "PassThroughCalculator" input_stream: "{a}" output_stream: "{b}" }}'
                for a, b in itertools.pairwise(names)
            )
        )
        graph = self._library.CalculatorGraph(graph_config=text)
        arrived: list[None] = []
        graph.observe_output_stream("out", lambda name, packet: arrived.append(None))
        graph.start_run()
        return graph, arrived

    def _image(self, path: str, *, keep: bool = True) -> Pixels:
        """Read a .npy file with HxWx3 uint8 RGB."""
        import numpy as np

        if not keep:
            return np.load(path)
        if path not in self._images:
            self._images[path] = np.load(path)
        return self._images[path]

    def _segmenter(self, model: int) -> Any:
        if model not in self._segmenters:
            solution = self._library.solutions.selfie_segmentation
            self._segmenters[model] = solution.SelfieSegmentation(model_selection=model)
        return self._segmenters[model]


@contextmanager
def _measuring(graph: Any, measured: str) -> Iterator[None]:
    """Run the body with a "trace", a trace of "every call", "statistics", or "after" a trace."""
    if measured in ("trace", "every call"):
        with graph.trace(every_call=measured != "trace"):
            graph.wait_until_idle()
            yield
        return
    if measured == "after":
        with graph.trace():
            graph.wait_until_idle()
    if measured == "statistics":
        graph.statistics()
    graph.wait_until_idle()
    yield


def _mb(field: str) -> float:
    return int(field.split()[0]) / 1024


def _finish(graph: Any) -> None:
    graph.close_all_packet_sources()
    with suppress(RuntimeError):
        graph.wait_until_done()


def _median_ms(
    process: Callable[[Pixels], Any],
    frames: list[Pixels],
    count: int,
    warm_up: int,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    spans = []
    for index in range(warm_up + count):
        frame = frames[index % len(frames)]
        started = clock()
        process(frame)
        spans.append(clock() - started)
    return 1000 * _median(spans[warm_up:])


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
