"""Measure the start time of a program, and its memory at the start and after many frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import median

from contender import Contender
from report import Report, Table, verdict

_IMPORT_MS, _FIRST_MS = 150, 100
_FRAMES = 100
_WARM_UP_FRAMES = 500
_GROWTH_MB = 4.0


def measure_start(entrants: list[Contender], image: str, rounds: int, folder: Path, report: Report) -> None:
    """Show import and first frame of fresh processes, in turn, and their memory after 100 frames."""
    table = Table(
        "Start of a process, and its memory",
        ("library", "import ms", "first frame ms", "total ms", f"peak MB, {_FRAMES} frames", "met"),
        f"Medians of {rounds} fresh processes each, taken in turn. The first frame, 720p, general model,"
        " includes everything that is loaded for it; `total` also includes numpy and reading the image."
        " `empty cache`: the first run on a machine."
        f" Required: import < {_IMPORT_MS} ms, first frame < {_FIRST_MS} ms.",
    )
    variants = list(entrants)
    for entrant in entrants:
        if entrant.library == "mpgraph":
            variants.append(replace(entrant, name=f"{entrant.name}, empty cache"))
    report.begin("start", rounds * len(variants))
    found: dict[str, list[tuple[float, ...]]] = {variant.name: [] for variant in variants}
    for turn in range(rounds):
        for variant in variants:
            if variant not in entrants:
                cache = str(folder / f"cache-{turn}-{variant.name.split(',')[0]}")
                variant = replace(variant, environment={**variant.environment, "XDG_CACHE_HOME": cache})
            found[variant.name].append(_start(variant, image))
            report.step()
    for variant in variants:
        imported, first, total, peak = (median(values) for values in zip(*found[variant.name], strict=True))
        own = variant.library == "mpgraph"
        met = verdict(imported < _IMPORT_MS and first < _FIRST_MS) if own and variant in entrants else ""
        table.add(variant.name, f"{imported:.0f}", f"{first:.0f}", f"{total:.0f}", f"{peak:.0f}", met)
    report.show(table)


def _start(contender: Contender, image: str) -> tuple[float, ...]:
    with contender.start() as worker:
        imported = worker.ask("import_ms")
        first = worker.ask("first_frame", model=0, image=image)
        worker.ask("run", model=0, images=[image], count=_FRAMES - 1)
        return imported, first["first_frame_ms"], first["total_ms"], worker.ask("memory")["peak"]


def measure_growth(entrants: list[Contender], images: list[str], frames: int, report: Report) -> None:
    """Show the memory before and after many frames."""
    table = Table(
        f"Memory over {frames:,} frames",
        ("library", f"MB after {_WARM_UP_FRAMES} frames", f"MB after {frames:,} more", "growth MB", "met"),
        f"720p, general model. Met: less than {_GROWTH_MB:.0f} MB, one and a half frames, where each"
        " frame makes 6 MB of new arrays.",
    )
    report.begin("memory", len(entrants))
    for entrant in entrants:
        with entrant.start() as worker:
            worker.ask("run", model=0, images=images, count=_WARM_UP_FRAMES)
            before = worker.ask("memory")["now"]
            worker.ask("run", model=0, images=images, count=frames)
            after = worker.ask("memory")["now"]
        met = verdict(after - before < _GROWTH_MB) if entrant.library == "mpgraph" else ""
        table.add(entrant.name, f"{before:.1f}", f"{after:.1f}", f"{after - before:+.1f}", met)
        report.step()
    report.show(table)
