"""The built-in calculators, one a file, in a folder for each area.

Importing this package registers their names; the module of a calculator is loaded when a graph first
names it. Each folder lists what its modules register: `CALCULATORS` and, if it has any, `SUBGRAPHS`,
both from the registered name to the module.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mpgraph.framework import registry

AREAS = ("core", "gpu", "image", "objectron", "selfie_effects", "tensor", "tflite", "util", "video")
"""The folders with built-in calculators."""


def _collect(area: str) -> None:
    folder = f"{__name__}.{area}"
    tables = import_module(folder)
    registries: tuple[tuple[str, registry.Registry[Any]], ...] = (
        ("CALCULATORS", registry.CALCULATORS),
        ("SUBGRAPHS", registry.SUBGRAPHS),
    )
    for name, known in registries:
        table: dict[str, str] = getattr(tables, name, {})
        known.add_modules({calculator: f"{folder}.{module}" for calculator, module in table.items()})


for _area in AREAS:
    _collect(_area)
