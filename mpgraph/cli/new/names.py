"""Names of a new calculator or project in all their forms, derived from what the user typed."""

from __future__ import annotations

import keyword
import re
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mpgraph.errors import AlreadyExistsError, InvalidArgumentError
from mpgraph.framework import plugins
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS

_SUFFIX = "calculator"
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*|[0-9]+")


@dataclass(frozen=True)
class CalculatorName:
    """The forms of a name: `registered` BlurCalculator, `module` blur_calculator, `graph` blur.pbtxt."""

    registered: str
    module: str

    @property
    def graph(self) -> str:
        """The file name of a graph that uses it."""
        return f"{self._stem}.pbtxt"

    @property
    def function(self) -> str:
        """The name for it as a function."""
        return f"{self._stem}_" if keyword.iskeyword(self._stem) else self._stem

    @property
    def _stem(self) -> str:
        return self.module.removesuffix(f"_{_SUFFIX}")


@dataclass(frozen=True)
class ProjectName:
    """The forms of a name: `distribution` image-effects, `package` image_effects."""

    distribution: str
    package: str


def calculator_name(typed: str) -> CalculatorName:
    """Return the name that `Blur`, `blur`, `blur_calculator`, `BlurCalculator.py` and so on stand for.

    Raises:
        InvalidArgumentError: it is not a valid name.
        AlreadyExistsError: a calculator that ships with mpgraph has this name.
    """
    plain = typed.removesuffix(".py").replace("-", "_")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", plain):
        raise InvalidArgumentError(_invalid_name("calculator", typed, "Blur or blur_faces"))
    is_snake = "_" in plain or plain.islower()
    words = [word for word in plain.split("_") if word] if is_snake else _WORD.findall(plain)
    if words[-1].lower() == _SUFFIX:
        words.pop()
    elif is_snake and words[-1].lower().endswith(_SUFFIX):
        words[-1] = words[-1][: -len(_SUFFIX)]
    if not words:
        raise InvalidArgumentError(f'"{typed}" does not say what it calculates: try a name such as Blur.')
    registered = "".join(word[:1].upper() + word[1:] for word in words) + _SUFFIX.capitalize()
    if registered in (*CALCULATORS.names(), *SUBGRAPHS.names()):
        raise AlreadyExistsError(f"mpgraph already has a {registered}; choose another name.")
    return CalculatorName(registered, "_".join([*(word.lower() for word in words), _SUFFIX]))


def project_name(folder: Path) -> ProjectName:
    """Return the names of the project in a folder, derived from the folder's name.

    Raises:
        InvalidArgumentError: it is not a valid package name, or the name of something importable.
    """
    typed = folder.resolve().name
    package = re.sub(r"[-. ]+", "_", typed).lower()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", package):
        raise InvalidArgumentError(_invalid_name("project", typed, "image-effects"))
    if keyword.iskeyword(package) or package in sys.stdlib_module_names or _is_installed(package):
        raise InvalidArgumentError(
            f'"{typed}" cannot be the name of a project, because Python already has a module "{package}": '
            f"try {package}-calculators."
        )
    return ProjectName(package.replace("_", "-"), package)


def _is_installed(package: str) -> bool:
    """Whether a package other than a plug-in can be imported; a plug-in may be an earlier try of the name."""
    plug_ins = {plugin.module.partition(".")[0] for plugin in plugins.installed()}
    return package not in plug_ins and find_spec(package) is not None


def _invalid_name(what: str, typed: str, example: str) -> str:
    reason = 'use letters, digits and "_"'
    if typed[:1].isdigit():
        reason = "begin with a letter"
    return f'"{typed}" is not a valid name for a {what}: {reason}, as in {example}.'
