"""Diagnostics as text for machines: JSON, GitHub's annotations, and SARIF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mpgraph.config.validation.diagnostics import Diagnostic

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(found: Sequence[Diagnostic], files: int, errors: int) -> str:
    """One JSON document with the fields of each diagnostic and the numbers of files, errors and warnings."""
    rows = [diagnostic.as_dict() for diagnostic in found]
    document = {"diagnostics": rows, "files": files, "errors": errors, "warnings": len(found) - errors}
    return json.dumps(document, indent=2)


def as_github(found: Sequence[Diagnostic]) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request; one a line."""
    return "\n".join(map(_annotation, found))


def _annotation(diagnostic: Diagnostic) -> str:
    position = {
        "file": diagnostic.file,
        "line": diagnostic.line,
        "col": diagnostic.column,
        "endLine": diagnostic.end_line,
        "endColumn": diagnostic.end_column,
        "title": diagnostic.code,
    }
    properties = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in position.items() if value)
    text = f"{diagnostic.message} {diagnostic.suggestion}".strip()
    return f"::{diagnostic.severity} {properties}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def as_sarif(found: Sequence[Diagnostic], version: str) -> str:
    """A SARIF 2.1.0 log. version: of mpgraph."""
    rules = [{"id": code} for code in dict.fromkeys(diagnostic.code for diagnostic in found)]
    driver = {"name": "mpgraph check", "version": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": list(map(_result, found)),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(diagnostic: Diagnostic) -> dict[str, Any]:
    text = f"{diagnostic.message} {diagnostic.suggestion}".strip()
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "level": diagnostic.severity,
        "message": {"text": text},
        "locations": [_location(diagnostic)],
    }
    if diagnostic.used_at:
        result["relatedLocations"] = [_location(use) for use in diagnostic.used_at]
    return result


def _location(target: Any) -> dict[str, Any]:
    """The location of a diagnostic or of a use, as SARIF writes it."""
    path = Path(target.file)
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": path.as_uri() if path.is_absolute() else path.as_posix()}
    }
    if target.line:
        physical["region"] = {"startLine": target.line, "startColumn": target.column}
        if getattr(target, "end_line", 0):
            physical["region"] |= {"endLine": target.end_line, "endColumn": target.end_column}
    return {"physicalLocation": physical}
