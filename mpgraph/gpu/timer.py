"""GpuTimer: measures the GPU's computing time with its own clock."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.gpu.native import Native

FEATURE = "timestamp-query"

_MOST_PASSES = 128
_BYTES = 2 * _MOST_PASSES * 8  # begin and end of each, as uint64
_MAP_READ, _COPY_SRC, _COPY_DST, _QUERY_RESOLVE = 0x1, 0x4, 0x8, 0x200


class GpuTimer:
    """Records the begin and end of each compute pass of a submission.

    Created by `GpuContext(timestamps=True)`, for benchmarks; passes after the first 128 are not counted.
    """

    def __init__(self, device: Any, native: Native) -> None:
        self._native = native
        self._queries = device.create_query_set(type="timestamp", count=2 * _MOST_PASSES)
        self._resolved = device.create_buffer(size=_BYTES, usage=_QUERY_RESOLVE | _COPY_SRC)
        self._readable = device.create_buffer(size=_BYTES, usage=_MAP_READ | _COPY_DST)
        self._recorded = 0
        self._submitted = 0

    def next_pass(self) -> int | None:
        """The address of the descriptor of a timed pass, or None once all queries are in use."""
        if self._recorded == _MOST_PASSES:
            return None
        self._recorded += 1
        return self._native.timed_pass(self._queries, 2 * self._recorded - 2)

    def end(self, encoder: int) -> None:
        """Record the copy of the times of all passes so far, for `seconds`."""
        self._submitted, self._recorded = self._recorded, 0
        if self._submitted:
            address = self._native.address
            self._native.resolve(
                encoder, address(self._queries), 0, 2 * self._submitted, address(self._resolved), 0
            )
            size = 16 * self._submitted
            self._native.copy_buffer(encoder, address(self._resolved), 0, address(self._readable), 0, size)

    def seconds(self) -> float:
        """The GPU's time in the compute passes of the last submission; waits for it.

        Copies between passes and transfers from and to the host are not included.

        Raises:
            GpuError: the device is lost.
        """
        if not self._submitted:
            return 0.0
        ticket = self._native.start_mapping(self._readable, _BYTES)
        data = self._native.mapped(self._readable, _BYTES, ticket)
        ticks = np.frombuffer(data, np.uint64)[: 2 * self._submitted].astype(np.float64)
        self._native.unmap(self._readable)
        return float((ticks[1::2] - ticks[::2]).sum()) * self._native.seconds_per_tick
