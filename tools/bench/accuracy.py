"""Compare mpgraph's masks and recoloured images with MediaPipe's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from contender import CHECKOUT, Contender
from images import accuracy_images
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
class Similarity:
    """The similarity of two masks: differences, and intersection over union at 0.1 and 0.5."""

    mean: float
    greatest: float
    iou_low: float
    iou_half: float

    @classmethod
    def of(cls, ours: Array, theirs: Array) -> Similarity:
        """Compare two HxW masks."""
        difference = np.abs(ours - theirs)
        mean, greatest = float(difference.mean()), float(difference.max())
        return cls(mean, greatest, iou(ours, theirs, 0.1), iou(ours, theirs, 0.5))

    @classmethod
    def worst(cls, all_: Sequence[Similarity]) -> Similarity:
        """The worst value of each measure."""
        return cls(
            max(each.mean for each in all_),
            max(each.greatest for each in all_),
            min(each.iou_low for each in all_),
            min(each.iou_half for each in all_),
        )

    def cells(self) -> tuple[str, ...]:
        """Table cells, with the verdict last."""
        good = self.mean < _MEAN and self.greatest < _MAX and min(self.iou_low, self.iou_half) > _IOU
        numbers = (f"{self.mean:.1e}", f"{self.greatest:.1e}", f"{self.iou_low:.5f}", f"{self.iou_half:.5f}")
        return (*numbers, verdict(good))


def compare(peer: Contender, contenders: list[Contender], folder: Path, report: Report) -> None:
    """Show tables of masks, of recoloured images, and of the worst values."""
    images = []
    for index, (name, image) in enumerate(accuracy_images()):
        file = folder / f"image-{index}.npy"
        np.save(file, image)
        images.append((name, str(file)))
    report.begin("masks of MediaPipe", 2 * len(images))
    with peer.start() as worker:
        for model in (0, 1):
            for _, path in images:
                worker.ask("mask", model=model, image=path, out=_expected(path, model))
                report.step()
    recolored = Table(
        "Recoloured by the unmodified CPU graph, against MediaPipe's formula on MediaPipe's mask",
        ("backend", "image", "pixels that differ", "by at most", "met"),
        f"Required: at most {_LEVELS} grey level on at most {_SHARE:.1%} of the pixels.",
    )
    worst = Table(
        f"The worst of {len(images)} images",
        ("backend", "model", *_COLUMNS, "met"),
        _REQUIRED,
    )
    for contender in contenders:
        _compare_masks(contender, images, folder, report, worst)
        _compare_recolored(contender, images, folder, report, recolored)
    report.show(recolored)
    report.show(worst)


def _compare_masks(
    contender: Contender, images: list[tuple[str, str]], folder: Path, report: Report, worst: Table
) -> None:
    table = Table(
        f"Masks of {contender.name} against MediaPipe's",
        ("model", "image", *_COLUMNS, "met"),
        _REQUIRED,
    )
    report.begin(f"masks of {contender.name}", 2 * len(images))
    out = str(folder / "mask.npy")
    with contender.start() as worker:
        for model, model_name in enumerate(MODEL_NAMES):
            similarities = []
            for name, path in images:
                worker.ask("mask", model=model, image=path, out=out)
                similarity = Similarity.of(np.load(out), np.load(_expected(path, model)))
                table.add(model_name, name, *similarity.cells())
                similarities.append(similarity)
                report.step()
            worst.add(contender.name, model_name, *Similarity.worst(similarities).cells())
    report.show(table)


def _compare_recolored(
    contender: Contender, images: list[tuple[str, str]], folder: Path, report: Report, table: Table
) -> None:
    report.begin(f"recoloured by {contender.name}", len(images))
    out = str(folder / "recolored.npy")
    with contender.start() as worker:
        for name, path in images:
            worker.ask("recolor", graph=str(RECOLOR_GRAPH), image=path, out=out)
            expected = recolor(np.load(path), np.load(_expected(path, 0)))
            difference = np.abs(np.load(out).astype(np.int16) - expected)
            share, greatest = float(difference.any(axis=2).mean()), int(difference.max())
            good = greatest <= _LEVELS and share <= _SHARE
            table.add(contender.name, name, f"{share:.4%}", greatest, verdict(good))
            report.step()


def iou(ours: Array, theirs: Array, threshold: float) -> float:
    """Intersection over union of the pixels above the threshold; 1 if there are none in either mask."""
    a, b = ours > threshold, theirs > threshold
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0


def recolor(image: Array, mask: Array) -> Array:
    """Compute RecolorCalculator's result for the graph's options: blue by 1 - mask, without luminance.

    The weight is float32. Both products are computed in double and rounded to a byte, ties to even, before
    the sum is clamped to 255.
    """
    weight = (np.float32(1) - mask).astype(np.float64)
    result = np.empty(image.shape, np.uint8)
    for channel, color in enumerate(_COLOR):
        kept = np.rint(image[:, :, channel] * (1.0 - weight))
        laid = np.rint(color * weight)
        result[:, :, channel] = np.clip(np.clip(kept, 0, 255) + np.clip(laid, 0, 255), 0, 255)
    return result


def _expected(path: str, model: int) -> str:
    return path.replace(".npy", f"-mask-{model}.npy")
