"""The commands of the solutions: one function for all, with the settings of each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from mpgraph.cli.annotate.solution import Setting, Settings, Solution
from mpgraph.cli.arguments import (
    Force,
    Inputs,
    NoBrowser,
    Output,
    PrintGraph,
    Profile,
    Recursive,
    Trace,
    Viz,
    Webcam,
)
from mpgraph.cli.console import echo
from mpgraph.cli.gpu_option import Gpu, check_gpu

if TYPE_CHECKING:
    from mpgraph.cli.annotate.data_files import DataFile
    from mpgraph.cli.annotate.parts import Part

_HELP = """{about}

    Draws them on images, videos or a camera's view as MediaPipe does, and writes
    them as data. Ctrl-C ends a video early and keeps the frames done so far.

    \b
    Examples:
      {examples}
    """


def command_of(solution: Solution) -> Callable[..., None]:
    """Return the command of a solution, a function for Typer: with its options, and its help as docstring."""

    def command(**values: Any) -> None:
        settings = {setting.name: values.pop(setting.name) for setting in solution.settings}
        thresholds = {name: values.pop(name) for name in solution.thresholds}
        annotate(
            solution,
            {name: value.value if isinstance(value, Enum) else value for name, value in settings.items()},
            {name: value for name, value in thresholds.items() if value is not None},
            **values,
        )

    own = [_parameter(setting) for setting in solution.settings]
    own += [_threshold(name, solution) for name in solution.thresholds]
    inputs, *others = _shared_parameters()
    command.__signature__ = inspect.Signature([inputs, *own, *others])  # type: ignore[attr-defined]
    command.__doc__ = _HELP.format(about=solution.about, examples="\n      ".join(solution.examples))
    return command


@cache
def _shared_parameters() -> list[inspect.Parameter]:
    """The parameters that all commands of solutions have."""
    hints = get_type_hints(annotate, include_extras=True)
    return [
        parameter.replace(annotation=hints[name])
        for name, parameter in inspect.signature(annotate).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]


def _parameter(setting: Setting) -> inspect.Parameter:
    kind: Any = type(setting.default)
    if kind is str:
        kind = _choice(setting.texts)
    option: dict[str, Any] = {"min": 1, "metavar": "N"} if kind is int else {}
    flag = f"--{setting.name.replace('_', '-')}"
    return inspect.Parameter(
        setting.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=kind(setting.default),
        annotation=Annotated[kind, typer.Option(flag, help=setting.help, **option)],
    )


def _choice(texts: Iterable[str]) -> Any:
    return Enum("Choice", {text: text for text in texts}, type=str)


def _threshold(name: str, solution: Solution) -> inspect.Parameter:
    what = "detected" if name == "min_detection_confidence" else "tracked"
    text = f"The minimum score of a {what} {solution.noun}; usually 0.5."
    option = typer.Option(
        f"--{name.replace('_', '-')}", min=0, max=1, metavar="0..1", help=text, show_default=False
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[float | None, option]
    )


def annotate(
    solution: Solution,
    settings: Settings,
    thresholds: Mapping[str, float],
    *,
    inputs: Inputs = None,
    output: Output = None,
    json: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what was found in each frame as JSON.", show_default=False),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write what was found as a table, a row for each frame.", show_default=False
        ),
    ] = None,
    data_only: Annotated[
        bool, typer.Option("--data-only", help="Write no images and videos, only --json and --csv.")
    ] = False,
    recursive: Recursive = False,
    webcam: Webcam = None,
    no_browser: NoBrowser = False,
    gpu: Gpu = False,
    print_graph: PrintGraph = False,
    viz: Viz = False,
    profile: Profile = False,
    trace: Trace = None,
    force: Force = False,
) -> None:
    """Run the command of a solution.

    settings, thresholds: as of GraphOptions.
    """
    from mpgraph.cli.annotate.data_files import CsvFile, JsonFile
    from mpgraph.cli.annotate.graph_text import GraphOptions, graph_text
    from mpgraph.cli.annotate.images import annotate_images
    from mpgraph.cli.annotate.job import Job
    from mpgraph.cli.annotate.parts import PARTS
    from mpgraph.cli.annotate.videos import annotate_camera, annotate_videos
    from mpgraph.cli.frames.selection import Selection, refuse_inputs, select_files, split_output
    from mpgraph.cli.run.instrumentation import RunInstrumentation

    inputs, output = split_output(inputs or [], output, force=force)
    if webcam is not None and inputs:
        raise typer.BadParameter("--webcam takes the place of INPUT; the recording is --output")
    if webcam is None and not inputs and not print_graph:
        raise typer.BadParameter("give an INPUT file or folder, or --webcam 0")
    if data_only and (output is not None or not (json or csv)):
        raise typer.BadParameter("with --data-only, give --json or --csv, and no other output")
    options = GraphOptions(settings, thresholds, draws=not data_only, gpu=gpu)
    selection = Selection([], [])
    if inputs:
        may_replace = force or data_only or print_graph
        selection = select_files(inputs, output, label=solution.name, recursive=recursive, force=may_replace)
    images = [conversion for conversion in selection.conversions if conversion.is_image]
    videos = [conversion for conversion in selection.conversions if not conversion.is_image]
    if print_graph:
        is_static = bool(images) and not videos
        echo(graph_text(solution, options, images=is_static), nl=False)
        return
    check_gpu(gpu)
    instrumentation = RunInstrumentation(trace, profile, None, viz, not no_browser)
    if instrumentation.is_requested and bool(images) + len(videos) > 1:
        raise typer.BadParameter("--viz, --profile and --trace are for one video, or only images")
    sources = [conversion.source for conversion in selection.conversions]
    instrumentation.check_files(force, sources)
    recording = Path(output) if output is not None and webcam is not None else None
    written = [path for path in (json, csv, recording) if path is not None]
    refuse_inputs(sources, written, force)
    for file, reason in selection.skipped:
        echo(f"skipped {file}: {reason}", err=True)
    if not data_only:
        selection.create_folders()
    parts = PARTS[solution.name](settings)
    with _data_files({JsonFile: json, CsvFile: csv}, solution, parts) as data_files:
        job = Job(solution, options, parts, data_files, instrumentation)
        if webcam is not None:
            annotate_camera(webcam, recording, job, not no_browser)
        failures = annotate_images(images, job) if images else 0
        failures += annotate_videos(videos, job)
        if failures and failures == len(selection.conversions):
            raise typer.Exit(1)
    if failures:
        raise typer.Exit(1)


@contextmanager
def _data_files(
    paths: Mapping[type[DataFile], Path | None], solution: Solution, parts: Sequence[Part]
) -> Iterator[list[DataFile]]:
    """Yield the files of the body: complete after it, also after Ctrl-C, and removed if it fails."""
    with ExitStack() as stack:
        files = [kind(path, solution.name, parts) for kind, path in paths.items() if path is not None]
        for file in files:
            stack.callback(file.discard)
        try:
            yield files
        except KeyboardInterrupt:
            for file in files:
                file.commit()
            raise
        for file in files:
            file.commit()
