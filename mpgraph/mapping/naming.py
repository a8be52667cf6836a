"""The names of outputs: those of the inputs, with as much of their paths as it takes to tell them apart."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile
from pathlib import PurePosixPath

from mpgraph.errors import MediaError
from mpgraph.mapping.inputs import MapInput
from mpgraph.mapping.job import MapTask
from mpgraph.mapping.storage import is_url, joined
from mpgraph.media.images import result_suffix


def plan_tasks(
    inputs: Sequence[MapInput],
    output_dir: str,
    *,
    media: bool,
    data: bool,
    image_suffix: str | None,
    video_suffix: str,
) -> list[MapTask]:
    """Return a task for each input.

    "me.jpg" makes DIR/me.jpg and DIR/me.jsonl; files in a folder keep their path in it. Where two inputs
    would make the same file, as a/me.jpg and b/me.jpg, both get the folders in which they differ:
    DIR/a/me.jpg and DIR/b/me.jpg; in one folder, "me.jpg" and "me.png" make me.jpg.jpg and me.png.png.

    media, data: whether images, and JSON lines, are written. image_suffix: of images, None for the input's.

    Raises:
        MediaError: two inputs would make the same file all the same.
    """

    def task(source: MapInput, name: str) -> MapTask:
        is_image = source.is_image
        suffix = (image_suffix or result_suffix(source.relative)) if is_image else video_suffix
        return MapTask(
            source.path,
            is_image,
            joined(output_dir, name + suffix) if media else None,
            joined(output_dir, f"{name}.jsonl") if data else None,
        )

    names = [str(PurePosixPath(source.relative).with_suffix("")) for source in inputs]
    tasks = list(map(task, inputs, names))
    for distinguish in (_add_folders, _add_suffixes):
        for group in _colliding(tasks):
            distinguish(names, group, inputs)
            for index in group:
                tasks[index] = task(inputs[index], names[index])
    for first, second, *_ in _colliding(tasks):
        output = tasks[first].outputs[-1]
        raise MediaError(
            f'the outputs of "{inputs[first].path}" and "{inputs[second].path}" would both be "{output}"'
        )
    return tasks


def _colliding(tasks: Sequence[MapTask]) -> list[list[int]]:
    """The indexes of tasks that have an output in common with others, in groups."""
    owners: dict[str, list[int]] = defaultdict(list)
    for index, task in enumerate(tasks):
        for output in task.outputs:
            owners[output].append(index)
    groups = {tuple(group) for group in owners.values() if len(group) > 1}
    # A task may be in two groups, of its image and its data; the larger one includes the other inputs, too.
    taken: set[int] = set()
    result = []
    for group in sorted(groups, key=len, reverse=True):
        if taken.isdisjoint(group):
            taken.update(group)
            result.append(list(group))
    return result


def _add_folders(names: list[str], group: Sequence[int], inputs: Sequence[MapInput]) -> None:
    """Name the files of a group by their paths below the folder that all have in common."""
    paths = [_parts(inputs[index].path) for index in group]
    folders = [path[:-1] for path in paths]
    common = len([*takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))])
    if any(len(folder) > common for folder in folders):
        for index, folder in zip(group, folders, strict=True):
            names[index] = str(PurePosixPath(*folder[common:], PurePosixPath(names[index]).name))


def _add_suffixes(names: list[str], group: Sequence[int], inputs: Sequence[MapInput]) -> None:
    for index in group:
        names[index] += PurePosixPath(inputs[index].relative).suffix


def _parts(path: str) -> list[str]:
    return (path if is_url(path) else os.path.abspath(path).replace(os.sep, "/")).split("/")
