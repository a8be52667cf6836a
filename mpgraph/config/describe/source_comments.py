"""Documentation of attributes and parameters from their source, which Python does not keep."""

from __future__ import annotations

import ast
import inspect
import io
import textwrap
import tokenize
from collections.abc import Callable
from typing import Any


def attribute_docs(cls: type) -> dict[str, str]:
    """Return the strings below annotated attributes, or else the comments after them, by name.

    Empty for a class without source, such as a generated one.
    """
    definition, comments = _parsed_definition(cls)
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    docs = {}
    for statement, following in zip(body, [*body[1:], None], strict=False):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        doc = comments.get(statement.end_lineno or 0, "")
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            doc = " ".join(str(following.value.value).split())
        if doc:
            docs[statement.target.id] = doc
    return docs


def parameter_docs(function: Callable[..., Any]) -> dict[str, str]:
    """Return the comments after those parameters of a function that have their own line, by name."""
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


def _parsed_definition(target: Any) -> tuple[ast.stmt | None, dict[int, str]]:
    """Parse the source of a class or function; return its definition, and its comments by line."""
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
