"""The inputs of `map_graph`: files, folders and patterns, by path or URL. No output is ever one of them."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from mpgraph.errors import MediaError
from mpgraph.mapping.storage import file_system, is_folder, is_url, joined
from mpgraph.media.images import IMAGE_SUFFIXES, is_image_file, natural_order
from mpgraph.media.video_formats import VIDEO_INPUT_SUFFIXES

_WEB = ("http://", "https://")
"""The web has neither folders nor patterns, and "?" in its URLs is no wildcard."""

_SUFFIXES = (*IMAGE_SUFFIXES, *VIDEO_INPUT_SUFFIXES)


@dataclass(frozen=True)
class MapInput:
    """An input: its path or URL, and its path in the folder that was given, or else its name."""

    path: str
    relative: str

    @property
    def is_image(self) -> bool:
        """Whether it is an image, by its suffix or, for other suffixes, its content; if not, a video."""
        suffix = PurePosixPath(self.relative).suffix.lower()
        if suffix in _SUFFIXES or is_url(self.path):
            return suffix in IMAGE_SUFFIXES
        return is_image_file(self.path)


def find_inputs(given: Iterable[str], output_dir: str, recursive: bool) -> list[MapInput]:
    """Return the inputs, each once: files as they are, and the images and videos in folders and patterns.

    Folders and patterns leave out hidden files, and those in the folder of the outputs. Files need not exist.

    Raises:
        MediaError: there is nothing to do in a folder or pattern, or a file is in the folder of the outputs.
    """
    found: dict[str, MapInput] = {}
    for path in given:
        if path.startswith(_WEB):
            inside = [MapInput(path, _name(path))]
        elif _is_folder(path):
            inside = [each for each in _in_folder(path, recursive) if not _is_inside(each.path, output_dir)]
        elif glob.has_magic(path) and not os.path.exists(path):
            inside = [
                MapInput(each, _name(each))
                for each in _matches(path)
                if _is_media(each) and not _is_inside(each, output_dir)
            ]
        elif _is_inside(path, output_dir):
            raise MediaError(f'"{path}" is in the folder of the outputs; choose another output folder')
        else:
            inside = [MapInput(path, _name(path))]
        if not inside:
            hint = "" if recursive or not _is_folder(path) else "; --recursive includes its sub-folders"
            raise MediaError(f'there are no images or videos in "{path}" that are not outputs{hint}')
        for each in inside:
            found.setdefault(_absolute(each.path), each)
    return list(found.values())


def _in_folder(folder: str, recursive: bool) -> Iterator[MapInput]:
    for path in sorted(_files_in(folder, recursive), key=natural_order):
        if _is_media(path):
            yield MapInput(joined(folder, path), path)


def _files_in(folder: str, recursive: bool) -> Iterator[str]:
    """Yield the files in a folder, as paths in it with "/" between their parts, without hidden ones."""
    if is_url(folder):
        system, inner = file_system(folder)
        found = system.find(inner, maxdepth=None if recursive else 1)
        names = (path[len(inner.rstrip("/")) + 1 :] for path in found)
        yield from (name for name in names if not any(part.startswith(".") for part in name.split("/")))
        return
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if recursive and not name.startswith(".")]
        here = Path(parent).relative_to(folder)
        yield from ((here / name).as_posix() for name in files if not name.startswith("."))


def _matches(pattern: str) -> list[str]:
    """The files that a pattern matches, without hidden ones; those of URLs are URLs."""
    if is_url(pattern):
        system, inner = file_system(pattern)
        found = [str(system.unstrip_protocol(path)) for path in system.glob(inner)]
    else:
        found = glob.glob(pattern, recursive=True)
    return sorted((path for path in found if not _name(path).startswith(".")), key=natural_order)


def _is_media(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _SUFFIXES


def file_behind(path: str) -> str:
    """The file that a path leads to through links; URLs lead to themselves."""
    return os.path.realpath(path) if not is_url(path) and os.path.islink(path) else _absolute(path)


def _is_folder(path: str) -> bool:
    # To ask for each URL in a long list would take longer than the work.
    return not (is_url(path) and _is_media(path)) and is_folder(path)


def _name(path: str) -> str:
    if not is_url(path):
        return os.path.basename(os.path.abspath(path))
    if path.startswith(_WEB):
        path = re.split("[?#]", path)[0]
    return path.rstrip("/").rpartition("/")[2]


def _absolute(path: str) -> str:
    """The path without links to folders; a link to a file is a file of its own."""
    return path if is_url(path) else os.path.join(_real_folder(os.path.dirname(path)), os.path.basename(path))


@lru_cache(maxsize=10_000)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _is_inside(path: str, folder: str) -> bool:
    folder = folder.rstrip("/") if is_url(folder) else _real_folder(folder).rstrip(os.sep)
    path = _absolute(path)
    return path.startswith((f"{folder}/", f"{folder}{os.sep}"))
