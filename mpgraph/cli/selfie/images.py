"""`mpgraph selfie` for one picture or a folder of them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import typer

from mpgraph.cli.failures import exit_code_for
from mpgraph.cli.frames.interrupts import stop_on_interrupt
from mpgraph.cli.frames.outputs import output_file, output_folder, refuse_to_replace
from mpgraph.cli.frames.overlap import overlapped
from mpgraph.cli.frames.progress import progress
from mpgraph.cli.selfie.job import SelfieJob
from mpgraph.errors import MediaError, MpgraphError


def convert_picture(source: Path, output: Path | None, job: SelfieJob) -> None:
    """Convert one picture and print the name of the result."""
    from mpgraph.media.images import read_image, write_image

    target = output_file(source, output, job.label, _suffix(source, job), job.force)
    _check_format(target, job)
    image = read_image(source)
    with job.segmenter() as segmenter:
        write_image(target, job.apply(segmenter, image))
    typer.echo(f"{target} ({image.shape[1]}x{image.shape[0]})")


def convert_folder(source: Path, output: Path | None, job: SelfieJob) -> None:
    """Convert the pictures in a folder; those that cannot be read are told, and the rest is done.

    Raises:
        typer.Exit: 1, some picture failed.
    """
    from mpgraph.media.images import image_files, write_image

    files = image_files(source)
    if not files:
        raise MediaError(f'there are no pictures in the folder "{source}"')
    folder = output or source.with_name(f"{source.resolve().name}-{job.label}")
    targets = _targets(files, folder, job)
    for target in targets.values():
        _check_format(target, job)
        refuse_to_replace(target, job.force)
    output_folder(folder)
    failures = done = 0
    with job.segmenter() as segmenter, progress(source.name, len(files)) as advance:

        def convert(read: tuple[Path, Any]) -> tuple[Path, Any]:
            file, image = read
            return file, image if isinstance(image, MpgraphError) else job.apply(segmenter, image)

        with stop_on_interrupt() as stop, closing(overlapped(files, _read, convert)) as results:
            for file, result in results:
                if isinstance(result, MpgraphError):
                    failures += 1
                    exit_code_for(result)
                else:
                    write_image(targets[file], result)
                    done += 1
                advance()
                if stop:
                    break
    typer.echo(f"{folder}: {done} of {len(files)} pictures")
    if stop:
        raise KeyboardInterrupt
    if failures:
        raise typer.Exit(1)


def _read(file: Path) -> tuple[Path, Any]:
    from mpgraph.media.images import read_image

    try:
        return file, read_image(file)
    except MpgraphError as error:
        return file, error


def _suffix(source: Path, job: SelfieJob) -> str:
    return ".png" if job.needs_png else source.suffix


def _targets(files: list[Path], folder: Path, job: SelfieJob) -> dict[Path, Path]:
    """A name for each result; a.jpg and a.png in one folder must not become the same."""
    names = [file.stem + _suffix(file, job) for file in files]
    return {
        file: folder / (name if names.count(name) == 1 else file.name + _suffix(file, job))
        for file, name in zip(files, names, strict=True)
    }


def _check_format(target: Path, job: SelfieJob) -> None:
    """Find out before the work whether the file's format can hold the result."""
    from mpgraph.media.images import check_image_suffix

    suffix = check_image_suffix(target)
    if job.transparent and suffix not in (".png", ".webp", ".tif", ".tiff"):
        raise MediaError(f'"{target}": {suffix} pictures have no transparency; use .png or .webp')
