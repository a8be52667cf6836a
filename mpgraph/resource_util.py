"""MediaPipe's module of this name: the folder of relative resource paths."""

from __future__ import annotations

from mpgraph.framework import resources


def set_resource_dir(path: str) -> None:
    """Search for relative paths of models and other files below the folder `path`.

    The working directory and `MPGRAPH_RESOURCE_PATH` are still searched first. "" resets it.
    """
    if not isinstance(path, str):
        raise TypeError(f"set_resource_dir() takes the folder's path as a str, not {type(path).__name__}.")
    resources.set_resource_dir(path)
