"""GpuDevice: an open GPU, and what becomes of its library's errors."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mpgraph.errors import GpuError, InvalidArgumentError
from mpgraph.gpu import failures
from mpgraph.gpu.adapter import AdapterInfo, choose
from mpgraph.gpu.kernel import Kernel, source_of
from mpgraph.gpu.limits import wanted_limits
from mpgraph.gpu.native import Native
from mpgraph.gpu.timer import FEATURE, GpuTimer

_devices: weakref.WeakSet[GpuDevice] = weakref.WeakSet()
_was_forked = False


class GpuDevice:
    """The part of a GpuContext that lasts as long as the device.

    info: which GPU it is. device: wgpu's device, opened with WebGPU's default limits and no features.
    native: the library itself. lock: to be held while a calculator records what belongs together.
    """

    def __init__(self, wanted: str | None = None, *, timestamps: bool = False) -> None:
        """Open the GPU that fits `wanted` best: see `mpgraph.gpu.adapter.choose`.

        timestamps: let `timer` measure what it computes.

        Raises:
            GpuError: there is none, or it cannot be opened, or it has no clock, or the process was forked
                from one that used a GPU.
        """
        if _was_forked:
            raise failures.forked()
        self.info: AdapterInfo
        self.info, adapter = choose(wanted)
        if timestamps and FEATURE not in adapter.features:
            raise GpuError(f"{self.info} cannot measure time: it has no {FEATURE}.")
        try:
            self.device: Any = adapter.request_device_sync(
                label="mpgraph",
                required_limits=wanted_limits(adapter),
                required_features=[FEATURE] if timestamps else [],
            )
        except Exception as error:  # wgpu raises RuntimeError and errors of its own.
            raise failures.explained(error, "The GPU cannot be opened", str(self.info)) from error
        # It would poll in a thread of its own for as long as the device lives; `Native` needs no polling.
        self.device._poller.stop()
        self.native = Native(self.device)
        self.timer = GpuTimer(self.device, self.native) if timestamps else None
        """Measures the last submission, if that was asked for."""
        self.lock = threading.RLock()
        self.lost = ""
        """Which device was lost; "" while it works."""
        self._kernels: dict[tuple[str, str], Kernel] = {}
        _devices.add(self)

    def __repr__(self) -> str:
        return f"<mpgraph.{type(self).__name__} {self.info}>"

    def kernel(self, name: str, text: str | None = None) -> Kernel:
        """A compute shader, compiled on first use; without `text` that of `gpu/kernels/NAME.wgsl`.

        Raises:
            GpuError: the shader is wrong.
        """
        with self.lock:
            text = source_of(name) if text is None else text
            found = self._kernels.get((name, text))
            if found is None:
                with self.explaining(f'The shader "{name}" does not compile'):
                    found = self._kernels[name, text] = Kernel(self.device, text, name)
            return found

    def check_works(self) -> None:
        """Raise GpuError if the device is lost."""
        if self.lost:
            raise failures.forked() if _was_forked else failures.lost_device(self.lost)

    @contextmanager
    def explaining(self, what: str) -> Iterator[None]:
        """Turn errors of the library into errors for people. what: what could not be done then."""
        try:
            yield
        except InvalidArgumentError:
            raise
        except Exception as error:
            if not failures.tells_of_loss(error):
                raise failures.explained(error, what, str(self.info)) from error
            self.lost = self.lost or str(self.info)
            raise failures.lost_device(self.lost) from error


def _after_fork() -> None:
    # The driver's threads stayed behind, and with them whoever held a lock.
    global _was_forked
    for device in _devices:
        _was_forked = True
        device.lock = threading.RLock()
        device.lost = str(device.info)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
