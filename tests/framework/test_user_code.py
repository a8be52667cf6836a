from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mpgraph.errors import Location, MpgraphError
from mpgraph.framework.user_code import import_author_module, place_in_author_code

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
def test_the_place_is_the_authors_own_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, line: int, message: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / f"{name}.py").write_text(text, "utf-8")
    with pytest.raises(MpgraphError, match=message) as caught:
        import_author_module(name)
    assert f'the module "{name}" cannot be imported' in str(caught.value)
    place = caught.value.location
    assert place is not None
    assert Path(place.file) == tmp_path / f"{name}.py"
    # A failing decorator is shown in its own line since Python 3.11, in that of the class before.
    assert place.line == line + ("@" in text and sys.version_info < (3, 11))


def test_a_file_in_the_working_directory_is_shown_by_its_short_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    Path("short_name.py").write_text("1 / 0", "utf-8")
    with pytest.raises(MpgraphError) as caught:
        import_author_module("short_name")
    assert caught.value.location is not None and caught.value.location.file == "short_name.py"


def test_a_module_that_does_not_exist_is_not_blamed_on_anyone() -> None:
    with pytest.raises(ModuleNotFoundError):
        import_author_module("nothing_of_the_kind")


def test_an_error_without_traceback_has_no_place_but_its_own() -> None:
    assert place_in_author_code(ValueError("x")) is None
    place = Location("g.pbtxt", 3, 4)
    assert place_in_author_code(MpgraphError("x", location=place)) is place
