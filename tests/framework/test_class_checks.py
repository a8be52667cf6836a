"""Errors in a calculator's class: at their line, and with what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import mpgraph as mp
from mpgraph.errors import MpgraphError
from mpgraph.framework.class_checks import HANDLER_NAMES
from mpgraph.runtime.handlers.base import handler_class

Complaint = Callable[[str], MpgraphError]


def in_class(body: str, *, above: str = "", register: bool = False) -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{above}\n{'@mp.register' if register else ''}\nclass MyCalculator(mp.Calculator):\n{lines}"


ERRORS = {
    "tag in lower case": (
        in_class('image = mp.Input("image", int)  # <-'),
        'mp.Input("image", ...): "image" is not a valid tag: A to Z, 0 to 9 and _ only, no digit first. '
        'Write "IMAGE".',
    ),
    "tag with a colon": (
        in_class('image = mp.Input("IMAGE:1", int)  # <-'),
        '"IMAGE:1" is not a valid tag',
    ),
    "type instead of the tag": (
        in_class("image = mp.Output(mp.ImageFrame)  # <-"),
        'The tag, a string, comes first. Write mp.Output("IMAGE", mp.ImageFrame).',
    ),
    "type that is none": (
        in_class('image = mp.Input("IMAGE", "ImageFrame")  # <-'),
        "'ImageFrame' is not a payload type. Give a class, such as mp.ImageFrame, or mp.AnyType.",
    ),
    "type with parameters": (
        in_class('table = mp.Input("TABLE", dict[str, int])  # <-'),
        "dict[str, int] is not a payload type: write dict, for what is in it is not checked",
    ),
    "index of a repeated port": (
        in_class('image = mp.Input("IMAGE", int, index=1, repeated=True)  # <-'),
        "A repeated port covers all indexes, so it has no index. Leave out index.",
    ),
    "negative index": (
        in_class('image = mp.Input("IMAGE", int, index=-1)  # <-'),
        "index must be 0 or more, not -1.",
    ),
    "same_as by name": (
        in_class('a = mp.Input("A")\nb = mp.Output("B", same_as="a")  # <-'),
        "same_as must be a port, not 'a'. Name an input declared above.",
    ),
    "port declared twice": (
        in_class('a = mp.Input("A", int)\nx = 1\nb = mp.Input("A", int)  # <-'),
        'both input streams with the tag "A" and index 0. Give one of them another tag, or index=1.',
    ),
    "untagged ports": (
        in_class("a = mp.Output()\nb = mp.Output()  # <-"),
        "are both output streams with no tag and index 0.",
    ),
    "repeated beside a single one": (
        in_class('all_ = mp.Input("A", int, repeated=True)\nlast = mp.Input("A", int, index=3)  # <-'),
        "and one of them is repeated, which takes every index. Give one of them another tag.",
    ),
    "gap between indexes": (
        in_class('a = mp.Input("A", int)\nc = mp.Input("A", int, index=2)  # <-'),
        '"c" has index 2 of the tag "A", but no input stream has index 1. Number the indexes',
    ),
    "inherited port": (
        in_class(
            'b = mp.Input("A", int)  # <-', above="class Base(mp.Calculator):\n    a = mp.Input('A', int)"
        ).replace("MyCalculator(mp.Calculator)", "MyCalculator(Base)"),
        'both input streams with the tag "A"',
    ),
    "port with an attribute's name": (
        in_class('max_in_flight = mp.SideInput("MAX_IN_FLIGHT", int)  # <-'),
        "is an int of at least 1 in every calculator, so it cannot be a port. Rename the port",
    ),
    "offset as text": (
        in_class('timestamp_offset = "0"  # <-'),
        "MyCalculator.timestamp_offset: must be an int (microseconds) or None, not '0'.",
    ),
    "offset as bool": (
        in_class("timestamp_offset = True  # <-"),
        "must be an int (microseconds) or None, not True.",
    ),
    "bounds as number": (
        in_class("process_timestamp_bounds = 1  # <-"),
        "must be True or False, not 1.",
    ),
    "nothing in flight": (
        in_class("max_in_flight = 0  # <-"),
        "must be an int of at least 1, not 0.",
    ),
    "handler class": (
        in_class("input_stream_handler = int  # <-"),
        "must be a handler's name or None, not <class 'int'>.",
    ),
    "unknown handler": (
        in_class('input_stream_handler = "ImediateInputStreamHandler"  # <-', register=True),
        '"ImediateInputStreamHandler" is not an input stream handler. '
        'Did you mean "ImmediateInputStreamHandler"?',
    ),
    "attribute without underscores": (
        in_class("timestampoffset = 0  # <-"),
        'MyCalculator.timestampoffset: is not a name that mpgraph uses. Did you mean "timestamp_offset"?',
    ),
    "attribute with a wrong letter": (
        in_class("proces_timestamp_bounds = True  # <-"),
        'Did you mean "process_timestamp_bounds"?',
    ),
    "attribute in capitals": (
        in_class("Blocking = True  # <-"),
        'Did you mean "blocking"?',
    ),
    "options in lower case": (
        in_class("@dataclass\nclass options:  # <-\n    level: float = 0"),
        'Did you mean "Options"?',
    ),
    "method in capitals": (
        in_class("def Process(self, cc): ...  # <-"),
        'MyCalculator.Process: is not a name that mpgraph uses. Did you mean "process"?',
    ),
    **{
        f"misspelt method {name}": (in_class(f"def {name}(self, cc): ...  # <-"), 'Did you mean "process"?')
        for name in ("proces", "proccess", "procces", "porcess", "processs", "Proces", "on_process")
    },
    "method of MediaPipe's name": (
        in_class("def GetContract(self, cc): ...  # <-"),
        'Did you mean "get_contract"?',
    ),
    "contract of an object": (
        in_class("def get_contract(self, contract): ...  # <-"),
        "MyCalculator.get_contract: must be a class method. Put @classmethod above it.",
    ),
    "process without the context": (
        in_class("def process(self): ...  # <-"),
        "MyCalculator.process: takes 1 argument. Write def process(self, cc).",
    ),
    "open with too much": (
        in_class("def open(self, cc, options): ...  # <-"),
        "MyCalculator.open: takes 3 arguments. Write def open(self, cc).",
    ),
    "process that yields": (
        in_class("def process(self, cc):  # <-\n    yield 1"),
        "MyCalculator.process: is a generator, which does nothing when called. Use cc.emit() for each",
    ),
    "process that awaits and yields": (
        in_class("async def process(self, cc):  # <-\n    yield 1"),
        "MyCalculator.process: is a generator, which does nothing when called. Use cc.emit() for each",
    ),
    "options without dataclass": (
        in_class("class Options:  # <-\n    level: float = 0.5"),
        "MyCalculator.Options: is not a dataclass. Put @dataclass above it.",
    ),
    "options that are a dict": (
        in_class('Options = {"level": 0.5}  # <-'),
        "must be a dataclass or a ProtoOptions, not {'level': 0.5}.",
    ),
    "option of a wrong type": (
        in_class(
            "@dataclass\nclass Options:\n    level: float = 0\n    t: dict[str, int] = None  # <-",
            register=True,
        ),
        "MyCalculator.Options.t: options cannot have a field of type dict[str, int].",
    ),
    "option beyond ASCII": (
        in_class("@dataclass\nclass Options:\n    größe: int = 1  # <-", register=True),
        "MyCalculator.Options.größe: the name of an option takes letters from A to Z, digits and _ only.",
    ),
    "default out of range": (
        in_class("@dataclass\nclass Options:\n    x: Annotated[int, mp.Range(1)] = 0  # <-", register=True),
        "MyCalculator.Options.x: the default is not allowed: it takes a number at least 1, found 0.",
    ),
    "range without numbers": (
        in_class("@dataclass\nclass Options:\n    x: Annotated[str, mp.Range(1)] = ''  # <-", register=True),
        "MyCalculator.Options.x: a Range is for int and float, not for str.",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_error_in_a_class(name: str, complaint_about: Complaint) -> None:
    code, expected = ERRORS[name]
    assert expected in complaint_about(code).message


@pytest.mark.parametrize(
    "name",
    ["preprocess", "reprocess", "process_one", "postprocess", "process_frame", "processor", "progress"],
)
def test_common_helper_names_are_allowed_without_process(name: str) -> None:
    """A class may inherit from one that has `process`, or be a base of such a class."""
    type("Base", (mp.Calculator,), {name: lambda self, cc: None})


def test_hooks_of_an_inherited_process_are_allowed() -> None:
    class Base(mp.Calculator):
        def process(self, cc: mp.CalculatorContext) -> None: ...

    class Derived(Base):
        def on_process(self) -> None: ...

    assert Derived.process is Base.process


def test_names_similar_to_known_names_are_allowed() -> None:
    class Fine(mp.Calculator):
        """The author's own names, similar to those of mpgraph."""

        image = mp.Input("IMAGE", int)
        same_tag_out = mp.Output("IMAGE", int)
        second = mp.Input("IMAGE", int, index=1)
        offset = 3
        process_count = 0
        is_open = False
        closed = False

        def processed(self) -> int:
            return self.process_count

        def process(self, cc: mp.CalculatorContext, *extras: int) -> None: ...

        def close(self, cc: mp.CalculatorContext, quietly: bool = True) -> None: ...

    class Overriding(Fine):
        image = mp.Input("IMAGE", str)

    assert [port.type for port in Overriding.ports] == [str, int, int]
    assert Overriding.defined_at.file == __file__


def test_known_handlers_exist() -> None:
    assert all(handler_class(name) for name in HANDLER_NAMES)
