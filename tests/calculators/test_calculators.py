from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import mpgraph.calculators
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS

FOLDERS = [import_module(f"mpgraph.calculators.{area}") for area in mpgraph.calculators.AREAS]
NAMES = [name for folder in FOLDERS for name in getattr(folder, "CALCULATORS", {})]
SUBGRAPH_NAMES = [name for folder in FOLDERS for name in getattr(folder, "SUBGRAPHS", {})]


def test_listed_calculators_are_registered_by_their_module() -> None:
    assert not [name for name in NAMES if CALCULATORS.find(name) is None]
    assert not [name for name in SUBGRAPH_NAMES if SUBGRAPHS.find(name) is None]


def test_registered_calculators_are_listed() -> None:
    for folder in FOLDERS:
        for file in Path(str(folder.__file__)).parent.glob("[!_]*.py"):
            import_module(f"{folder.__name__}.{file.stem}")
    for registry, names in ((CALCULATORS, NAMES), (SUBGRAPHS, SUBGRAPH_NAMES)):
        own = [
            name
            for name in registry.names()
            if (cls := registry.find(name)) and cls.__module__.startswith("mpgraph.calculators.")
        ]
        assert not set(own) - set(names)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_calculator_is_documented(name: str) -> None:
    cls = CALCULATORS.find(name)
    assert cls is not None
    assert cls.__doc__
    for port in cls.ports:
        assert port.name
