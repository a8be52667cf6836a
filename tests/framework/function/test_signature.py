"""Errors in functions that cannot be calculators: at the parameter, and with what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.errors import InvalidArgumentError, MpgraphError
from mpgraph.framework.function.signature import read_signature

ERRORS = {
    "no type": (
        "@mp.calculator\ndef f(\n    image,  # <-\n) -> int: ...",
        'Function "f" cannot be a calculator: parameter "image" has no type. Add the type of its payloads: '
        '"image: mp.ImageFrame"',
    ),
    "no return type": (
        "@mp.calculator\ndef f(x: int):  # <-\n    return x",
        "its return value has no type. Add -> mp.ImageFrame, for example, or -> None for no output.",
    ),
    "star": (
        "@mp.calculator\ndef f(\n    *images: int  # <-\n) -> int: ...",
        "is *images, but a calculator's inputs are fixed. Name each of them.",
    ),
    "two stars": (
        "@mp.calculator\ndef f(x: int,\n  **options: int  # <-\n) -> int: ...",
        "is **options, but a calculator's inputs are fixed.",
    ),
    "method": (
        "class C:\n    @mp.calculator\n    def f(self, x: int) -> int: ...  # <-",
        'parameter "self" makes it a method. Write a function outside of classes.',
    ),
    "unknown name": (
        "@mp.calculator\ndef f(\n    image: ImageFrame,  # <-\n) -> int: ...",
        "has a type that cannot be evaluated: name 'ImageFrame' is not defined. Import it",
    ),
    "unreadable type": (
        "@mp.calculator\ndef f(x: mp.Imagee) -> int: ...  # <-",
        "has a type that cannot be read: module 'mpgraph' has no attribute 'Imagee'",
    ),
    "function as a type": (
        "@mp.calculator\ndef f(x: Callable[[int], int]) -> int: ...  # <-",
        "has the type collections.abc.Callable[[int], int], which payloads cannot have. Use a class",
    ),
    "port as a type": (
        "@mp.calculator\ndef f(x: int, level: mp.SideInput[float]) -> int: ...  # <-",
        "is annotated as a port, mpgraph.framework.ports.SideInput[float]. Use SidePacket: the value's type.",
    ),
    "default of a stream": (
        "@mp.calculator\ndef f(\n    x: int,\n    level: float = 0.5,  # <-\n) -> int: ...",
        "is an input stream, as it precedes the *, but has the default 0.5. Put it after a * to make it "
        'an option, or write "level: ... | None = None"',
    ),
    "none without saying so": (
        "@mp.calculator\ndef f(\n    x: int,\n    level: float = None,  # <-\n) -> int: ...",
        'has the default None, which its type does not allow. Add "| None" to the type.',
    ),
    "side packet that may be none": (
        "@mp.calculator\ndef f(x: int, level: mp.SidePacket[float] | None) -> int: ...  # <-",
        "may be None but has no default. Add = None: the graph may then leave it out.",
    ),
    "option of a wrong type": (
        "@mp.calculator\ndef f(x: int, *, image: mp.ImageFrame) -> int: ...  # <-",
        "is keyword-only, which makes it an option, but it cannot be one: options cannot have a field of",
    ),
    "option beyond ASCII": (
        "@mp.calculator\ndef f(x: int, *, größe: int = 1) -> int: ...  # <-",
        "it cannot be one: the name of an option takes letters from A to Z, digits and _ only.",
    ),
    "default out of range": (
        "@mp.calculator\ndef f(x: int, *,\n level: Annotated[float, mp.Range(0, 1)] = 2  # <-\n) -> int: ...",
        "has a default that is not allowed: it takes a number from 0 to 1, found 2.",
    ),
    "default that is no choice": (
        '@mp.calculator\ndef f(x: int, *, mode: Literal["fast", "exact"] = "fats") -> int: ...  # <-',
        'it takes one of fast, exact, found fats. Did you mean "fast"?',
    ),
    "two outputs without names": (
        "@mp.calculator\ndef f(\n    x: int\n) -> tuple[int, str]: ...  # <-",
        "its return value is tuple[int, str]: outputs without names. Return a NamedTuple",
    ),
    "tag of a named tuple": (
        "class P(NamedTuple):\n  a: int\n@mp.calculator(output='X')\ndef f(x: int) -> P: ...  # <-",
        'is a NamedTuple, whose fields are the tags. Leave out output="X".',
    ),
    "tag of nothing": (
        "@mp.calculator(output='X')\ndef f(x: int) -> None: ...  # <-",
        "is None: there is no output.",
    ),
    "tag in lower case": (
        "@mp.calculator(output='mask')\ndef f(x: int) -> int: ...  # <-",
        'has the tag "mask". Tags are A to Z, 0 to 9 and _.',
    ),
    "name beyond ASCII": (
        "@mp.calculator\ndef f(größe: int) -> int: ...  # <-",
        'would have the tag "GRÖSSE". Tags are A to Z, 0 to 9 and _: rename it.',
    ),
    "source that returns": (
        "@mp.calculator\ndef f(*, n: int = 1) -> int: ...  # <-",
        "has no input stream, so it is a source, which sends a packet per call until it ends. Yield",
    ),
    "nothing at all": (
        "@mp.calculator\ndef f() -> None: ...  # <-",
        "has neither an input stream nor an output.",
    ),
    "generator without an iterator type": (
        "@mp.calculator\ndef f(*, n: int = 1) -> int:  # <-\n    yield 1",
        "its return value is int, but the function yields. Write -> Iterator[...].",
    ),
    "several values at one time": (
        "@mp.calculator\ndef f(x: int) -> Iterator[int]:  # <-\n    yield x",
        "several values for one time, but a stream carries one packet at a time. Return a list, or yield "
        "(timestamp, value) pairs",
    ),
    "side packets beside streams": (
        "@mp.calculator\ndef f(x: int) -> mp.SidePacket[int]: ...  # <-",
        "has side packets, which are set once, together with streams.",
    ),
    "asynchronous generator with streams": (
        "@mp.calculator\nasync def f(x: int) -> AsyncIterator[int]:  # <-\n    yield 1",
        "it is an asynchronous generator, which is a source, but it takes streams. Return the value",
    ),
    "asynchronous generator without its type": (
        "@mp.calculator\nasync def f() -> Iterator[int]:  # <-\n    yield 1",
        "but the function is async and yields. Write -> AsyncIterator[...].",
    ),
    "asynchronous source that does not yield": (
        "@mp.calculator\nasync def f() -> Iterator[int]: ...  # <-",
        "it is a source that awaits, but does not yield. Yield the values.",
    ),
    "two contexts": (
        "@mp.calculator\ndef f(x: int, a: mp.CalculatorContext, b: mp.CalculatorContext) -> int: ...  # <-",
        'parameter "b" is a second CalculatorContext.',
    ),
    "a class": (
        "class C: ...\nmp.calculator(C)  # <-",
        "calculator decorates a function made with def, not <class 'authors_module.C'>. Register a class "
        "with @mp.register.",
    ),
    "tags that meet": (
        "@mp.calculator  # <-\ndef f(image: int, Image: int) -> int: ...",
        'Calculator "FCalculator": "Image" and "image"',
    ),
    "unknown attribute": (
        "@mp.calculator(maxinflight=3)  # <-\ndef f(x: int) -> int: ...",
        'Calculators have no attribute "maxinflight". Did you mean "max_in_flight"?',
    ),
    "attribute of a wrong type": (
        "@mp.calculator(blocking='yes')  # <-\ndef f(x: int) -> int: ...",
        "FCalculator.blocking: must be True or False, not 'yes'.",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_with_location_and_hint(name: str, complaint_about: Callable[[str], MpgraphError]) -> None:
    code, expected = ERRORS[name]
    assert expected in complaint_about(code).message


def test_signature_of_a_function() -> None:
    def f(
        cc: mp.CalculatorContext,
        a: int,
        b: str | None,
        side: mp.SidePacket[float] | None = None,
        *,
        n: int,
        other: mp.SidePacket[bytes] = b"",
    ) -> int | None: ...

    found = read_signature(f, {}, "OUT")
    assert found.slots == 4 and found.context == 0
    assert [(one.slot, one.needed, one.port.tag) for one in found.streams] == [
        (1, True, "A"),
        (2, False, "B"),
    ]
    assert [(one.key, one.default, one.port.optional) for one in found.sides] == [
        (3, None, True),
        ("other", b"", True),
    ]
    assert list(found.options) == ["n"]
    assert [port.tag for port in found.ports] == ["A", "B", "SIDE", "OTHER", "OUT"]


@pytest.mark.parametrize("thing", [len, print, int, object(), "f", lambda x: x])
def test_only_functions_with_a_signature_are_accepted(thing: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="calculator"):
        read_signature(thing, {})
