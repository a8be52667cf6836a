"""The work of one process: the graph is built once, and runs on one input after another."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import MediaError, MpgraphError, NotFoundError
from mpgraph.framework.override import override
from mpgraph.framework.resources import set_resource_dir
from mpgraph.framework.user_code import import_user_module
from mpgraph.io.cores import CORES_VARIABLE
from mpgraph.mapping.data_lines import DataLines
from mpgraph.mapping.job import MapJob, MapTask
from mpgraph.mapping.result import MapResult, Status
from mpgraph.mapping.storage import fetched, modified, staged
from mpgraph.media.frames import VideoFrame
from mpgraph.media.images import read_image
from mpgraph.media.video_reader import VideoReader
from mpgraph.runtime.executor import ApplicationThreadExecutor
from mpgraph.session.graph_session import GraphSession
from mpgraph.session.side_packets import side_packets_of
from mpgraph.session.sinks import ImageFile, Sink, VideoFile

if TYPE_CHECKING:
    from collections.abc import Iterable


class MapWorker:
    """Does tasks of one job. It changes settings of its process: the cores and modules that the job names.

    Raises:
        MpgraphError: the graph cannot be built here.
    """

    def __init__(self, job: MapJob) -> None:
        import cv2

        os.environ[CORES_VARIABLE] = str(job.cores)
        cv2.setNumThreads(job.cores)
        set_resource_dir(job.resource_dir)
        for module in job.modules:
            try:
                import_user_module(module)
            except ModuleNotFoundError:
                raise NotFoundError(f'workers cannot import the module "{module}"') from None
        self.job = job
        self._session, self._lines = open_session(job)
        self._name = f"{socket.gethostname()}:{os.getpid()}"

    def process(self, task: MapTask) -> MapResult:
        """Do a task, unless its outputs are there; never raises an Exception."""
        start = time.perf_counter()
        with _collected_warnings() as warnings:
            try:
                status, frames = self._status(task), 0
                if status is None:
                    status, frames = "done", self._run(task)
                result = MapResult(task.source, status, task.outputs, frames=frames)
            except Exception as error:
                result = MapResult(task.source, "failed", error=_line(error))
        seconds = round(time.perf_counter() - start, 6)
        return replace(result, warnings=tuple(warnings), seconds=seconds, worker=self._name)

    def _status(self, task: MapTask) -> Status | None:
        """Whether the outputs were there before the job, or were made by a worker that then died; else None.

        They are there if all exist, none older than the input, or than the job if that replaces them.
        """
        written = [modified(output) for output in task.outputs]
        times = [each for each in written if each is not None]
        if len(times) < len(written):
            return None
        if min(times) >= self.job.started:
            return "done"
        changed = modified(task.source)
        if self.job.force or changed is None or (changed != float("inf") and min(times) < changed):
            return None
        return "skipped"

    def _run(self, task: MapTask) -> int:
        with ExitStack() as stack:
            source = stack.enter_context(fetched(task.source))
            frames: Iterable[VideoFrame]
            if task.is_image:
                frames, info = [VideoFrame(read_image(source), 0, 0)], None
            else:
                frames = reader = stack.enter_context(VideoReader(source))
                info = reader.info
            names = dict(zip(task.outputs, stack.enter_context(staged(task.outputs)), strict=True))
            data = stack.enter_context(_data_file(names.get(task.data or "")))
            sink = Sink()
            if media := names.get(task.media or ""):
                sink = ImageFile(media) if info is None else VideoFile(media, source, info)
            stack.enter_context(sink)
            count = self._feed(frames, sink, data)
            if media and not sink.count:
                raise MediaError(
                    f'no image came out of "{self._session.output_stream}"; select the streams to write with '
                    "--output-stream"
                )
        return count

    def _feed(self, frames: Iterable[VideoFrame], sink: Sink, data: TextIO | None) -> int:
        session, lines = self._session, self._lines
        count = 0
        lines.clear()
        try:
            session.start()
            for frame in frames:
                count += 1
                for image, timestamp_us in session.feed(frame.pixels, frame.timestamp_us):
                    sink.put(image, timestamp_us)
                if data is not None:
                    data.writelines(f"{line}\n" for line in lines.take(frame.index, frame.timestamp_us))
            for image, timestamp_us in session.finish():
                sink.put(image, timestamp_us)
            if data is not None:
                data.writelines(f"{line}\n" for line in lines.take())
        except BaseException:
            session.abandon()
            raise
        return count


def open_session(job: MapJob) -> tuple[GraphSession, DataLines]:
    """Build a job's graph; the lines receive its data streams.

    Raises:
        MpgraphError: the graph or one of its streams or side packets is not valid.
    """
    from mpgraph.protos import calculator_pb2

    validated = ValidatedGraphConfig()
    validated.initialize(graph_config=calculator_pb2.CalculatorGraphConfig.FromString(job.graph))
    packets = side_packets_of(job.side_packets, validated.model)
    session = GraphSession(validated, job.input_stream, job.media_stream, packets)
    if job.cores == 1 and not any(
        spec.name == "" and (spec.type or spec.num_threads) for spec in validated.model.executors
    ):
        # Another thread would only wait for this one, and the other way round.
        session.graph.set_executor("", ApplicationThreadExecutor())
    lines = DataLines()
    for stream in job.data_streams:
        session.graph.observe_output_stream(stream, lines.receive)
    return session, lines


@contextmanager
def _data_file(path: Path | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yield file


@contextmanager
def _collected_warnings() -> Iterator[list[str]]:
    """Yield a list of what mpgraph warns of in the body, which is not printed."""
    collector = _Collector(logging.WARNING)
    logger = logging.getLogger("mpgraph")
    logger.addHandler(collector)
    propagate, logger.propagate = logger.propagate, False
    try:
        yield collector.lines
    finally:
        logger.propagate = propagate
        logger.removeHandler(collector)


class _Collector(logging.Handler):
    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(" ".join(record.getMessage().split()))


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, MpgraphError) else f"{type(error).__name__}: {text}"
