"""The registry: from names in graphs to calculator and subgraph classes.

Built-in classes are listed by name and module and loaded when a graph first names them, so that
`import mpgraph` costs nothing for unused calculators. Unregistered names are searched among the plug-ins.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, Generic, TypeVar, overload

from mpgraph.errors import AlreadyExistsError, InvalidArgumentError, MpgraphError, NotFoundError
from mpgraph.framework import plugins, source_location, user_code
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.class_checks import check_registration
from mpgraph.framework.subgraph import Subgraph

C = TypeVar("C", bound=type)


class Registry(Generic[C]):
    """The names of calculators, or of subgraphs. A dotted prefix of a name is its package."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._classes: dict[str, C] = {}
        self._modules: dict[str, str] = {}

    def add(self, name: str, cls: C) -> None:
        """Register a class.

        Raises:
            AlreadyExistsError: another class has this name. (The same class defined again, as by a
                reload of its module or in a notebook, replaces the old one.)
        """
        old = self._classes.get(name)
        taken = ""
        if old is not None and not _is_redefinition(cls, old):
            taken = f"is already registered by {_label(old)}"
        elif old is None and name in self._modules and not cls.__module__.startswith("mpgraph."):
            taken = f"is one of mpgraph's own, in {self._modules[name]}"
        if taken:
            decorator = self.kind.lower() if "function" in vars(cls) else "register"
            raise AlreadyExistsError(
                f'{self.kind} "{name}" {taken}; {_label(cls)} needs another name.',
                location=getattr(cls, "defined_at", None),
                hint=f'Rename it, or put it into a package of names: @mp.{decorator}("my_package.{name}").',
                rule="registration",
            )
        self._classes[name] = cls

    def add_modules(self, modules: Mapping[str, str]) -> None:
        """Declare the classes that importing a module registers: name to module."""
        self._modules.update(modules)

    def find(self, name: str, package: str = "", *, in_plugins: bool = True) -> C | None:
        """The class that `name` means in a graph of `package`: tried in that package, then outward.

        in_plugins: whether plug-ins are searched (and imported) for a name that is not registered.

        Raises:
            ImportError: a built-in class needs a package that is not installed.
            MpgraphError: the plug-in that declares this name cannot be imported.
        """
        # Registered names go first: installing a plug-in must not change which class an existing graph uses,
        # and graphs of known names never pay for importing plug-ins. Entry points for the name itself follow;
        # modules that may register any name are imported only when nothing else knows it.
        scope = package.split(".") if package else []
        names = [".".join([*scope[:end], name]) for end in range(len(scope), -1, -1)]
        found = self._first(names)
        if found is None and in_plugins and name:
            for plugin in plugins.installed():
                if plugin.name in names:
                    _adopt(plugin)
            found = self._first(names)
            if found is None:
                plugins.load_modules()
                found = self._first(names)
        return found

    def _first(self, names: Iterable[str]) -> C | None:
        return next((found for name in names if (found := self._load(name)) is not None), None)

    def _load(self, name: str) -> C | None:
        if name not in self._classes and name in self._modules:  # Importing the module registers the class.
            importlib.import_module(self._modules[name])
        return self._classes.get(name)

    def names(self) -> list[str]:
        """All registered names, sorted, without those of plug-ins that are not imported yet."""
        return sorted({*self._classes, *self._modules})

    def classes(self) -> dict[str, C]:
        """The classes that are loaded so far, by name."""
        return dict(self._classes)

    def forget(self, modules: Container[str]) -> dict[str, C]:
        """Drop the classes that these modules define, and return them, before the modules are reloaded."""
        dropped = {name: cls for name, cls in self._classes.items() if cls.__module__ in modules}
        for name in dropped:
            del self._classes[name]
        return dropped

    def restore(self, classes: Mapping[str, C]) -> None:
        """Register again what `forget` returned, as after a reload that failed."""
        self._classes.update(classes)


def _is_redefinition(cls: type, old: type) -> bool:
    """Whether `cls` is the same class as `old`, defined again."""
    if cls.__module__ == old.__module__:
        if cls.__module__ == "__main__" and hasattr(sys, "ps1"):
            return True  # In an interactive session or notebook, the last definition wins.
        return cls.__qualname__ == old.__qualname__ and not _is_twice(cls, old)
    location = getattr(cls, "defined_at", None)  # One file may be imported under two names.
    return location is not None and location == getattr(old, "defined_at", None)


def _is_twice(cls: Any, old: Any) -> bool:
    """Whether one run of a module defines both, as after copying a class: the name is still bound to `old`.

    A module that is reloaded has new code, or new bindings.
    """
    code = getattr(cls, "defined_by", None)
    if code is None or code is not getattr(old, "defined_by", None):
        return False
    bound = getattr(sys.modules.get(cls.__module__), cls.__qualname__, None)
    return getattr(bound, "calculator", bound) is old


def _label(cls: type) -> str:
    location = getattr(cls, "defined_at", None)
    return f"{cls.__module__}.{cls.__qualname__}" + (f" ({location})" if location else "")


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
    return _register(getattr(target, "__name__", "_"), target)


def _register(name: str, cls: Any) -> Any:
    location = getattr(cls, "defined_at", None) or user_code.caller_location()
    is_calculator = inspect.isclass(cls) and issubclass(cls, Calculator)
    if not is_calculator and not (inspect.isclass(cls) and issubclass(cls, Subgraph)):
        is_class = inspect.isclass(cls)
        if is_class:
            location = source_location.of_decorator(location, cls.__name__)
        hint = "Derive it from mp.Calculator." if is_class else "Use @mp.calculator for a function."
        text = f"register needs a Calculator or Subgraph class, not {cls!r}."
        raise InvalidArgumentError(text, location=location, hint=hint, rule="registration")
    if not _NAME.fullmatch(name):
        hint = 'Use a name such as "ThresholdMaskCalculator" or "my_package.ThresholdMaskCalculator".'
        text = f'"{name}" cannot be the name of a calculator.'
        raise InvalidArgumentError(text, location=location, hint=hint, rule="registration")
    if is_calculator:
        check_registration(cls)
        CALCULATORS.add(name, cls)
    else:
        SUBGRAPHS.add(name, cls)
    return cls


_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


def unregistered_class(name: str) -> type[Calculator] | None:
    """A calculator class of that name that exists but is not registered; for the error message."""
    classes: list[type[Calculator]] = [Calculator]
    for cls in classes:
        if cls.__name__ == name and not name.startswith("_") and _is_current(cls):
            return cls
        classes += cls.__subclasses__()
    return None


def _is_current(cls: type) -> bool:
    """Whether a class is still in its module, rather than left over from before a reload."""
    module = sys.modules.get(cls.__module__)
    return module is not None and ("." in cls.__qualname__ or vars(module).get(cls.__qualname__) is cls)


def load_plugins() -> list[MpgraphError]:
    """Import all plug-ins, so that all their classes are registered. Returns the errors."""
    errors = plugins.load_modules(warn=False)
    for plugin in plugins.installed():
        try:
            if plugin.attribute:
                _adopt(plugin)
        except MpgraphError as error:
            errors.append(error)
    return errors


def _adopt(plugin: plugins.Plugin) -> None:
    """Import a plug-in; register the class that it names under that name, unless it has done so itself."""
    loaded = plugin.load()
    # A function decorated as calculator or subgraph has its class as an attribute.
    loaded = getattr(loaded, "calculator", None) or getattr(loaded, "subgraph", None) or loaded
    registered = CALCULATORS.classes().keys() | SUBGRAPHS.classes().keys()
    if plugin.attribute and plugin.name not in registered:
        try:
            _register(plugin.name, loaded)
        except InvalidArgumentError as error:
            raise NotFoundError(
                f'the plug-in "{plugin.distribution}" declares "{plugin.name}", but '
                f"{plugin.module}:{plugin.attribute} is not a Calculator or Subgraph class."
            ) from error
