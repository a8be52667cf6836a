"""The registry: names in graphs to calculator, subgraph and handler classes.

Built-in classes are listed by name and module and loaded when a graph first names them, so that
`import mpgraph` costs nothing for calculators nobody uses.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, overload

from mpgraph.calculator_base import Calculator
from mpgraph.errors import AlreadyExistsError, InvalidArgumentError
from mpgraph.subgraph_base import Subgraph

C = TypeVar("C", bound=type)


class Registry(Generic[C]):
    """Names of one kind of class. A dotted prefix of a name is its package."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._classes: dict[str, C] = {}
        self._modules: dict[str, str] = {}

    def add(self, name: str, cls: C) -> None:
        """Register a class.

        Raises:
            AlreadyExistsError: another class has this name. (The same class defined again, as by a
                reload of its module, replaces the old one.)
        """
        old = self._classes.get(name)
        if old is not None and (old.__module__, old.__qualname__) != (cls.__module__, cls.__qualname__):
            raise AlreadyExistsError(
                f'{self.kind} "{name}" is already registered by {old.__module__}.{old.__qualname__}; '
                f"{cls.__module__}.{cls.__qualname__} needs another name."
            )
        self._classes[name] = cls

    def add_modules(self, modules: Mapping[str, str]) -> None:
        """List classes that importing a module registers: name to module."""
        self._modules.update(modules)

    def find(self, name: str, package: str = "") -> C | None:
        """The class a graph in `package` means by `name`: tried in that package, then outward."""
        scope = package.split(".") if package else []
        while True:
            found = self._load(".".join([*scope, name]))
            if found is not None or not scope:
                return found
            scope.pop()

    def _load(self, name: str) -> C | None:
        if name not in self._classes and name in self._modules:
            importlib.import_module(self._modules[name])
        return self._classes.get(name)

    def names(self) -> list[str]:
        """All registered names, sorted."""
        return sorted({*self._classes, *self._modules})


CALCULATORS: Registry[type[Calculator]] = Registry("Calculator")
SUBGRAPHS: Registry[type[Subgraph]] = Registry("Subgraph")

R = TypeVar("R", bound="type[Calculator] | type[Subgraph]")


@overload
def register(target: R) -> R: ...
@overload
def register(target: str) -> Callable[[R], R]: ...


def register(target: Any) -> Any:
    """Class decorator: register a calculator or subgraph under its own name, or `@register("pkg.Name")`."""
    if isinstance(target, str):
        return lambda cls: _register(target, cls)
    return _register(target.__name__, target)


def _register(name: str, cls: Any) -> Any:
    if inspect.isclass(cls) and issubclass(cls, Calculator):
        CALCULATORS.add(name, cls)
    elif inspect.isclass(cls) and issubclass(cls, Subgraph):
        SUBGRAPHS.add(name, cls)
    else:
        raise InvalidArgumentError(f"register needs a Calculator or Subgraph class, not {cls!r}.")
    return cls
