"""Where in a Python file a class, an attribute, a function or a parameter is defined.

`of_code` and `of_caller` are cheap and run for every definition; the others parse the source and are for
errors only. Without a source, as in an interactive session, they fall back on the cheap answer.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import TYPE_CHECKING, TypeAlias

from mpgraph.errors import Location

if TYPE_CHECKING:
    import ast

    Definition: TypeAlias = "ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef"

# Frames between the statement that creates a class or object and the code that needs its location.
_CONSTRUCTION = {"__init__", "__new__", "__init_subclass__", "__call__"}


def of_code(code: CodeType) -> Location:
    """Where a function begins: at its first decorator, if it has any."""
    return Location(code.co_filename, code.co_firstlineno, 1)


def of_caller(frame: FrameType | None = None) -> Location:
    """The statement that is running in `frame`, or in the first frame around it outside of constructors."""
    found = outside_of_construction(frame or sys._getframe(1))
    return Location(found.f_code.co_filename, found.f_lineno, 1)


def outside_of_construction(frame: FrameType) -> FrameType:
    """The frame that creates a class or an object: `frame`, or the first one outside of constructors."""
    while frame.f_code.co_name in _CONSTRUCTION and frame.f_back is not None:
        frame = frame.f_back
    return frame


def of_attribute(near: Location, cls_name: str, path: str) -> Location:
    """Where the class `cls_name`, defined near a location, sets an attribute.

    path: the attribute's name, or that of an attribute of a nested class: "Options.level". As much of the
        path as exists is followed; `near` is returned for a class that is not found.
    """
    found = _definition(near, cls_name)
    if found is None:
        return near
    statement: ast.stmt = found
    for name in path.split("."):
        inner = _assignment(statement, name)
        if inner is None:
            break
        statement = inner
    return Location(near.file, statement.lineno, statement.col_offset + 1)


def of_decorator(near: Location, name: str) -> Location:
    """The first decorator of a class defined near a location; without one, `near`.

    Until Python 3.10, a decorator runs in the line of the class.
    """
    found = _definition(near, name)
    if found is None or not found.decorator_list:
        return near
    return Location(near.file, found.decorator_list[0].lineno, 1)


def of_parameter(code: CodeType, parameter: str) -> Location:
    """Where a function declares a parameter, or its return annotation as "return"; else its beginning."""
    import ast

    begin = of_code(code)
    found = _definition(begin, code.co_name)
    if found is None or isinstance(found, ast.ClassDef):
        return begin
    arguments = found.args
    declared = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    declared += [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    node: ast.arg | ast.expr | None = next((each for each in declared if each.arg == parameter), None)
    if node is None and parameter == "return":
        node = found.returns
    position = node or found
    return Location(begin.file, position.lineno, position.col_offset + 1)


def _definition(near: Location, name: str) -> Definition | None:
    """The class or function of that name nearest to a line of a file."""
    import ast
    import linecache

    linecache.checkcache(near.file)
    try:
        tree = ast.parse("".join(linecache.getlines(near.file)))
    except SyntaxError:  # The file has been saved since, with a syntax error.
        return None
    definitions = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [node for node in ast.walk(tree) if isinstance(node, definitions) and node.name == name]
    return min(found, key=lambda node: abs(node.lineno - near.line), default=None)


def _assignment(definition: ast.stmt, name: str) -> ast.stmt | None:
    """The statement in the body of a class that sets a name."""
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
