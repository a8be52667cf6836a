"""What authors say beside their attributes and parameters, which Python itself does not keep."""

from __future__ import annotations

import ast
import inspect
import io
import textwrap
import tokenize
from collections.abc import Callable
from typing import Any


def attribute_docs(cls: type) -> dict[str, str]:
    """What stands below annotated attributes as strings, or else behind them as comments, by name.

    Nothing for a class without source, such as one made by a call.
    """
    body, comments = _parsed(cls)
    docs = {}
    for statement, following in zip(body, [*body[1:], None], strict=False):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        said = comments.get(statement.end_lineno or 0, "")
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            said = " ".join(str(following.value.value).split())
        if said:
            docs[statement.target.id] = said
    return docs


def parameter_docs(function: Callable[..., Any]) -> dict[str, str]:
    """The comments behind a function's parameters that have a line of their own, by name."""
    definition, comments = _parsed_definition(function)
    if not isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {}
    given = definition.args
    parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    lines = [parameter.lineno for parameter in parameters]
    return {
        parameter.arg: comments[parameter.lineno]
        for parameter in parameters
        if parameter.lineno in comments and lines.count(parameter.lineno) == 1
    }


def _parsed(cls: type) -> tuple[list[ast.stmt], dict[int, str]]:
    definition, comments = _parsed_definition(cls)
    return (definition.body, comments) if isinstance(definition, ast.ClassDef) else ([], {})


def _parsed_definition(target: Any) -> tuple[ast.stmt | None, dict[int, str]]:
    """The definition of a class or function, and the comments by their lines in it."""
    try:
        text = textwrap.dedent(inspect.getsource(target))
        definition = ast.parse(text).body[0]
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (OSError, TypeError, SyntaxError, IndexError, tokenize.TokenError):
        return None, {}
    comments = {
        token.start[0]: token.string.lstrip("#").strip()
        for token in tokens
        if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip()
    }
    return definition, comments
