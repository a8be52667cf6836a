"""Memory of frames kept by the process instead of given back after each."""

from __future__ import annotations

import ctypes
import sys

# Parameters of mallopt in glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

_KEPT_BYTES = 256 << 20
_LARGEST_BYTES = 32 << 20  # glibc takes no more


def keep_freed_memory() -> None:
    """Tell malloc to reuse the memory of pictures, where it can be told (glibc).

    By default every picture's memory goes back to the system when it is freed, and the next
    picture's pages are fetched one by one: half of the time of a 720p effect, more in virtual machines.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
