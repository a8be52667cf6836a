"""The commands recorded for the GPU since the last submission."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from mpgraph.gpu.kernel import ARENA_SIZE, Groups, PreparedDispatch
from mpgraph.gpu.native import Native
from mpgraph.gpu.shader import PARAMETERS_SIZE
from mpgraph.gpu.timer import GpuTimer


class Commands:
    """One command encoder, with compute passes in sequence; each is created when first needed.

    arena: a uniform buffer of ARENA_SIZE bytes for the parameters of dispatches. They are collected in host
    memory and written in one piece right before the submission, so a dispatch costs no separate write.
    timer: measures the passes. submission: the number of the submission that is being recorded.

    Every method needs the context's lock.
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
        # The library copies dynamic offsets during the call, so two variables serve all dispatches.
        self._offset, self._no_offset = ctypes.c_uint32(), ctypes.c_uint32()
        self._offset_address = ctypes.addressof(self._offset)
        self._no_offset_address = ctypes.addressof(self._no_offset)

    def __bool__(self) -> bool:
        """Whether anything is recorded."""
        return bool(self._encoder)

    @property
    def is_full(self) -> bool:
        """Whether the parameters of another dispatch do not fit in the arena."""
        return self._arena_used == ARENA_SIZE

    def dispatch(self, pipeline: int, bind_group: int, groups: Groups, parameters: bytes = b"") -> None:
        """Record one dispatch, with at most PARAMETERS_SIZE bytes of parameters."""
        native, compute_pass = self._native, self._in_pass()
        if parameters:
            start = self._arena_used
            self._arena[start : start + len(parameters)] = parameters
            self._arena_used = start + PARAMETERS_SIZE
            self._offset.value = start
        native.set_pipeline(compute_pass, pipeline)
        native.set_bind_group(compute_pass, 0, bind_group, 1 if parameters else 0, self._offset_address)
        native.dispatch(compute_pass, *groups)

    def run(self, dispatches: Sequence[PreparedDispatch]) -> None:
        """Record a sequence of dispatches."""
        native, compute_pass, no_offset = self._native, self._in_pass(), self._no_offset_address
        set_pipeline, set_bind_group, dispatch = native.set_pipeline, native.set_bind_group, native.dispatch
        current = 0
        for pipeline, bind_group, dynamic_offsets, (x, y, z) in dispatches:
            if pipeline != current:
                set_pipeline(compute_pass, pipeline)
                current = pipeline
            set_bind_group(compute_pass, 0, bind_group, dynamic_offsets, no_offset)
            dispatch(compute_pass, x, y, z)

    def outside_pass(self) -> int:
        """The address of the encoder, for commands that WebGPU does not allow in a compute pass: copies."""
        encoder = self._started()
        if self._pass:
            self._native.end_pass(self._pass)
            self._native.release_pass(self._pass)
            self._pass = 0
        return encoder

    def submit(self) -> None:
        """Submit everything recorded. Afterwards nothing is recorded, even if this fails.

        Raises:
            GpuError: a command is not valid, memory is short, or the device is lost.
        """
        encoder = self.outside_pass()
        if self._timer is not None:
            self._timer.end(encoder)
        # Reset before anything can fail: an encoder can be finished only once.
        self._encoder = 0
        used, self._arena_used = self._arena_used, 0
        # From here on, the host may write to slots that these commands use: its writes come after them.
        self.submission += 1
        if used:
            data = (ctypes.c_char * used).from_buffer(self._arena)
            self._native.write_buffer(self._arena_buffer, 0, ctypes.addressof(data), used)
        self._native.submit(encoder)

    def _started(self) -> int:
        if not self._encoder:
            self._encoder = self._native.create_encoder(self._native.device, None)
        return self._encoder

    def _in_pass(self) -> int:
        if not self._pass:
            description = self._timer.next_pass() if self._timer is not None else None
            self._pass = self._native.begin_pass(self._started(), description)
        return self._pass
