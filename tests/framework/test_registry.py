"""Registered names: which are free, and the errors for names that are taken."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import AlreadyExistsError, InvalidArgumentError, MpgraphError, NotFoundError
from mpgraph.framework.registry import CALCULATORS, Registry, unregistered_class

TWO_CLASSES = """
@mp.register("RegDouble")
class First(mp.Calculator): ...

@mp.register("RegDouble")
class Second(mp.Calculator): ...  # <-
"""

CLASS_AND_FUNCTION = """
@mp.register
class RegBothCalculator(mp.Calculator): ...

@mp.calculator  # <-
def reg_both(x: int) -> int: ...
"""


def test_two_classes_of_the_same_name(complaint_about: Callable[[str], MpgraphError], tmp_path: Path) -> None:
    error = complaint_about(TWO_CLASSES)
    assert isinstance(error, AlreadyExistsError)
    file = tmp_path / "authors_module.py"
    assert f'Calculator "RegDouble" is already registered by authors_module.First ({file}:9:1); ' in str(
        error
    )
    assert f"authors_module.Second ({file}:12:1) needs another name." in str(error)
    assert 'Rename it, or put it into a package of names: @mp.register("my_package.RegDouble").' in error.hint


def test_class_and_function_of_the_same_name(complaint_about: Callable[[str], MpgraphError]) -> None:
    message = complaint_about(CLASS_AND_FUNCTION).message
    assert (
        'Calculator "RegBothCalculator" is already registered by authors_module.RegBothCalculator' in message
    )
    assert "authors_module.reg_both" in message


COPIED = """
@mp.register
class RegCopied(mp.Calculator):
    first = mp.Output("OUT", int)

@mp.register
class RegCopied(mp.Calculator):  # <-
    second = mp.Output("OUT", int)
"""

COPIED_FUNCTION = """
@mp.calculator
def reg_copied(x: int) -> int: ...

@mp.calculator  # <-
def reg_copied(x: int, y: int) -> int: ...
"""


@pytest.mark.parametrize(("code", "lines"), [(COPIED, (9, 13)), (COPIED_FUNCTION, (8, 11))])
def test_copied_class_without_a_new_name_is_refused(
    code: str, lines: tuple[int, int], complaint_about: Callable[[str], MpgraphError]
) -> None:
    message = complaint_about(code).message
    assert "is already registered by authors_module." in message
    assert all(f"authors_module.py:{line}:1)" in message for line in lines)


def test_reloaded_module_replaces_its_classes(tmp_path: Path, forgotten_modules: None) -> None:
    file = tmp_path / "reg_reloaded.py"
    text = "import mpgraph as mp\n@mp.register\nclass RegReloaded(mp.Calculator): ...\n"
    file.write_text(text)
    sys.path.insert(0, str(tmp_path))
    module = importlib.import_module("reg_reloaded")
    first = module.RegReloaded
    importlib.reload(module)
    assert CALCULATORS.find("RegReloaded") is module.RegReloaded is not first
    code = compile(text, str(file), "exec")
    for _ in range(2):  # As programs do that run a script again and again.
        exec(code, {"__name__": "reg_reloaded"})


def test_names_of_built_in_calculators_are_taken(complaint_about: Callable[[str], MpgraphError]) -> None:
    error = complaint_about("@mp.register\nclass PassThroughCalculator(mp.Calculator): ...  # <-")
    assert 'Calculator "PassThroughCalculator" is ' in error.message
    assert "mpgraph.calculators.core.pass_through" in error.message


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("@mp.register\nclass C:  # a port\n    a = 1", "register needs a Calculator or Subgraph class"),
        ("@mp.register\ndef f(x: int) -> int: ...", "Use @mp.calculator for a function."),
        ("@mp.register('My Calculator')\nclass C(mp.Calculator): ...", '"My Calculator" cannot be the name'),
    ],
)
def test_invalid_registration_is_refused(
    code: str, expected: str, tmp_path: Path, forgotten_modules: None
) -> None:
    file = tmp_path / "authors_module.py"
    file.write_text(f"import mpgraph as mp\n{code}\n")
    sys.path.insert(0, str(tmp_path))
    with pytest.raises(InvalidArgumentError, match=expected) as raised:
        importlib.import_module(file.stem)
    assert raised.value.location is not None
    assert raised.value.location.file == str(file) and raised.value.location.line in (2, 3)


def test_redefined_class_replaces_the_old_one() -> None:
    def define() -> Any:
        @mp.register
        class RegAgain(mp.Calculator): ...

        return RegAgain

    define()
    again = define()
    assert CALCULATORS.find("RegAgain") is again


def test_last_definition_wins_in_an_interactive_session(monkeypatch: pytest.MonkeyPatch) -> None:
    names: Registry[type] = Registry("Calculator")
    old, new = (type(name, (), {"__module__": "__main__"}) for name in ("Old", "New"))
    names.add("Name", old)
    with pytest.raises(AlreadyExistsError):
        names.add("Name", new)
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    names.add("Name", new)
    assert names.find("Name", in_plugins=False) is new


def test_file_imported_under_two_names(tmp_path: Path, forgotten_modules: None) -> None:
    (tmp_path / "package").mkdir()
    for file in (tmp_path / "reg_twice.py", tmp_path / "package" / "__init__.py"):
        file.write_text("")
    source = tmp_path / "package" / "reg_twice.py"
    source.write_text("import mpgraph as mp\n@mp.register\nclass RegTwice(mp.Calculator): ...\n")
    sys.path[:0] = [str(tmp_path), str(tmp_path / "package")]
    (tmp_path / "reg_twice.py").unlink()
    importlib.import_module("reg_twice")
    module = importlib.import_module("package.reg_twice")
    assert CALCULATORS.find("RegTwice") is module.RegTwice


def test_unregistered_class_is_suggested() -> None:
    class RegForgotten(mp.Calculator):
        out = mp.Output("OUT", int)

    assert unregistered_class("RegForgotten") is RegForgotten
    assert unregistered_class("RegMissing") is None
    with pytest.raises(NotFoundError) as raised:
        validate('node { calculator: "RegForgotten" output_stream: "OUT:out" }')
    assert f"Put @mp.register above its class ({RegForgotten.defined_at})" in str(raised.value)


def test_names_are_searched_from_the_inner_package_outward() -> None:
    @mp.register("reg.inner.Named")
    class Inner(mp.Calculator): ...

    @mp.register("reg.Named")
    class Outer(mp.Calculator): ...

    assert CALCULATORS.find("Named", "reg.inner") is Inner
    assert CALCULATORS.find("Named", "reg.other") is Outer
    assert CALCULATORS.find("inner.Named", "reg") is Inner
    assert CALCULATORS.find("Named") is None
