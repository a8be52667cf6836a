"""Commands: what is recorded for the GPU since the last submission."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple

from mpgraph.gpu.kernel import PARAMETERS_SIZE
from mpgraph.gpu.native import Native
from mpgraph.gpu.timer import GpuTimer

Groups = tuple[int, int, int]

ARENA_SIZE = 64 << 10
"""Bytes of parameters that one submission may have; as much as WebGPU lets a uniform buffer be."""


class PlannedDispatch(NamedTuple):
    """One dispatch without parameters: the addresses of pipeline and bind group, and the workgroups."""

    pipeline: int
    bind_group: int
    groups: Groups


class Commands:
    """One encoder with one compute pass after the other, all made when they are first needed.

    arena: a uniform buffer of ARENA_SIZE bytes for the parameters of dispatches. They are written all at
    once before the submission. timer: measures the passes. submission: the number of the one that is being
    recorded.
    """

    def __init__(self, native: Native, arena: Any, timer: GpuTimer | None = None) -> None:
        self.submission = 1
        self._native = native
        self._timer = timer
        self._arena_buffer = native.address(arena)
        self._arena = bytearray(ARENA_SIZE)
        self._arena_used = 0
        self._encoder = 0
        self._pass = 0
        self._offset = ctypes.c_uint32()

    def __bool__(self) -> bool:
        """Whether anything is recorded."""
        return bool(self._encoder)

    @property
    def is_full(self) -> bool:
        """Whether there is no room for the parameters of another dispatch."""
        return self._arena_used == ARENA_SIZE

    def dispatch(self, pipeline: int, bind_group: int, groups: Groups) -> None:
        """Record one dispatch without parameters."""
        native, compute_pass = self._native, self._in_pass()
        native.set_pipeline(compute_pass, pipeline)
        native.set_bind_group(compute_pass, 0, bind_group, 0, None)
        native.dispatch(compute_pass, *groups)

    def dispatch_with(self, parameters: bytes, pipeline: int, bind_group: int, groups: Groups) -> None:
        """Record one dispatch with parameters, at most PARAMETERS_SIZE bytes."""
        native, compute_pass = self._native, self._in_pass()
        start = self._arena_used
        self._arena[start : start + len(parameters)] = parameters
        self._arena_used = start + PARAMETERS_SIZE
        self._offset.value = start
        native.set_pipeline(compute_pass, pipeline)
        native.set_bind_group(compute_pass, 0, bind_group, 1, ctypes.addressof(self._offset))
        native.dispatch(compute_pass, *groups)

    def run(self, planned: Sequence[PlannedDispatch]) -> None:
        """Record a sequence of dispatches."""
        native, compute_pass = self._native, self._in_pass()
        set_pipeline, set_bind_group, dispatch = native.set_pipeline, native.set_bind_group, native.dispatch
        current = 0
        for pipeline, bind_group, (x, y, z) in planned:
            if pipeline != current:
                set_pipeline(compute_pass, pipeline)
                current = pipeline
            set_bind_group(compute_pass, 0, bind_group, 0, None)
            dispatch(compute_pass, x, y, z)

    def outside_pass(self) -> int:
        """The address of the encoder, for commands that belong into no pass."""
        encoder = self._begun()
        if self._pass:
            self._native.end_pass(self._pass)
            self._native.release_pass(self._pass)
            self._pass = 0
        return encoder

    def submit(self) -> None:
        """Hand everything recorded to the GPU, and begin anew, also when that fails.

        Raises:
            GpuError: a command is not valid, memory is short, or the device is lost.
        """
        encoder = self.outside_pass()
        if self._timer is not None:
            self._timer.end(encoder)
        self._encoder = 0
        used, self._arena_used = self._arena_used, 0
        self.submission += 1
        if used:
            data = (ctypes.c_char * used).from_buffer(self._arena)
            self._native.write_buffer(self._arena_buffer, 0, ctypes.addressof(data), used)
        self._native.submit(encoder)

    def _begun(self) -> int:
        if not self._encoder:
            self._encoder = self._native.create_encoder(self._native.device, None)
        return self._encoder

    def _in_pass(self) -> int:
        if not self._pass:
            description = self._timer.next_pass() if self._timer is not None else None
            self._pass = self._native.begin_pass(self._begun(), description)
        return self._pass
