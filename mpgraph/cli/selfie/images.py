"""`mpgraph selfie` for an image or a folder of images."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import typer

from mpgraph.cli.console import exit_code_for
from mpgraph.cli.frames.output_paths import output_file, output_folder, refuse_to_replace
from mpgraph.cli.frames.pipeline import pipelined, progress_bar
from mpgraph.cli.interrupts import stop_on_interrupt
from mpgraph.cli.selfie.job import SelfieJob
from mpgraph.errors import MediaError, MpgraphError
from mpgraph.session.sinks import ImageFile


def convert_image(source: Path, output: Path | None, job: SelfieJob) -> None:
    """Convert an image and print the name and size of the result."""
    from mpgraph.media.images import read_image

    target = output_file(source, output, job.label, _suffix(source, job), job.force)
    _check_format(target, job)
    image = read_image(source)
    with ImageFile(target, source) as sink, job.segmenter() as segmenter:
        sink.put(job.apply(segmenter, image), 0)
    typer.echo(sink.summary())


def convert_folder(source: Path, output: Path | None, job: SelfieJob) -> None:
    """Convert the images in a folder. Those that cannot be read are reported, and the others converted.

    Raises:
        MediaError: the folder contains no images, or a result cannot be written.
        typer.Exit: some images could not be read; with exit code 1.
    """
    from mpgraph.media.images import image_files, write_image

    files = image_files(source)
    if not files:
        raise MediaError(f'there are no images in the folder "{source}"')
    folder = output or source.with_name(f"{source.resolve().name}-{job.label}")
    targets = _targets(files, folder, job)
    for target in targets.values():
        _check_format(target, job)
        refuse_to_replace(target, job.force)
    output_folder(folder)
    failures = done = 0
    with job.segmenter() as segmenter, progress_bar(source.name, len(files)) as advance:

        def convert(read: tuple[Path, Any]) -> tuple[Path, Any]:
            file, image = read
            return file, image if isinstance(image, MpgraphError) else job.apply(segmenter, image)

        with stop_on_interrupt() as stop, closing(pipelined(files, _read, convert)) as results:
            for file, result in results:
                if isinstance(result, MpgraphError):
                    failures += 1
                    exit_code_for(result)
                else:
                    write_image(targets[file], result, made_from=file)
                    done += 1
                advance()
                if stop:
                    break
    typer.echo(f"{folder}: {done} of {len(files)} images")
    if stop:
        raise KeyboardInterrupt
    if failures:
        raise typer.Exit(1)


def _read(file: Path) -> tuple[Path, Any]:
    """The file and its image, or the error of reading it."""
    from mpgraph.media.images import read_image

    try:
        return file, read_image(file)
    except MpgraphError as error:
        return file, error


def _suffix(source: Path, job: SelfieJob) -> str:
    from mpgraph.media.images import result_suffix

    return ".png" if job.needs_png else result_suffix(source)


def _targets(files: list[Path], folder: Path, job: SelfieJob) -> dict[Path, Path]:
    """The file for each result. Those of a.jpg and a.png must not get the same name."""
    names = [file.stem + _suffix(file, job) for file in files]
    return {
        file: folder / (name if names.count(name) == 1 else file.name + _suffix(file, job))
        for file, name in zip(files, names, strict=True)
    }


def _check_format(target: Path, job: SelfieJob) -> None:
    """Raise MediaError, before any work is done, if the file's format cannot hold the result."""
    from mpgraph.media.images import check_image_suffix

    suffix = check_image_suffix(target)
    if job.transparent and suffix not in (".png", ".webp", ".tif", ".tiff"):
        raise MediaError(f'"{target}": {suffix} images have no transparency; use .png or .webp')
