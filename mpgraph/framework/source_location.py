"""Where in somebody's Python files a class, an attribute, a function or a parameter stands.

The cheap answers (`of_code`, `of_caller`) are kept with what is defined; the exact ones read the source and
are for errors only. Where there is no source, as in an interpreter, the cheap answer stands.
"""

from __future__ import annotations

import os
import sys
from types import CodeType, FrameType
from typing import TYPE_CHECKING, TypeAlias

from mpgraph.errors import Location

if TYPE_CHECKING:
    import ast

    Definition: TypeAlias = "ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef"

_PACKAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")

# Frames between the class statement and the place that asks: constructors and hooks of subclasses.
_CONSTRUCTION = {"__init__", "__new__", "__init_subclass__", "__call__"}


def of_code(code: CodeType) -> Location:
    """Where a function begins: its first decorator, if it has any."""
    return Location(code.co_filename, code.co_firstlineno, 1)


def of_caller(frame: FrameType | None = None) -> Location:
    """The statement that is running in `frame`, or in the first one outside of constructors."""
    found = outside_of_construction(frame or sys._getframe(1))
    return Location(found.f_code.co_filename, found.f_lineno, 1)


def outside_of_construction(frame: FrameType) -> FrameType:
    """The frame that makes a class or an object: `frame`, or the first one outside of constructors."""
    while frame.f_code.co_name in _CONSTRUCTION and frame.f_back is not None:
        frame = frame.f_back
    return frame


def of_user() -> Location:
    """The innermost running statement outside of mpgraph: whose call this is."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno, 1)


def of_attribute(cls_place: Location, cls_name: str, path: str) -> Location:
    """Where the class `cls_name`, defined about `cls_place`, sets an attribute.

    path: the attribute's name, or one inside a nested class: "Options.level". The nearest place that is
        known is returned, at worst `cls_place`.
    """
    found = _definition(cls_place, cls_name)
    if found is None:
        return cls_place
    statement: ast.stmt = found
    for name in path.split("."):
        inner = _assignment(statement, name)
        if inner is None:
            break
        statement = inner
    return Location(cls_place.file, statement.lineno, statement.col_offset + 1)


def of_decorator(near: Location, name: str) -> Location:
    """The first decorator of a class about `near`; until Python 3.10 it runs in the line of the class."""
    found = _definition(near, name)
    if found is None or not found.decorator_list:
        return near
    return Location(near.file, found.decorator_list[0].lineno, 1)


def of_parameter(code: CodeType, parameter: str) -> Location:
    """Where a function has a parameter, or its return annotation as "return"; at worst its beginning."""
    place = of_code(code)
    found = _definition(place, code.co_name)
    if found is None or not hasattr(found, "args"):
        return place
    arguments: ast.arguments = found.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    node = next((one for one in named if one.arg == parameter), None)
    if node is not None:
        return Location(place.file, node.lineno, node.col_offset + 1)
    returns = getattr(found, "returns", None) if parameter == "return" else None
    if returns is not None:
        return Location(place.file, returns.lineno, returns.col_offset + 1)
    return Location(place.file, found.lineno, found.col_offset + 1)


def _definition(place: Location, name: str) -> Definition | None:
    """The class or function of that name which stands nearest to a line of a file."""
    import ast
    import linecache

    linecache.checkcache(place.file)
    try:
        tree = ast.parse("".join(linecache.getlines(place.file)))
    except SyntaxError:  # Saved again meanwhile, with a mistake.
        return None
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [node for node in ast.walk(tree) if isinstance(node, kinds) and node.name == name]
    return min(found, key=lambda node: abs(node.lineno - place.line), default=None)


def _assignment(definition: ast.stmt, name: str) -> ast.stmt | None:
    """The statement in a class's body that sets a name."""
    import ast

    body: list[ast.stmt] = getattr(definition, "body", [])
    for statement in body:
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            names = [statement.name]
        elif isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names = [statement.target.id]
        else:
            continue
        if name in names:
            return statement
    return None
