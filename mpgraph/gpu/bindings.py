"""Bind groups: which memory a kernel works on, kept because the pool gives out the same again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from mpgraph.gpu.kernel import PARAMETERS_SIZE, Kernel
from mpgraph.gpu.native import Native
from mpgraph.gpu.pool import PooledMemory

_MOST = 1024


class Bindings:
    """The bind groups of a device. arena: the buffer with the parameters of kernels that have some."""

    def __init__(self, device: Any, native: Native, arena: Any) -> None:
        self._device = device
        self._native = native
        self._arena = arena
        self._known: OrderedDict[tuple[int, ...], tuple[Any, int]] = OrderedDict()

    def address(self, kernel: Kernel, slots: Sequence[PooledMemory]) -> int:
        """The address of the bind group of a kernel and these slots."""
        key = (kernel.number, *(slot.number for slot in slots))
        found = self._known.get(key)
        if found is None:
            made = self.make(kernel, slots)
            found = self._known[key] = (made, self._native.address(made))
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found[1]

    def make(self, kernel: Kernel, slots: Sequence[PooledMemory]) -> Any:
        """A bind group that nobody else keeps."""
        resources = [slot.view for slot in slots]
        if kernel.has_parameters:
            resources.insert(0, {"buffer": self._arena, "offset": 0, "size": PARAMETERS_SIZE})
        entries = [
            {"binding": number, "resource": resource}
            for number, resource in zip(kernel.bindings, resources, strict=True)
        ]
        return self._device.create_bind_group(layout=kernel.layout, entries=entries)

    def forget(self, slot: PooledMemory) -> None:
        """Let go of a slot that is given up: its memory is free only when nothing is bound to it."""
        for key in [key for key in self._known if slot.number in key[1:]]:
            del self._known[key]

    def clear(self) -> None:
        """Forget all, and let go of the memory they hold."""
        self._known.clear()
