"""How far mpgraph's masks and recoloured pictures are from MediaPipe's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from contender import CHECKOUT, Contender
from pictures import accuracy_pictures
from report import Report, Table, verdict

MODEL_NAMES = ("general", "landscape")
RECOLOR_GRAPH = CHECKOUT / "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt"

_MEAN, _MAX, _IOU = 0.0005, 0.01, 0.999
_REQUIRED = f"Required: mean < {_MEAN}, max < {_MAX}, IoU > {_IOU}."
_COLUMNS = ("mean difference", "max difference", "IoU at 0.1", "IoU at 0.5")
_LEVELS, _SHARE = 1, 0.001
_COLOR = (0, 0, 255)

Array = Any


@dataclass(frozen=True)
class Likeness:
    """How alike two masks are: differences, and intersection over union at 0.1 and 0.5."""

    mean: float
    greatest: float
    iou_low: float
    iou_half: float

    @classmethod
    def of(cls, ours: Array, theirs: Array) -> Likeness:
        """Compare two HxW masks."""
        difference = np.abs(ours - theirs)
        mean, greatest = float(difference.mean()), float(difference.max())
        return cls(mean, greatest, iou(ours, theirs, 0.1), iou(ours, theirs, 0.5))

    @classmethod
    def worst(cls, all_: Sequence[Likeness]) -> Likeness:
        """The worst of each number."""
        return cls(
            max(each.mean for each in all_),
            max(each.greatest for each in all_),
            min(each.iou_low for each in all_),
            min(each.iou_half for each in all_),
        )

    def cells(self) -> tuple[str, ...]:
        """As a table has them, the verdict last."""
        good = self.mean < _MEAN and self.greatest < _MAX and min(self.iou_low, self.iou_half) > _IOU
        numbers = (f"{self.mean:.1e}", f"{self.greatest:.1e}", f"{self.iou_low:.5f}", f"{self.iou_half:.5f}")
        return (*numbers, verdict(good))


def compare(peer: Contender, contenders: list[Contender], folder: Path, report: Report) -> None:
    """Show tables of masks, of recoloured pictures, and of what was worst."""
    pictures = []
    for index, (name, picture) in enumerate(accuracy_pictures()):
        file = folder / f"picture-{index}.npy"
        np.save(file, picture)
        pictures.append((name, str(file)))
    report.begin("masks of MediaPipe", 2 * len(pictures))
    with peer.start() as worker:
        for model in (0, 1):
            for _, path in pictures:
                worker.ask("mask", model=model, picture=path, out=_expected(path, model))
                report.step()
    recolored = Table(
        "Recoloured by the unmodified CPU graph, against MediaPipe's formula on MediaPipe's mask",
        ("backend", "picture", "pixels that differ", "by at most", "met"),
        f"Required: at most {_LEVELS} grey level on at most {_SHARE:.1%} of the pixels.",
    )
    worst = Table(
        f"The worst of {len(pictures)} pictures",
        ("backend", "model", *_COLUMNS, "met"),
        _REQUIRED,
    )
    for contender in contenders:
        _compare_masks(contender, pictures, folder, report, worst)
        _compare_recolored(contender, pictures, folder, report, recolored)
    report.show(recolored)
    report.show(worst)


def _compare_masks(
    contender: Contender, pictures: list[tuple[str, str]], folder: Path, report: Report, worst: Table
) -> None:
    table = Table(
        f"Masks of {contender.name} against MediaPipe's",
        ("model", "picture", *_COLUMNS, "met"),
        _REQUIRED,
    )
    report.begin(f"masks of {contender.name}", 2 * len(pictures))
    out = str(folder / "mask.npy")
    with contender.start() as worker:
        for model, model_name in enumerate(MODEL_NAMES):
            found = []
            for name, path in pictures:
                worker.ask("mask", model=model, picture=path, out=out)
                likeness = Likeness.of(np.load(out), np.load(_expected(path, model)))
                table.add(model_name, name, *likeness.cells())
                found.append(likeness)
                report.step()
            worst.add(contender.name, model_name, *Likeness.worst(found).cells())
    report.show(table)


def _compare_recolored(
    contender: Contender, pictures: list[tuple[str, str]], folder: Path, report: Report, table: Table
) -> None:
    report.begin(f"recoloured by {contender.name}", len(pictures))
    out = str(folder / "recolored.npy")
    with contender.start() as worker:
        for name, path in pictures:
            worker.ask("recolor", graph=str(RECOLOR_GRAPH), picture=path, out=out)
            expected = recolor(np.load(path), np.load(_expected(path, 0)))
            difference = np.abs(np.load(out).astype(np.int16) - expected)
            share, greatest = float(difference.any(axis=2).mean()), int(difference.max())
            good = greatest <= _LEVELS and share <= _SHARE
            table.add(contender.name, name, f"{share:.4%}", greatest, verdict(good))
            report.step()


def iou(ours: Array, theirs: Array, threshold: float) -> float:
    """Intersection over union of what lies above the threshold; 1 where nothing does in either."""
    a, b = ours > threshold, theirs > threshold
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0


def recolor(picture: Array, mask: Array) -> Array:
    """What RecolorCalculator makes of the graph's options: blue by 1 - mask, luminance not regarded.

    The weight is float32; either product is computed in double and rounded to a byte, ties to even,
    before the sum is cut off at 255.
    """
    weight = (np.float32(1) - mask).astype(np.float64)
    made = np.empty(picture.shape, np.uint8)
    for channel, color in enumerate(_COLOR):
        kept = np.rint(picture[:, :, channel] * (1.0 - weight))
        laid = np.rint(color * weight)
        made[:, :, channel] = np.clip(np.clip(kept, 0, 255) + np.clip(laid, 0, 255), 0, 255)
    return made


def _expected(path: str, model: int) -> str:
    return path.replace(".npy", f"-mask-{model}.npy")
