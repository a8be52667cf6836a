"""Every public name is documented where `help()` finds it: in its docstring, or its class's."""

from __future__ import annotations

import enum
import inspect
import re
import types
from collections.abc import Iterator
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.framework.contract import PortSpec, PortSpecs
from mpgraph.framework.output_shard import OutputStreamShard, SideOutputSlot
from mpgraph.framework.tags import TagMap

REACHED = (PortSpec, PortSpecs, OutputStreamShard, SideOutputSlot, TagMap)
"""Classes that users come to through a contract or a context."""
NOT_FOR_USERS = {"kind", "port_kind", "pickle_instead", "needs_every_call", "__slots__"}
"""Attributes by which mpgraph talks to itself."""


def is_own(value: Any) -> bool:
    module = getattr(value, "__module__", None) or ""
    return module.partition(".")[0] == "mpgraph" and ".protos" not in module


def without_documentation(name: str, value: Any) -> Iterator[str]:
    """Yield the public names in `value`, itself included, that `help()` says nothing about."""
    if inspect.ismodule(value):
        if not inspect.getdoc(value):
            yield name
        for member in getattr(value, "__all__", [each for each in dir(value) if each[0] != "_"]):
            found = getattr(value, member)
            if is_own(found) and (inspect.isclass(found) or inspect.isroutine(found)):
                yield from without_documentation(f"{name}.{member}", found)
    elif inspect.isclass(value):
        yield from without_documentation_in_class(name, value)
    elif callable(value) and not inspect.getdoc(value):
        yield name


def without_documentation_in_class(name: str, cls: type) -> Iterator[str]:
    if not vars(cls).get("__doc__"):
        yield name
    if issubclass(cls, enum.Enum):
        return
    owners = [base for base in cls.__mro__ if is_own(base)]
    text = " ".join(inspect.getdoc(base) or "" for base in owners)
    members = {each for base in owners for each in (*vars(base), *inspect.get_annotations(base))}
    for member in sorted(each for each in members - NOT_FOR_USERS if each[0] != "_"):
        found = inspect.getattr_static(cls, member, None)
        if isinstance(found, (types.FunctionType, classmethod, staticmethod, property)):
            if not inspect.getdoc(found if isinstance(found, property) else getattr(cls, member)):
                yield f"{name}.{member}"
        elif not re.search(rf"\b{member}\b", text):
            yield f"{name}.{member}"


@pytest.mark.parametrize("name", sorted(set(dir(mp)) & set(mp._EXPORTS)))
def test_public_names(name: str) -> None:
    assert list(without_documentation(name, getattr(mp, name))) == []


@pytest.mark.parametrize("cls", REACHED, ids=lambda cls: cls.__name__)
def test_classes_that_users_reach(cls: type) -> None:
    assert list(without_documentation(cls.__name__, cls)) == []


def test_names_that_were_looked_for_in_vain() -> None:
    assert "blocking: set it if" in str(inspect.getdoc(mp.Calculator))
    assert "timestamp_offset: 0 promises" in str(inspect.getdoc(mp.Calculator))
    assert "options: the node's options" in str(inspect.getdoc(mp.CalculatorContext))
    assert 'contract.inputs.has("IMAGE")' in str(inspect.getdoc(mp.Contract))


def test_an_undocumented_name_is_found() -> None:
    class Bad:
        """Has a name."""

        other = 1

        def method(self) -> None: ...

    Bad.__module__ = "mpgraph.bad"
    assert list(without_documentation("Bad", Bad)) == ["Bad.method", "Bad.other"]
