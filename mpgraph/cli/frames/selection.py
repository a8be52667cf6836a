"""The files that a command reads and writes, for any number of inputs: files, and folders of files.

Where results go: next to each input file, with a label in the name; for a folder, into a folder of its own;
or where `--output` says: a file, a folder, or a pattern such as `out/{stem}.png`. An input is never replaced.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mpgraph.cli.frames.output_paths import output_folder, refuse_to_replace
from mpgraph.errors import MediaError
from mpgraph.io.files import existing_file
from mpgraph.media.images import IMAGE_SUFFIXES, check_image_suffix, natural_order
from mpgraph.media.video_formats import VIDEO_INPUT_SUFFIXES, video_format

_VIDEO_SUFFIX = ".mp4"


@dataclass(frozen=True)
class Conversion:
    """An input file and the file for its result."""

    source: Path
    target: Path

    @property
    def is_image(self) -> bool:
        """Whether the input is an image; otherwise it is a video."""
        return self.source.suffix.lower() in IMAGE_SUFFIXES


@dataclass(frozen=True)
class Selection:
    """What to convert, and the files in folders that are left out, each with the reason."""

    conversions: list[Conversion]
    skipped: list[tuple[Path, str]]

    def create_folders(self) -> None:
        """Create the folders of the results that do not exist yet.

        Raises:
            MediaError: one cannot be created.
        """
        for folder in dict.fromkeys(conversion.target.parent for conversion in self.conversions):
            for each in (*reversed(folder.parents), folder):
                output_folder(each)


@dataclass(frozen=True)
class _Source:
    """An input file. root: the folder that it was found in, None if it was given itself."""

    file: Path
    root: Path | None = None

    @property
    def suffix(self) -> str:
        """The suffix of its result."""
        return self.file.suffix if self.file.suffix.lower() in IMAGE_SUFFIXES else _VIDEO_SUFFIX


def select_files(
    inputs: Sequence[str], output: str | None, *, label: str, recursive: bool = False, force: bool = False
) -> Selection:
    """Return what to convert; nothing is written yet.

    inputs: files, and folders, whose images and videos are taken. output: the user's `--output`.
    label: "me.jpg" becomes "me-LABEL.jpg", and the folder "photos" becomes "photos-LABEL".
    recursive: whether to include sub-folders. force: whether existing files may be replaced.

    Raises:
        MediaError: an input does not exist, or a folder contains nothing to convert; a result would replace
            an input, an existing file (without `force`) or another result, or its format is unknown.
    """
    sources: dict[Path, _Source] = {}
    skipped: list[tuple[Path, str]] = []
    for path in map(Path, inputs):
        is_folder = path.is_dir()
        found = list(_found_in(path, recursive, skipped)) if is_folder else [_Source(existing_file(path))]
        if not found:
            raise MediaError(f'there are no images or videos in the folder "{path}"')
        sources.update((source.file, source) for source in found)
    selection = Selection(_conversions(list(sources.values()), output, label), skipped)
    for conversion in selection.conversions:
        check_image_suffix(conversion.target) if conversion.is_image else video_format(conversion.target)
    refuse_inputs(sources, [conversion.target for conversion in selection.conversions], force)
    return selection


def refuse_inputs(inputs: Iterable[Path], outputs: Iterable[Path], force: bool) -> None:
    """Raise MediaError if an output is one of the inputs, also by a link, or, unless `force`, any file."""
    own = {_identity(file) for file in inputs}
    for output in outputs:
        if output.exists() and _identity(output) in own:
            raise MediaError(f'"{output}" is an input; choose another name for the output')
        refuse_to_replace(output, force)


def _found_in(folder: Path, recursive: bool, skipped: list[tuple[Path, str]]) -> Iterator[_Source]:
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=natural_order)
        for name in sorted((name for name in files if not name.startswith(".")), key=natural_order):
            if Path(name).suffix.lower() in (*IMAGE_SUFFIXES, *VIDEO_INPUT_SUFFIXES):
                yield _Source(here / name, folder)
            else:
                skipped.append((here / name, "neither an image nor a video, by its name"))
        if not recursive:
            skipped += [(here / name, "a sub-folder; --recursive includes it") for name in folders]
            return


def _conversions(sources: Sequence[_Source], output: str | None, label: str) -> list[Conversion]:
    is_folder = output is not None and (output.endswith(("/", os.sep)) or Path(output).is_dir())
    is_folder = is_folder or len(sources) > 1 or any(source.root for source in sources)

    def target(source: _Source, stem: str) -> Path:
        name = f"{stem}{source.suffix}" if source.root else f"{stem}-{label}{source.suffix}"
        inside = source.file.parent.relative_to(source.root) if source.root else Path()
        if output is not None and "{" in output:
            return _from_pattern(output, source, stem)
        if output is not None:
            return Path(output) / inside / name if is_folder else Path(output)
        if source.root is not None:
            return source.root.with_name(f"{source.root.resolve().name}-{label}") / inside / name
        return source.file.with_name(name)

    targets = [target(source, source.file.stem) for source in sources]
    # The results of a.mov and a.mp4 must not get the same name.
    targets = [
        each if targets.count(each) == 1 else target(source, source.file.name)
        for source, each in zip(sources, targets, strict=True)
    ]
    first: dict[Path, _Source] = {}
    for source, each in zip(sources, targets, strict=True):
        if each in first:
            raise MediaError(
                f'the results of "{first[each].file}" and "{source.file}" would both be "{each}"; '
                "use a folder, or a pattern with {stem}"
            )
        first[each] = source
    return [Conversion(source.file, each) for source, each in zip(sources, targets, strict=True)]


def _from_pattern(pattern: str, source: _Source, stem: str) -> Path:
    try:
        return Path(pattern.format(stem=stem, suffix=source.suffix))
    except (KeyError, IndexError, ValueError):
        raise MediaError(
            f'"{pattern}" is not a pattern for outputs: it may contain {{stem}}, the name of the input '
            "without its suffix, and {suffix}"
        ) from None


def _identity(file: Path) -> tuple[int, int]:
    """What two paths have in common if they are one file, by links, too."""
    found = file.stat()
    return found.st_dev, found.st_ino
