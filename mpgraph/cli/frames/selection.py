"""The files that a command reads and writes, for any number of inputs: files, and folders of files.

Where results go: next to each input file, with a label in the name; for a folder, into a separate folder;
or where `--output` says: a file, a folder, or a pattern such as `out/{stem}.png`. An input is never replaced.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mpgraph.cli.arguments import STDIN
from mpgraph.cli.frames.output_paths import output_folder, refuse_to_replace
from mpgraph.errors import MediaError
from mpgraph.io.files import existing_file
from mpgraph.media.images import (
    IMAGE_SUFFIXES,
    check_image_suffix,
    is_image_file,
    natural_order,
    result_suffix,
)
from mpgraph.media.video_formats import VIDEO_INPUT_SUFFIXES, video_format


@dataclass(frozen=True)
class Conversion:
    """An input file and the file for its result."""

    source: Path
    target: Path

    @property
    def is_image(self) -> bool:
        """Whether the input is an image; otherwise it is a video."""
        return is_image_file(self.source)


@dataclass(frozen=True)
class Selection:
    """What to convert, and what is left out.

    skipped: files and folders in input folders, each with the reason. is_file: whether the user has named the
        file of the only result.
    """

    conversions: list[Conversion]
    skipped: list[tuple[Path, str]]
    is_file: bool = False

    @property
    def has_only_images(self) -> bool:
        """Whether there are images and no videos."""
        return bool(self.conversions) and all(conversion.is_image for conversion in self.conversions)

    def create_folders(self) -> None:
        """Create the folders of the results that do not exist yet, but not the folder of a named file.

        Raises:
            MediaError: one cannot be created.
        """
        folders = () if self.is_file else {conversion.target.parent for conversion in self.conversions}
        for folder in sorted(folders):
            for each in (*reversed(folder.parents), folder):
                output_folder(each)


@dataclass(frozen=True)
class ResultSuffixes:
    """The suffixes of results: of videos, and of images, None for that of the input if it can be written."""

    image: str | None = None
    video: str = ".mp4"


@dataclass(frozen=True)
class _Source:
    """An input file. root: the folder that it was found in, None if it was given itself."""

    file: Path
    root: Path | None = None

    @property
    def is_image(self) -> bool:
        """Whether it is an image, by its name; otherwise it is a video."""
        return is_image_file(self.file)

    def suffix(self, suffixes: ResultSuffixes) -> str:
        """Return the suffix of its result."""
        if self.is_image:
            return suffixes.image or result_suffix(self.file)
        return suffixes.video


def split_output(
    inputs: Sequence[str], output: str | None, *, force: bool = False
) -> tuple[list[str], str | None]:
    """Return inputs and output where the second of two names may be the output, as in `me.jpg out.png`.

    It is if it does not exist yet, or is an empty folder. A folder of files could be both, and so could, with
    `force`, a file.

    Raises:
        MediaError: that is not clear.
    """
    if output is not None or len(inputs) != 2 or not (inputs[0] == STDIN or Path(inputs[0]).exists()):
        return list(inputs), output
    second = Path(inputs[1])
    if second.is_dir() and any(second.iterdir()):
        raise MediaError(
            f'"{second}" exists: for results in it write -o "{second}"; to convert its files, too, name '
            "another folder with -o"
        )
    if second.is_file() and force:
        raise MediaError(
            f'"{second}" exists: to replace it write -o "{second}"; to convert it, too, name a folder with -o'
        )
    return (list(inputs), None) if second.is_file() else ([inputs[0]], inputs[1])


def select_files(
    inputs: Sequence[str],
    output: str | None,
    *,
    label: str,
    recursive: bool = False,
    force: bool = False,
    suffixes: ResultSuffixes = ResultSuffixes(),
) -> Selection:
    """Return what to convert; nothing is written yet.

    inputs: files, and folders, whose images and videos are taken. output: the user's `--output`.
    label: "me.jpg" becomes "me-LABEL.jpg", and the folder "photos" becomes "photos-LABEL".
    recursive: whether to include sub-folders. force: whether existing files may be replaced.
    suffixes: of results whose files the user does not name.

    Raises:
        MediaError: an input does not exist, or a folder contains nothing to convert; a result would replace
            an input, an existing file (without `force`) or another result, or its format is unknown.
    """
    found: list[_Source] = []
    skipped: list[tuple[Path, str]] = []
    if not all(inputs):  # Path("") would be the working directory.
        raise MediaError("an input has an empty name; give a file or a folder")
    for path in map(Path, inputs):
        if not path.is_dir():
            found.append(_Source(existing_file(path)))
            continue
        inside = list(_found_in(path, recursive, _folder_for(path, output, label), skipped))
        if not inside:
            hint = "; --recursive includes its sub-folders" if skipped and not recursive else ""
            raise MediaError(f'there are no images or videos in the folder "{path}"{hint}')
        found += inside
    sources = list({source.file: source for source in found}.values())
    is_file = _is_file(output, sources)
    targets = _targets(sources, output, is_file, label, suffixes)
    for source, target in zip(sources, targets, strict=True):
        check_image_suffix(target) if source.is_image else video_format(target)
    files = [source.file for source in sources]
    refuse_inputs(files, targets, force)
    return Selection(list(map(Conversion, files, targets)), skipped, is_file)


def refuse_inputs(inputs: Iterable[Path], outputs: Iterable[Path], force: bool) -> None:
    """Raise MediaError if an output is one of the inputs, also by a link, or, unless `force`, any file."""
    own = {_identity(file) for file in inputs if file.exists()}
    for output in outputs:
        if output.exists() and _identity(output) in own:
            raise MediaError(f'"{output}" is an input; choose another name for the output')
        refuse_to_replace(output, force)


def _found_in(
    folder: Path, recursive: bool, results: Path, skipped: list[tuple[Path, str]]
) -> Iterator[_Source]:
    """Yield the images and videos in a folder, without hidden ones and those in the folder of results."""
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        folders[:] = [
            name
            for name in sorted(folders, key=natural_order)
            if not name.startswith(".") and (here / name).resolve() != results.resolve()
        ]
        for name in sorted((name for name in files if not name.startswith(".")), key=natural_order):
            if Path(name).suffix.lower() in (*IMAGE_SUFFIXES, *VIDEO_INPUT_SUFFIXES):
                yield _Source(here / name, folder)
            else:
                skipped.append((here / name, "neither an image nor a video, by its name"))
        if not recursive:
            skipped += [(here / name, "a sub-folder; --recursive includes it") for name in folders]
            return


def _is_file(output: str | None, sources: Sequence[_Source]) -> bool:
    """Whether `--output` is the file of the only result, and neither a folder nor a pattern."""
    if output is None or "{" in output or output.endswith(("/", os.sep)) or Path(output).is_dir():
        return False
    if len(sources) == 1 and sources[0].root is None:
        return True
    if Path(output).suffix.lower() in (*IMAGE_SUFFIXES, *VIDEO_INPUT_SUFFIXES):
        raise MediaError(
            f'"{output}" is the name of one file, but there may be several results; give a folder, or a '
            "pattern such as out/{stem}.png"
        )
    return False


def _folder_for(root: Path, output: str | None, label: str) -> Path:
    """The folder for the results of the files in an input folder."""
    return Path(output) if output is not None else root.parent / f"{root.resolve().name}-{label}"


def _targets(
    sources: Sequence[_Source], output: str | None, is_file: bool, label: str, suffixes: ResultSuffixes
) -> list[Path]:
    def target(source: _Source, stem: str) -> Path:
        suffix = source.suffix(suffixes)
        name, labelled = f"{stem}{suffix}", f"{stem}-{label}{suffix}"
        if output is not None and (is_file or "{" in output):
            return Path(output) if is_file else _from_pattern(output, stem, suffix)
        if source.root is not None:
            inside = source.file.parent.relative_to(source.root)
            return _folder_for(source.root, output, label) / inside / name
        return source.file.with_name(labelled) if output is None else Path(output) / labelled

    targets = [target(source, source.file.stem) for source in sources]
    # The results of a.mov and a.mp4 must not get the same name.
    counts = Counter(targets)
    targets = [
        each if counts[each] == 1 else target(source, source.file.name)
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
    return targets


def _from_pattern(pattern: str, stem: str, suffix: str) -> Path:
    try:
        return Path(pattern.format(stem=stem, suffix=suffix))
    except (KeyError, IndexError, ValueError):
        raise MediaError(
            f'"{pattern}" is not a pattern for outputs: it may contain {{stem}}, the name of the input '
            "without its suffix, and {suffix}"
        ) from None


def _identity(file: Path) -> tuple[int, int]:
    """What two paths have in common if they are one file, by links, too."""
    found = file.stat()
    return found.st_dev, found.st_ino
