"""The calculators and subgraphs that come with mpgraph, one a file, loaded when a graph names them.

Each folder lists its own: `CALCULATORS`, and `SUBGRAPHS` where it has any, from name to module.
"""

from __future__ import annotations

import importlib
import pkgutil

from mpgraph import registry


def _list_folders() -> None:
    for folder in pkgutil.iter_modules(__path__):
        if folder.ispkg:
            name = f"{__name__}.{folder.name}"
            tables = importlib.import_module(name)
            for registered, table in (
                (registry.CALCULATORS, "CALCULATORS"),
                (registry.SUBGRAPHS, "SUBGRAPHS"),
            ):
                modules: dict[str, str] = getattr(tables, table, {})
                registered.add_modules({key: f"{name}.{module}" for key, module in modules.items()})


_list_folders()
