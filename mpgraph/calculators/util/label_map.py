"""Label maps: the names of classes, from a text file or from options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mpgraph.framework.resources import read_resource
from mpgraph.protos.label_map_pb2 import LabelMapItem


class Label(NamedTuple):
    """The name of a class, and the name to show for it, if it has another."""

    name: str
    display_name: str | None = None


LabelMap = Mapping[int, Label]
"""Labels by the index of the class."""


def labels_of_file(path: str) -> LabelMap:
    """Read a text file with one label a line, looked up like all resources. Raises as `read_resource`."""
    lines = read_resource(path).decode().split("\n")
    if not lines[-1]:
        lines.pop()
    return {index: Label(line) for index, line in enumerate(lines)}


def labels_of_items(items: Mapping[int, LabelMapItem]) -> LabelMap:
    """Return the labels of a message's field `label_items`."""
    return {
        index: Label(item.name, item.display_name if item.HasField("display_name") else None)
        for index, item in items.items()
    }
