"""MediaPipe's module of this name: where relative resource paths start."""

from __future__ import annotations

from mpgraph.framework import resources


def set_resource_dir(path: str) -> None:
    """Look for relative paths of models and other files below the folder `path`.

    The working directory and `MPGRAPH_RESOURCE_PATH` are still tried first. "" takes it back.
    """
    if not isinstance(path, str):
        raise TypeError(f"set_resource_dir() takes the folder's path as a str, not {type(path).__name__}.")
    resources.set_resource_dir(path)
