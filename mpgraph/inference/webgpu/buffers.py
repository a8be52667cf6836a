"""The assignment of values to buffers, shared by values that are never needed at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mpgraph.inference.webgpu.plan import Plan, Storage

_VECTOR = 16


@dataclass(frozen=True)
class BufferLayout:
    """The assignment: `sizes` of the buffers in bytes, and `slots`, the number of each storage's buffer."""

    sizes: Sequence[int]
    slots: Mapping[Storage, int]


def lay_out(plan: Plan) -> BufferLayout:
    """Give each storage the best fitting buffer that is free from its first use to its last.

    Inputs and outputs have their own buffer: inputs are written before the first dispatch, outputs
    read after the last.
    """
    last = {
        source: index
        for index, dispatch in enumerate(plan.dispatches)
        for source in (*dispatch.sources, dispatch.target)
        if isinstance(source, Storage)
    }
    kept = {value.storage for value in (*plan.inputs, *plan.outputs)}
    sizes: list[int] = []
    slots: dict[Storage, int] = {}

    def add_buffer(storage: Storage) -> None:
        if storage not in slots:
            sizes.append(storage.vectors * _VECTOR)
            slots[storage] = len(sizes) - 1

    for value in (*plan.inputs, *plan.outputs):
        add_buffer(value.storage)
    free: list[int] = []
    for index, dispatch in enumerate(plan.dispatches):
        if dispatch.target not in slots:
            needed = dispatch.target.vectors * _VECTOR
            # A buffer that is large enough, if any; then the closest size.
            best = min(free, key=lambda slot: (sizes[slot] < needed, abs(sizes[slot] - needed)), default=None)
            if best is None:
                add_buffer(dispatch.target)
            else:
                free.remove(best)
                sizes[best] = max(sizes[best], needed)
                slots[dispatch.target] = best
        # In order, each once: equal plans get equal buffers.
        for storage in dict.fromkeys((*dispatch.sources, dispatch.target)):
            if isinstance(storage, Storage) and last[storage] == index and storage not in kept:
                free.append(slots[storage])
    return BufferLayout(sizes, slots)
