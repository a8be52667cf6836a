"""The names of a new calculator and a new project, from what the user typed."""

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
    """One name in its forms: `registered` BlurCalculator, `module` blur_calculator, `graph` blur.pbtxt."""

    registered: str
    module: str

    @property
    def graph(self) -> str:
        """The file of a graph that shows it."""
        return f"{self._stem}.pbtxt"

    @property
    def function(self) -> str:
        """The function that it may be."""
        return f"{self._stem}_" if keyword.iskeyword(self._stem) else self._stem

    @property
    def _stem(self) -> str:
        return self.module.removesuffix(f"_{_SUFFIX}")


@dataclass(frozen=True)
class ProjectName:
    """One name in its forms: `distribution` image-effects, `package` image_effects."""

    distribution: str
    package: str


def calculator_name(typed: str) -> CalculatorName:
    """Return the name that `Blur`, `blur`, `blur_calculator`, `BlurCalculator.py` and so on mean.

    Raises InvalidArgumentError if it is none, AlreadyExistsError if a calculator of mpgraph's has it.
    """
    plain = typed.removesuffix(".py").replace("-", "_")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", plain):
        raise InvalidArgumentError(_no_identifier("calculator", typed, "Blur or blur_faces"))
    is_snake = "_" in plain or plain.islower()
    words = [word for word in plain.split("_") if word] if is_snake else _WORD.findall(plain)
    if words[-1].lower() == _SUFFIX:
        words.pop()
    elif is_snake and words[-1].lower().endswith(_SUFFIX):
        words[-1] = words[-1][: -len(_SUFFIX)]
    if not words:
        raise InvalidArgumentError(f'"{typed}" says nothing of what it calculates: try a name such as Blur.')
    registered = "".join(word[:1].upper() + word[1:] for word in words) + _SUFFIX.capitalize()
    if registered in (*CALCULATORS.names(), *SUBGRAPHS.names()):
        raise AlreadyExistsError(f"mpgraph has a {registered} already; choose another name.")
    return CalculatorName(registered, "_".join([*(word.lower() for word in words), _SUFFIX]))


def project_name(folder: Path) -> ProjectName:
    """Return the names of the project in a folder, after the folder's.

    Raises InvalidArgumentError for a name that no package can have.
    """
    typed = folder.resolve().name
    package = re.sub(r"[-. ]+", "_", typed).lower()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", package):
        raise InvalidArgumentError(_no_identifier("project", typed, "image-effects"))
    if keyword.iskeyword(package) or package in sys.stdlib_module_names or _is_installed(package):
        raise InvalidArgumentError(
            f'"{typed}" cannot be a project\'s name, as Python knows "{package}" as something else: '
            f"try {package}-calculators."
        )
    return ProjectName(package.replace("_", "-"), package)


def _is_installed(package: str) -> bool:
    """Whether it can be imported, as numpy can; not if it is a plug-in, an earlier try of the same name."""
    own = {plugin.module.partition(".")[0] for plugin in plugins.installed()}
    return package not in own and find_spec(package) is not None


def _no_identifier(what: str, typed: str, example: str) -> str:
    reason = 'use letters, digits and "_"'
    if typed[:1].isdigit():
        reason = "begin with a letter"
    return f'"{typed}" is no name for a {what}: {reason}, as in {example}.'
