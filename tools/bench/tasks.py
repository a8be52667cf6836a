"""What a worker can be asked to do with its library.

Runs under any Python that has the library, numpy and nothing else. A request is a line of JSON,
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

Picture = Any

_SETTINGS = {
    "log": "profiler_config {{ trace_enabled: true trace_log_path: '{folder}/' }} ",
    "profiler": "profiler_config {{ enable_profiler: true }} ",
}
"""Fields of the graph's config for what is measured by it."""


def serve(library: Any, started: float, import_ms: float) -> None:
    """Answer requests on standard input until it ends; what libraries print goes to standard error."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        tasks = Tasks(library, started, import_ms)
        for line in sys.stdin:
            request = json.loads(line)
            answer = getattr(tasks, request.pop("task"))(**request)
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


class Tasks:
    """The tasks, with what one leaves for the next: pictures that were read and models that run."""

    def __init__(self, library: Any, started: float, import_ms: float) -> None:
        self._library = library
        self._started = started
        self._import_ms = import_ms
        self._pictures: dict[str, Picture] = {}
        self._segmenters: dict[int, Any] = {}
        self._raw: dict[int, Any] = {}

    def import_ms(self) -> float:
        """How long the import of the library took."""
        return self._import_ms

    def python_version(self) -> str:
        """The interpreter's version, with a t where it has no global lock."""
        free = hasattr(sys, "_is_gil_enabled") and not sys._is_gil_enabled()
        return ".".join(str(part) for part in sys.version_info[:2]) + ("t" if free else "")

    def first_frame(self, model: int, picture: str) -> dict[str, float]:
        """Milliseconds of the first frame, loading included, and of all since the import began."""
        frame = self._picture(picture)
        started = time.perf_counter()
        self._segmenter(model).process(frame)
        done = time.perf_counter()
        return {"first_frame_ms": 1000 * (done - started), "total_ms": 1000 * (done - self._started)}

    def mask(self, model: int, picture: str, out: str) -> None:
        """Save the mask of one picture, HxW float32, as `out`.npy."""
        import numpy as np

        np.save(out, self._segmenter(model).process(self._picture(picture, keep=False)).segmentation_mask)

    def recolor(self, graph: str, picture: str, out: str) -> None:
        """Save what the graph with the streams input_video and output_video makes of one picture."""
        import numpy as np

        mp = self._library
        made: list[Any] = []
        runner = mp.CalculatorGraph(graph_config=Path(graph).read_text())
        runner.observe_output_stream("output_video", lambda _, packet: made.append(packet))
        runner.start_run()
        frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=self._picture(picture, keep=False))
        runner.add_packet_to_input_stream("input_video", mp.packet_creator.create_image_frame(frame).at(0))
        runner.close_all_packet_sources()
        runner.wait_until_done()
        np.save(out, mp.packet_getter.get_image_frame(made[0]).numpy_view())

    def frames(self, model: int, pictures: list[str], count: int, warm_up: int = 5) -> float:
        """The median milliseconds of `count` frames that go through process() one after another."""
        process = self._segmenter(model).process
        frames = [self._picture(path) for path in pictures]
        return _median_ms(process, frames, count, warm_up)

    def raw_frames(self, model: int, pictures: list[str], count: int, warm_up: int = 5) -> float:
        """As `frames`, for the four steps that cannot be left out, without a graph."""
        if model not in self._raw:
            from raw_steps import RawSteps

            self._raw[model] = RawSteps(model)
        frames = [self._picture(path) for path in pictures]
        return _median_ms(self._raw[model].process, frames, count, warm_up)

    def run(self, model: int, pictures: list[str], count: int) -> None:
        """Send `count` frames through process(), for their effect on memory."""
        process = self._segmenter(model).process
        frames = [self._picture(path) for path in pictures]
        for index in range(count):
            process(frames[index % len(frames)])

    def memory(self) -> dict[str, float]:
        """MB of memory that the process holds (`now`) and has held at most (`peak`). Linux only."""
        # Not getrusage: its peak can be that of the process that started this one.
        status = Path("/proc/self/status").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in status)
        return {"now": _mb(fields["VmRSS"]), "peak": _mb(fields["VmHWM"])}

    def packets_per_second(self, nodes: int, count: int) -> float:
        """Int packets that come out of a chain of PassThrough nodes, fed and observed here, a second."""
        graph, arrived = self._chain(nodes)
        seconds = self._fed(graph, count, time.perf_counter)
        _finish(graph)
        if len(arrived) != count:
            raise AssertionError(f"{len(arrived)} packets of {count} came out")
        return count / seconds

    def packet_cpu_us(self, nodes: int, count: int, measured: str = "") -> float:
        """Microseconds of processor time, of all threads, that a packet takes through such a chain.

        measured: "" for an ordinary run, or a name that `_SETTINGS` or `_measuring` knows.
        """
        with tempfile.TemporaryDirectory() as folder:
            settings = _SETTINGS.get(measured, "").format(folder=folder)
            graph, _ = self._chain(nodes, settings)
            with _measuring(graph, measured):
                seconds = self._fed(graph, count, time.process_time)
            _finish(graph)
        return 1e6 * seconds / count

    def _fed(self, graph: Any, count: int, clock: Callable[[], float]) -> float:
        """Seconds until so many ints are through."""
        create, add = self._library.packet_creator.create_int, graph.add_packet_to_input_stream
        started = clock()
        for index in range(count):
            add("in", create(index).at(index))
        graph.wait_until_idle()
        return clock() - started

    def round_trip_us(self, nodes: int, count: int) -> float:
        """The median microseconds until one int packet that was added has come out and all is idle."""
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
            raise AssertionError(f"{len(arrived)} packets of {count} came out")
        return 1e6 * _median(spans)

    def recolor_cpu_ms(self, graph: str, picture: str, count: int, measured: str = "") -> float:
        """Milliseconds of processor time that a picture takes through a graph with input_video."""
        mp = self._library
        runner = mp.CalculatorGraph(graph_config=Path(graph).read_text())
        frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=self._picture(picture))
        runner.start_run()
        with _measuring(runner, measured):
            for index in range(count + 5):
                if index == 5:  # By now it has warmed up.
                    started = time.process_time()
                packet = mp.packet_creator.create_image_frame(frame).at(index)
                runner.add_packet_to_input_stream("input_video", packet)
                runner.wait_until_idle()
            seconds = time.process_time() - started
        _finish(runner)
        return 1e3 * seconds / count

    def _chain(self, nodes: int, settings: str = "") -> tuple[Any, list[Any]]:
        """A running graph from `in` to `out` and the list in which what comes out is counted."""
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

    def _picture(self, path: str, *, keep: bool = True) -> Picture:
        """HxWx3 uint8 RGB of a .npy file."""
        import numpy as np

        if not keep:
            return np.load(path)
        if path not in self._pictures:
            self._pictures[path] = np.load(path)
        return self._pictures[path]

    def _segmenter(self, model: int) -> Any:
        if model not in self._segmenters:
            solution = self._library.solutions.selfie_segmentation
            self._segmenters[model] = solution.SelfieSegmentation(model_selection=model)
        return self._segmenters[model]


@contextmanager
def _measuring(graph: Any, measured: str) -> Iterator[None]:
    """Run the body measured: with a "trace", a trace of "every call", "statistics", or "after" a trace."""
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


def _median_ms(process: Callable[[Picture], Any], frames: list[Picture], count: int, warm_up: int) -> float:
    spans = []
    for index in range(warm_up + count):
        frame = frames[index % len(frames)]
        started = time.perf_counter()
        process(frame)
        spans.append(time.perf_counter() - started)
    return 1000 * _median(spans[warm_up:])


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
