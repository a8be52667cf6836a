"""What `mpgraph selfie` does, whatever its inputs are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import typer

from mpgraph.cli.console import echo
from mpgraph.cli.frames.selection import (
    Conversion,
    ResultSuffixes,
    Selection,
    refuse_inputs,
    select_files,
)
from mpgraph.cli.gpu_option import check_gpu
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.cli.run.image_files import ImageBatch
from mpgraph.cli.run.instrumentation import RunInstrumentation
from mpgraph.cli.run.overlapping_session import OverlappingSession
from mpgraph.cli.run.session_driver import InputOutputSelection, SessionDriver, for_each_video, running
from mpgraph.cli.run.watch import run_watched
from mpgraph.cli.selfie.graph_text import INPUT, OUTPUT, Result, SelfieOptions, graph_text
from mpgraph.cli.user_modules import UserModules
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.effects.matte import Pixels
from mpgraph.errors import MediaError
from mpgraph.media.encoding import Encoding
from mpgraph.media.images import check_alpha_suffix, is_image_file
from mpgraph.session.sinks import as_array

_GRAPH_NAME = "selfie.pbtxt"
_FRAMES_IN_FLIGHT = 4
"""In the graph: one in the network, one whose edge is found, one that is composed, and one that waits."""
_LIVE_FRAMES_IN_FLIGHT = 2


@dataclass(frozen=True)
class SelfieJob:
    """A command: the options of its graph, the encoding of its results, and what to collect meanwhile."""

    options: SelfieOptions
    encoding: Encoding
    instrumentation: RunInstrumentation

    def text(self, *, images: bool) -> str:
        """Return the graph, for unrelated images or for the frames of a video."""
        return graph_text(self.options, images=images)

    @property
    def suffixes(self) -> ResultSuffixes:
        """The suffixes of results: PNG for transparency and for exact mattes."""
        is_png = self.options.has_alpha or self.options.result is not Result.IMAGE
        return ResultSuffixes(".png" if is_png else None, ".webm" if self.options.has_alpha else ".mp4")

    def suffix_in_pipe(self, names: Sequence[str]) -> str:
        """Return the suffix of a result that goes to standard output: PNG, Matroska or WebM."""
        if names and is_image_file(names[0]):
            return ".png"
        return ".webm" if self.options.has_alpha else ".mkv"

    def select(self, names: Sequence[str], output: str | None, recursive: bool, force: bool) -> Selection:
        """Return what to convert, as `select_files`; none without names.

        Raises:
            MediaError: as `select_files`, or the format of a result has no transparency.
        """
        if not names:
            return Selection([], [])
        selection = select_files(
            names,
            output,
            label=self.options.result.value,
            recursive=recursive,
            force=force,
            suffixes=self.suffixes,
        )
        for conversion in selection.conversions:
            if not conversion.is_image:
                self.encoding.format_for(conversion.target, alpha=self.options.has_alpha)
            elif self.options.has_alpha:
                check_alpha_suffix(conversion.target)
        self._refuse_background([conversion.target for conversion in selection.conversions])
        return selection

    def convert(self, selection: Selection, force: bool) -> None:
        """Convert images together and each video by itself; print what is written, and left out.

        Raises:
            KeyboardInterrupt: the user has pressed Ctrl-C; what has been done so far is complete.
            MpgraphError: the graph failed, or an image cannot be written.
            typer.Exit: an input could not be read, which has been reported.
        """
        images = [conversion for conversion in selection.conversions if conversion.is_image]
        videos = [conversion for conversion in selection.conversions if not conversion.is_image]
        if self.instrumentation.is_requested and bool(images) + len(videos) > 1:
            raise typer.BadParameter("--viz, --profile and --trace are for one video, or only images")
        self._prepare([conversion.source for conversion in selection.conversions], force)
        for file, reason in selection.skipped:
            echo(f"skipped {file}: {reason}", err=True)
        selection.create_folders()
        failures = self._convert_images(images) if images else 0
        failures += for_each_video(videos, self._convert_video)
        if failures:
            raise typer.Exit(1)

    def show_camera(
        self, number: int, recording: Path | None, virtual_camera: bool, browser: bool, force: bool
    ) -> None:
        """Show a camera's mirrored view until the user stops it; record it, and pass it on.

        Raises:
            MediaError: there is no such camera, or the view cannot be shown or recorded.
        """
        if recording is not None:
            refuse_inputs([], [recording], force)
            self._refuse_background([recording])
            self.encoding.format_for(recording, alpha=self.options.has_alpha)
        elif self.options.has_alpha:
            raise MediaError("the live preview has no transparency: name a recording, .webm or .mov, too")
        self._prepare([], force)
        selection = InputOutputSelection(
            webcam=number,
            output_video=recording,
            browser=browser,
            encoding=self.encoding,
            virtual_camera=virtual_camera,
        )
        with self._session(live=True) as session:
            SessionDriver(session, selection).run()

    def watch(self, selection: Selection, modules: UserModules) -> None:
        """Convert one file again whenever the graph's files or the user's modules change, until Ctrl-C."""
        if len(selection.conversions) != 1:
            raise typer.BadParameter("--watch is for one INPUT file")
        if self.instrumentation.is_requested:
            raise typer.BadParameter("--viz, --profile and --trace apply to a single run: leave out --watch")
        [conversion] = selection.conversions
        check_gpu(self.options.gpu)
        with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
            graph = Path(folder) / _GRAPH_NAME
            graph.write_text(self.text(images=conversion.is_image), "utf-8")
            echo(f"The graph, which you can edit: {graph}", err=True)
            file, result = conversion.source, conversion.target
            chosen = (
                InputOutputSelection(input_image=file, output_image=result)
                if conversion.is_image
                else InputOutputSelection(file, output_video=result, encoding=self.encoding)
            )
            run_watched(graph, lambda: _session_of(graph_path=graph), modules, chosen)

    def _convert_images(self, conversions: Sequence[Conversion]) -> int:
        batch = ImageBatch(conversions)
        with self._session(images=True) as session:
            batch.convert(session, self.options.result.value, self.encoding.quality)
        if len(conversions) > 1:
            folders = ", ".join(sorted({str(conversion.target.parent) for conversion in conversions}))
            echo(f"{folders}: {batch.written} of {len(conversions)} images")
        elif batch.written:
            echo(f"{conversions[0].target} ({batch.size[0]}x{batch.size[1]})")
        if batch.interrupted:
            raise KeyboardInterrupt
        return batch.failures

    def _convert_video(self, conversion: Conversion) -> None:
        selection = InputOutputSelection(
            conversion.source, output_video=conversion.target, encoding=self.encoding
        )
        with self._session() as session:
            SessionDriver(session, selection).run()

    @contextmanager
    def _session(self, *, images: bool = False, live: bool = False) -> Iterator[GraphSession]:
        text = self.text(images=images)
        session = _session_of(graph_config=text, live=live)
        with self.instrumentation.attached_to_text(session, text, _GRAPH_NAME):
            yield session

    def _prepare(self, sources: Sequence[Path], force: bool) -> None:
        """Check everything else that could fail after some of the work is done."""
        check_gpu(self.options.gpu)
        self.instrumentation.check_files(force, [*sources, *self._background_files()])

    def _refuse_background(self, outputs: Sequence[Path]) -> None:
        refuse_inputs(self._background_files(), outputs, force=True)

    def _background_files(self) -> list[Path]:
        file = self.options.background.file
        return [] if file is None else [Path(file)]


def convert_one(image: Pixels, options: SelfieOptions) -> Pixels:
    """Return the result for one image, HxWx3 uint8 RGB: HxWx3, HxWx4 with alpha, or HxW for mattes and masks.

    Raises:
        MpgraphError: the graph failed.
    """
    session = _session_of(graph_config=graph_text(options, images=True))
    with running(session):
        [(result, _)] = [*session.feed(image, 0), *session.finish()]
    return as_array(result)


def _session_of(
    *, graph_path: Path | None = None, graph_config: str | None = None, live: bool = False
) -> OverlappingSession:
    validated = ValidatedGraphConfig()
    validated.initialize(graph_path=graph_path, graph_config=graph_config)
    in_flight = _LIVE_FRAMES_IN_FLIGHT if live else _FRAMES_IN_FLIGHT
    return OverlappingSession(validated, INPUT, OUTPUT, in_flight)
