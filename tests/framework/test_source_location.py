"""Locations of definitions in Python files."""

from __future__ import annotations

import importlib
import linecache
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mpgraph.errors import Location
from mpgraph.framework import source_location

TEXT = '''"""A module."""

import functools

class Other:
    class Options:
        level = 1

class Mine:
    """Documented."""

    name = "x"
    typed: int = 3

    class Options:
        level: float = 0.5

    @staticmethod
    def process(): ...

@functools.cache
def function(
    first,
    second,
    /,
    *rest,
    option=None,
    **others,
) -> int: ...
'''


@pytest.fixture
def module(tmp_path: Path, forgotten_modules: None) -> Iterator[Any]:
    (tmp_path / "places_module.py").write_text(TEXT)
    sys.path.insert(0, str(tmp_path))
    yield importlib.import_module("places_module")
    linecache.clearcache()


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ("name", 12, 5),
        ("typed", 13, 5),
        ("Options", 15, 5),
        ("Options.level", 16, 9),
        ("Options.missing", 15, 5),
        ("process", 19, 5),
        ("missing", 9, 1),
        ("", 9, 1),
    ],
)
def test_location_of_an_attribute(module: Any, path: str, line: int, column: int) -> None:
    near = Location(module.__file__, 9, 1)
    assert source_location.of_attribute(near, "Mine", path) == Location(module.__file__, line, column)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("first", 23),
        ("second", 24),
        ("rest", 26),
        ("option", 27),
        ("others", 28),
        ("return", 29),
        ("", 22),
        ("missing", 22),
    ],
)
def test_location_of_a_parameter(module: Any, name: str, line: int) -> None:
    assert source_location.of_parameter(module.function.__wrapped__.__code__, name).line == line


def test_location_of_a_decorator(module: Any) -> None:
    near = Location(module.__file__, 22, 1)
    assert source_location.of_decorator(near, "function") == Location(module.__file__, 21, 1)
    assert source_location.of_decorator(near, "Mine") == near
    assert source_location.of_decorator(near, "Missing") == near


def test_missing_source_falls_back_on_the_code_object() -> None:
    namespace: dict[str, Any] = {}
    exec(compile("def f(a): ...", "<nowhere>", "exec"), namespace)
    assert source_location.of_parameter(namespace["f"].__code__, "a") == Location("<nowhere>", 1, 1)
    near = Location("<nowhere>", 7, 1)
    assert source_location.of_attribute(near, "Mine", "name") == near


def test_file_that_no_longer_parses_falls_back(module: Any) -> None:
    Path(module.__file__).write_text("class Mine(:  # An error, saved while the old text runs.\n" * 20)
    near = Location(module.__file__, 9, 1)
    assert source_location.of_attribute(near, "Mine", "name") == near


def test_caller_outside_of_constructors() -> None:
    class Base:
        def __init__(self) -> None:
            self.location = source_location.of_caller(sys._getframe(1))

    class Derived(Base):
        def __init__(self) -> None:
            super().__init__()

    here = sys._getframe().f_lineno + 1
    assert Derived().location == Location(__file__, here, 1)
