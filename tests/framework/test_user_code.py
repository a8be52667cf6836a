"""Imports of user modules, and locations in them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import mpgraph as mp
from mpgraph.errors import Location, MpgraphError
from mpgraph.framework.user_code import caller_location, error_location, import_user_module, is_user_code

pytestmark = pytest.mark.usefixtures("forgotten_modules")


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("broken_syntax", "import os\ndef f(:\n", 2, "SyntaxError"),
        ("broken_import", "\n\nimport nothing_of_the_kind\n", 3, "No module named 'nothing_of_the_kind'"),
        ("broken_value", "import json\njson.loads('{')\n", 2, "JSONDecodeError"),
        ("broken_exit", "import sys\n\nsys.exit(3)\n", 3, "SystemExit: 3"),
        ("broken_empty", "raise RuntimeError\n", 1, "RuntimeError"),
        (
            "broken_register",
            "import mpgraph as mp\n\n@mp.register\nclass NotOne:\n    pass\n",
            3,
            "register needs a Calculator",
        ),
    ],
)
def test_failed_import_is_located_in_the_users_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, line: int, message: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / f"{name}.py").write_text(text, "utf-8")
    with pytest.raises(MpgraphError, match=message) as caught:
        import_user_module(name)
    assert f'the module "{name}" cannot be imported' in str(caught.value)
    location = caught.value.location
    assert location is not None
    assert Path(location.file) == tmp_path / f"{name}.py"
    assert location.line == line


def test_file_in_the_working_directory_is_shown_by_its_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    Path("short_name.py").write_text("1 / 0", "utf-8")
    with pytest.raises(MpgraphError) as caught:
        import_user_module("short_name")
    assert caught.value.location is not None and caught.value.location.file == "short_name.py"


def test_missing_module_is_a_module_not_found_error() -> None:
    with pytest.raises(ModuleNotFoundError):
        import_user_module("nothing_of_the_kind")


def test_error_without_traceback_has_only_the_location_it_carries() -> None:
    assert error_location(ValueError("x")) is None
    location = Location("g.pbtxt", 3, 4)
    assert error_location(MpgraphError("x", location=location)) is location


def test_caller_is_the_innermost_call_outside_of_mpgraph() -> None:
    line = sys._getframe().f_lineno + 1
    found = [caller_location(), mp.GraphBuilder()._location]
    assert [(location.file, location.line) for location in found] == [(__file__, line)] * 2
    if sys.version_info >= (3, 11):
        assert [location.column for location in found] == [14, 33]


def test_user_code_is_neither_mpgraphs_nor_generated() -> None:
    assert is_user_code(__file__)
    assert is_user_code(pytest.__file__)
    assert not is_user_code(mp.__file__)
    assert not is_user_code("<string>")
