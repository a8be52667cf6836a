"""Measure mattes on clips whose alpha is known exactly, and draw a contact sheet of crops.

    python tools/bench/quality FOLDER [--only CLIP,...] [--methods raw,guided,matte] [--sheet FILE.png]

FOLDER has been filled by `cutouts.py`. All methods see the same frames in one run, one after the other, with
one thread for OpenCV, so their CPU times can be compared.
"""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from methods import METHODS, Method, available, counted_runs
from metrics import METRICS, Meter
from scenes import Clip, clips
from sheet import Sheet

_SHEET_FRAMES = (12, 33)


@dataclass
class Measured:
    """What was measured of a method on a clip. seconds: of CPU time a frame."""

    meter: Meter = field(default_factory=Meter)
    seconds: list[float] = field(default_factory=list)
    runs: float = 0.0

    def values(self) -> dict[str, float]:
        """All values by name; the CPU time in milliseconds is the median of the frames."""
        return {**self.meter.means(), "runs": self.runs, "ms": 1000 * float(np.median(self.seconds))}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where cutouts.py has written people/ and backgrounds/")
    parser.add_argument("--only", default="", help="clips, separated by commas")
    parser.add_argument("--methods", default=",".join(available()), help=", ".join(METHODS))
    parser.add_argument("--sheet", type=Path, help="write crops of all clips and methods to this image")
    options = parser.parse_args()
    names = options.methods.split(",")
    if unknown := [name for name in names if name not in METHODS]:
        raise SystemExit(f"no method {', '.join(unknown)}; there are {', '.join(METHODS)}")
    cv2.setNumThreads(1)
    chosen = [clip for clip in clips(options.folder) if clip.name in (options.only or clip.name).split(",")]
    sheet = Sheet(names)
    results: dict[str, dict[str, dict[str, float]]] = {}
    make_trials()
    for clip in chosen:
        results[clip.name] = measure(clip, names, sheet)
        _print(clip.name, results[clip.name])
    mean = {
        name: {
            key: _mean([results[clip.name][name][key] for clip in chosen])
            for key in results[chosen[0].name][name]
        }
        for name in names
    }
    _print("mean of all clips", mean)
    if "raw" in mean and len(names) > 1:
        _print_ratios(names, mean, results)
    if options.sheet:
        sheet.save(options.sheet)


def make_trials() -> None:
    """Have the numbers of threads found out, so that the trials do not count as runs of a method."""
    for name in ("raw", "landscape"):
        with METHODS[name]() as method:
            method.matte(np.zeros((90, 160, 3), np.uint8))


def measure(clip: Clip, names: list[str], sheet: Sheet) -> dict[str, dict[str, float]]:
    """Return the values of each method on a clip, by the method's name."""
    measured = {name: Measured() for name in names}
    with ExitStack() as stack:
        methods: dict[str, Method] = {name: stack.enter_context(METHODS[name]()) for name in names}
        for index, frame in enumerate(clip):
            mattes: dict[str, Any] = {}
            for name, method in methods.items():
                start = time.process_time()
                with counted_runs(method):
                    matte = method.matte(frame.image)
                measured[name].seconds.append(time.process_time() - start)
                mattes[name] = np.array(matte, np.float32)
                measured[name].meter.add(frame, mattes[name])
            if index in _SHEET_FRAMES:
                sheet.add(f"{clip.name}, frame {index}", frame, mattes)
        for name, method in methods.items():
            measured[name].runs = method.runs / clip.frames
    return {name: each.values() for name, each in measured.items()}


def _print(title: str, rows: dict[str, dict[str, float]]) -> None:
    keys = [*METRICS, "runs", "ms"]
    print(f"\n{title}\n\n| method | {' | '.join(keys)} |\n|{'---|' * (len(keys) + 1)}")
    for name, values in rows.items():
        print(f"| {name} | {' | '.join(_number(values[key]) for key in keys)} |", flush=True)


def _print_ratios(names: list[str], mean: dict[str, Any], results: dict[str, dict[str, Any]]) -> None:
    """What the methods gain over the raw mask."""
    print("\nagainst raw\n")
    raw = mean["raw"]
    for name in names:
        if name == "raw":
            continue
        own = mean[name]
        ratios = ", ".join(
            f"{key} x{own[key] / raw[key]:.2f}" for key in ("MAD", "dtSSD", "flick", "trail", "ms")
        )
        gains = ", ".join(f"{key} {own[key] - raw[key]:+.1f}" for key in ("BF", "PSNR", "SSIM"))
        worst_f = min((values[name]["BF"] - values["raw"]["BF"], clip) for clip, values in results.items())
        worst_mad = max(
            (values[name]["MAD"] / values["raw"]["MAD"], clip) for clip, values in results.items()
        )
        print(f"- {name}: {gains}, {ratios}, lag {own['lag']:.2f}, {own['runs']:.2f} runs a frame;")
        print(f"  worst clips: BF {worst_f[0]:+.1f} ({worst_f[1]}), MAD x{worst_mad[0]:.2f} ({worst_mad[1]})")


def _mean(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


if __name__ == "__main__":
    main()
