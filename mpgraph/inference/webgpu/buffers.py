"""Which values share a buffer: those that are never needed at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mpgraph.inference.webgpu.plan import Plan, Storage

_VECTOR = 16


@dataclass(frozen=True)
class Layout:
    """`sizes` in bytes of the buffers; `slots`, which of them each storage is in."""

    sizes: Sequence[int]
    slots: Mapping[Storage, int]


def lay_out(plan: Plan) -> Layout:
    """Give each storage the smallest buffer that is free from its first use to its last.

    Inputs and outputs keep a buffer for themselves, so that a frame's input may be written while nothing
    runs, and its output read after.
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

    def own(storage: Storage) -> None:
        if storage not in slots:
            sizes.append(storage.vectors * _VECTOR)
            slots[storage] = len(sizes) - 1

    for value in (*plan.inputs, *plan.outputs):
        own(value.storage)
    free: list[int] = []
    for index, dispatch in enumerate(plan.dispatches):
        if dispatch.target not in slots:
            needed = dispatch.target.vectors * _VECTOR
            # The buffer that has to grow or be wasted least.
            best = min(free, key=lambda slot: (sizes[slot] < needed, abs(sizes[slot] - needed)), default=None)
            if best is None:
                own(dispatch.target)
            else:
                free.remove(best)
                sizes[best] = max(sizes[best], needed)
                slots[dispatch.target] = best
        for storage in {s for s in (*dispatch.sources, dispatch.target) if isinstance(s, Storage)}:
            if last[storage] == index and storage not in kept:
                free.append(slots[storage])
    return Layout(sizes, slots)
