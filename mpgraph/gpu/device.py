"""GpuDevice: an open GPU, and the translation of its library's errors."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mpgraph.errors import GpuError, InternalError, InvalidArgumentError
from mpgraph.gpu.adapter import AdapterInfo, choose
from mpgraph.gpu.limits import supported_limits
from mpgraph.gpu.native import Native
from mpgraph.gpu.timer import FEATURE, GpuTimer

_OUT_OF_MEMORY = ("outofmemory", "notenoughmemory")

_devices: weakref.WeakSet[GpuDevice] = weakref.WeakSet()
_was_forked = False


class GpuDevice:
    """An open GPU.

    info: which GPU it is. wgpu_device: wgpu's device, with WebGPU's default limits and no features. native:
    the library itself. timer: measures the last submission, if requested. lock: protects everything of the
    device that is not thread-safe, and all recording. lost: the name of the GPU once it is lost, else "".
    """

    def __init__(self, wanted: str | None = None, *, timestamps: bool = False) -> None:
        """Open the GPU that fits `wanted` best: see `mpgraph.gpu.adapter.choose`.

        Raises:
            GpuError: there is none, or it cannot be opened, or `timestamps` are requested and it has no
                clock, or the process was forked from one that used a GPU.
        """
        if _was_forked:
            raise _forked_error()
        self.info: AdapterInfo
        self.info, adapter = choose(wanted)
        if timestamps and FEATURE not in adapter.features:
            raise GpuError(f"{self.info} cannot measure time: it has no {FEATURE}.")
        try:
            self.wgpu_device: Any = adapter.request_device_sync(
                label="mpgraph",
                required_limits=supported_limits(adapter),
                required_features=[FEATURE] if timestamps else [],
            )
        except Exception as error:  # wgpu raises RuntimeError and its own errors.
            raise readable_error(error, "The GPU cannot be opened", str(self.info)) from error
        # wgpu would poll in its own thread for as long as the device lives; `Native` needs no polling.
        self.wgpu_device._poller.stop()
        self.native = Native(self.wgpu_device)
        self.timer = GpuTimer(self.wgpu_device, self.native) if timestamps else None
        self.lock = threading.RLock()  # Reentrant, since operations are made of operations.
        self.lost = ""
        _devices.add(self)

    def check_works(self) -> None:
        """Raise GpuError if the device is lost."""
        if self.lost:
            raise _forked_error() if _was_forked else _lost_error(self.lost)

    @contextmanager
    def explaining(self, failure: str) -> Iterator[None]:
        """Turn the library's errors into GpuErrors that begin with `failure`, and notice a lost device."""
        try:
            yield
        except (InvalidArgumentError, InternalError):  # Errors of the caller, not of the GPU.
            raise
        except Exception as error:
            if not reports_loss(error):
                raise readable_error(error, failure, str(self.info)) from error
            # Kept for good: a lost device never works again, and some calls on it would end the process.
            self.lost = self.lost or str(self.info)
            raise _lost_error(self.lost) from error


def reports_loss(error: Exception) -> bool:
    """Whether an error of the library means that the device is lost."""
    return "lost" in str(error).lower()


def readable_error(error: Exception, failure: str, name: str) -> GpuError:
    """An error of the library in one line. failure: what could not be done; name: the GPU's."""
    text = " ".join(str(error).split())
    letters = f"{type(error).__name__}{text}".replace(" ", "").replace("-", "").lower()
    if any(words in letters for words in _OUT_OF_MEMORY):
        return GpuError(
            f"{failure}: {name} is out of memory.",
            hint="Keep fewer images, use smaller images, or process fewer at the same time.",
        )
    return GpuError(f"{failure}: {text}")


def _lost_error(name: str) -> GpuError:
    return GpuError(
        f"{name} was lost: its driver was reset, memory was short, or it was switched off or removed.",
        hint="Start the graph again: that opens the GPU again.",
    )


def _forked_error() -> GpuError:
    return GpuError(
        "This process was forked from one that had opened a GPU, and drivers do not survive that.",
        hint='Start processes with multiprocessing.get_context("spawn"), or fork before using a GPU.',
    )


def _after_fork() -> None:
    # The driver's threads exist in the parent only, so any call that waits for them would wait for ever;
    # and a lock that another thread held at the fork would never be released here.
    global _was_forked
    for device in _devices:
        _was_forked = True
        device.lock = threading.RLock()
        device.lost = str(device.info)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
