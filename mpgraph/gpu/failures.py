"""What the GPU's library reports, as errors for people."""

from __future__ import annotations

from mpgraph.errors import GpuError

_OUT_OF_MEMORY = ("outofmemory", "notenoughmemory")


def tells_of_loss(error: Exception) -> bool:
    """Whether an error means that the device is lost."""
    return "lost" in str(error).lower()


def lost_device(name: str) -> GpuError:
    """The error of everything that is asked of a lost device."""
    return GpuError(
        f"{name} was lost: its driver was reset, memory was short, or it was switched off or taken out.",
        hint="Start the graph again: it will open the GPU anew.",
    )


def forked() -> GpuError:
    """The error of a process forked from one that used a GPU, where the driver would wait for ever."""
    return GpuError(
        "This process was forked from one that had opened a GPU, and drivers do not survive that.",
        hint='Start processes with multiprocessing.get_context("spawn"), or fork before using a GPU.',
    )


def explained(error: Exception, what: str, name: str) -> GpuError:
    """An error of the library's. what: what could not be done; name: the GPU's."""
    text = " ".join(str(error).split())
    told = f"{type(error).__name__}{text}".replace(" ", "").replace("-", "").lower()
    if any(words in told for words in _OUT_OF_MEMORY):
        return GpuError(
            f"{what}: {name} is out of memory.",
            hint="Keep fewer pictures, use smaller ones, or let fewer be in flight.",
        )
    return GpuError(f"{what}: {text}")
