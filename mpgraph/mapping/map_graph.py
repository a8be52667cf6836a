"""`mp.map_graph`: a graph over many files."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mpgraph.config.model import GraphModel
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError, MediaError, NotFoundError, did_you_mean
from mpgraph.framework import resources
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.io.cores import usable_cores
from mpgraph.mapping.inputs import file_behind, find_inputs
from mpgraph.mapping.job import MapJob, MapTask
from mpgraph.mapping.local_pool import run_locally
from mpgraph.mapping.naming import plan_tasks
from mpgraph.mapping.ray_tasks import run_on_ray
from mpgraph.mapping.result import MapResult
from mpgraph.mapping.storage import is_url
from mpgraph.mapping.worker import open_session
from mpgraph.media.images import check_image_suffix
from mpgraph.media.video_formats import video_format
from mpgraph.session.graph_session import may_carry_images
from mpgraph.session.side_packets import check_given

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


class GraphMapping(NotPicklable, Iterator[MapResult]):
    """The results of `map_graph`, in the order in which they come. The work is done while it is iterated.

    As a context manager, or with `close`, it stops the work. `len` is the number of inputs.
    """

    pickle_instead = "Iterate over it where it was created, and pass on its results."

    def __init__(self, tasks: Sequence[MapTask], results: Iterator[MapResult]) -> None:
        self.tasks = tasks
        self._results = results

    def __len__(self) -> int:
        return len(self.tasks)

    def __next__(self) -> MapResult:
        return next(self._results)

    def __enter__(self) -> GraphMapping:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the work. Complete outputs remain, unfinished ones are removed."""
        close = getattr(self._results, "close", None)
        if close is not None:
            close()


def map_graph(
    graph: str | os.PathLike[str] | ValidatedGraphConfig | Any,
    inputs: Paths,
    output_dir: str | os.PathLike[str],
    *,
    on: str = "local",
    workers: int | None = None,
    recursive: bool = False,
    force: bool = False,
    input_stream: str | None = None,
    output_streams: Sequence[str] | None = None,
    side_packets: Mapping[str, object] | None = None,
    image_suffix: str | None = None,
    video_suffix: str = ".mp4",
    modules: Sequence[str] = (),
    retries: int = 2,
) -> GraphMapping:
    """Run a graph on many images and videos, on all cores of this machine or on a Ray cluster.

        for result in mp.map_graph("graph.pbtxt", "videos/", "out/"):
            print(result.input, result.status, result.error or "")

    Each input is a run of its own: an image at timestamp 0, or a video's frames at their timestamps. Images
    of the graph become a file of the input's kind, DIR/NAME.jpg or DIR/NAME.mp4; what the other streams carry
    becomes DIR/NAME.jsonl, a line for each timestamp. Outputs get their names when they are complete. An
    input is skipped if all its outputs exist and none is older than itself. One that fails is a result, too.

    Workers are processes that import the program: it needs `if __name__ == "__main__":` around the call.

    Args:
        graph: a file, the name of a graph that ships with mpgraph, a ValidatedGraphConfig, a
            GraphBuilder, or a CalculatorGraphConfig message.
        inputs: files, folders, whose images and videos are taken, and patterns such as "videos/*.mp4"; paths,
            or URLs that fsspec can read. Outputs are never taken as inputs.
        output_dir: the folder for the outputs, a path or URL. It is created.
        on: "local"; "ray" for the Ray cluster of the environment, or one on this machine if there is none; or
            "ray=ADDRESS". Paths must be the same for all machines.
        workers: how many inputs are worked on at once. Default: the cores of this machine, or of the cluster.
            Fewer workers than cores share the cores.
        recursive: whether to include sub-folders.
        force: make outputs that exist, too.
        input_stream: the stream to feed. Default: input_video, or the only one.
        output_streams: the streams to write, at most one with images. Default: output_video or the only one
            with images, and all output streams without images.
        side_packets: values by name: text, numbers or bools.
        image_suffix: of images that are written, such as ".png". Default: that of the input.
        video_suffix: of videos that are written.
        modules: modules for workers to import. Those of the graph's calculators need not be given.
        retries: how often an input is begun again after a worker died with it.

    Raises:
        MpgraphError: the graph, a stream, a side packet or another argument is not valid; or, while
            iterating, workers cannot start.
    """
    target, _, address = on.partition("=")
    if target not in ("local", "ray") or (target == "local" and address):
        raise InvalidArgumentError(f'on is "local", "ray" or "ray=ADDRESS", not "{on}"')
    if workers is not None and workers < 1:
        raise InvalidArgumentError(f"the number of workers must be positive, not {workers}")
    video_format(f"name{video_suffix}")
    if image_suffix is not None:
        check_image_suffix(f"name{image_suffix}")
    validated = _validated(graph)
    model = validated.model
    media, data = _select_streams(model, output_streams)
    listed = [inputs] if isinstance(inputs, (str, os.PathLike)) else inputs
    folder, *given = (os.fspath(each) for each in (output_dir, *listed))
    if target == "ray":  # Its workers have working directories of their own.
        folder, *given = (each if is_url(each) else os.path.abspath(each) for each in (folder, *given))
    found = find_inputs(given, folder, recursive)
    workers, cores = _shares(target, workers, len(found))
    job = MapJob(
        key=secrets.token_hex(8),
        graph=model.config.SerializeToString(),
        input_stream=input_stream,
        media_stream=media,
        data_streams=data,
        side_packets={name: str(value) for name, value in (side_packets or {}).items()},
        modules=tuple(dict.fromkeys((*modules, *_modules_of(model, target)))),
        resource_dir=resources.resource_dir(),
        cores=cores,
        force=force,
        started=time.time(),
    )
    session, _ = open_session(job)  # Errors that every worker would have.
    if session.input_stream is None:
        raise InvalidArgumentError("this graph has no input stream to feed")
    check_given(job.side_packets, model)
    if not (session.output_stream or data):
        raise InvalidArgumentError("this graph has no output stream to write")
    tasks = plan_tasks(
        found,
        folder,
        media=session.output_stream is not None,
        data=bool(data),
        image_suffix=image_suffix,
        video_suffix=video_suffix,
    )
    _refuse_inputs(tasks)
    if target == "ray":
        return GraphMapping(tasks, run_on_ray(job, tasks, address or None, workers, retries))
    return GraphMapping(tasks, run_locally(job, tasks, workers or cores, retries))


def _validated(graph: Any) -> ValidatedGraphConfig:
    if isinstance(graph, ValidatedGraphConfig):
        return graph
    validated = ValidatedGraphConfig()
    if isinstance(graph, (str, os.PathLike)):
        validated.initialize(graph_path=graph if os.path.exists(graph) else resources.find_resource(graph))
    else:
        validated.initialize(graph_config=graph)
    return validated


def _select_streams(model: GraphModel, requested: Sequence[str] | None) -> tuple[str | None, tuple[str, ...]]:
    """The stream whose images are written, as of GraphSession, and those that are written as data."""
    if requested is None:
        return None, tuple(name for name in model.observable_outputs if not may_carry_images(model, name))
    for name in requested:
        if name not in model.streams:
            hint = did_you_mean(name, list(model.streams))
            raise NotFoundError(f'the graph has no output stream "{name}".{hint}')
    images = [name for name in requested if may_carry_images(model, name)]
    if len(images) > 1:
        raise InvalidArgumentError(
            f"only one stream with images can be written, not several ({', '.join(images)})"
        )
    return images[0] if images else "", tuple(name for name in requested if name not in images)


def _shares(target: str, workers: int | None, inputs: int) -> tuple[int | None, int]:
    """The number of workers, and of cores for each."""
    if target == "ray":
        return workers, 1
    cores = usable_cores()
    workers = min(workers or cores, max(1, inputs))
    return workers, max(1, cores // workers)


def _modules_of(model: GraphModel, target: str) -> list[str]:
    """The modules of the graph's calculators that are not mpgraph's."""
    modules = []
    for node in model.nodes:
        module = node.calculator.__module__
        if module == "__main__":
            # Processes that multiprocessing starts import the program's file.
            if target == "ray" or not hasattr(sys.modules[module], "__file__"):
                raise InvalidArgumentError(
                    f'workers cannot import the calculator of the node "{node.name}", which is defined in '
                    "the program itself; move it into a module of its own"
                )
        elif module.partition(".")[0] != "mpgraph":
            modules.append(module)
    return modules


def _refuse_inputs(tasks: Sequence[MapTask]) -> None:
    """Raise MediaError if an output is an input, as with an output that is a link."""
    inputs = {file_behind(task.source) for task in tasks}
    for task in tasks:
        for output in task.outputs:
            if file_behind(output) in inputs:
                raise MediaError(f'"{output}" is an input; choose another output folder')
