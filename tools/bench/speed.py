"""Measure the time of process() per frame, compared with MediaPipe and with the bare steps."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median, quantiles

from accuracy import MODEL_NAMES
from contender import PEER, Contender, Worker
from report import Report, Table, verdict
from rounds import Rounds, ratios

_TARGETS = {"openvino": 0.5, "litert": 0.9}  # for the general model
_OVERHEAD_MS = 0.3


def compare(
    peer: Contender | None,
    contenders: list[Contender],
    images: list[str],
    rounds: Rounds,
    frames: int,
    report: Report,
) -> None:
    """Show the times of successive frames, by model."""
    table = Table(
        "Milliseconds per frame, 720p, successive calls of process()",
        (
            "model",
            "library",
            "median ms",
            "best ms",
            f"times {PEER}'s",
            "IQR",
            "required",
            "met",
        ),
        f"Blocks of {frames} frames, all libraries in turn, {rounds}; medians of the blocks' medians, their"
        " best, and medians of the ratios round by round.",
    )
    entrants = [*([peer] if peer else []), *contenders]
    for model, model_name in enumerate(MODEL_NAMES):
        block = _frames("frames", model, images, frames)
        results = rounds.of(f"speed, {model_name} model", entrants, block, report)
        for entrant, times in zip(entrants, results, strict=True):
            cells = [model_name, entrant.name, f"{median(times):.2f}", f"{min(times):.2f}"]
            if peer is None or entrant is peer:
                table.add(*cells, "", "", "", "")
                continue
            ratio, spread = ratios(times, results[0])
            target = _TARGETS.get(entrant.name) if model == 0 else None
            required = "" if target is None else f"≤ {target}"
            met = "" if target is None else verdict(ratio <= target)
            table.add(*cells, f"{ratio:.2f}", spread, required, met)
    report.show(table)


def measure_overhead(
    contenders: list[Contender], images: list[str], rounds: Rounds, frames: int, report: Report
) -> None:
    """Show the overhead of a frame over its four bare steps, both in the same process."""
    table = Table(
        "Overhead of the graph over remap, normalise, invoke and upsample",
        ("model", "backend", "bare steps ms", "process() ms", "overhead ms", "IQR", "met"),
        f"720p, blocks of {frames} frames in turn in one process, {rounds}; medians, the overhead round by"
        f" round. Required: < {_OVERHEAD_MS} ms.",
    )
    for contender in contenders:
        for model, model_name in enumerate(MODEL_NAMES):
            bare, whole = rounds.of_tasks(
                f"overhead, {contender.name}, {model_name} model",
                contender,
                [_frames(task, model, images, frames) for task in ("raw_frames", "frames")],
                report,
            )
            over = [b - a for a, b in zip(bare, whole, strict=True)]
            low, middle, high = quantiles(over, n=4)
            times = [f"{median(bare):.2f}", f"{median(whole):.2f}", f"{middle:.2f}"]
            table.add(
                model_name, contender.name, *times, f"{low:.2f}-{high:.2f}", verdict(middle < _OVERHEAD_MS)
            )
    report.show(table)


def _frames(task: str, model: int, images: list[str], frames: int) -> Callable[[Worker], float]:
    return lambda worker: float(worker.ask(task, model=model, images=images, count=frames))
