"""Calculators in mypy's strict mode: exact types, and errors found before any run.

A line of a snippet ends with what mypy must report: `# is T` for a revealed type, `# error: code`
for an error. Every other line must pass. All snippets are checked in one run.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from mypy import api

HEAD = """
from __future__ import annotations
import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple
import mpgraph as mp
"""

SNIPPETS = {
    "reading": """
class C(mp.Calculator):
    image = mp.Input("IMAGE", mp.ImageFrame)
    count = mp.Input("COUNT", int, optional=True)
    scores = mp.Input("SCORES", list[float])
    items = mp.Input("ITEM", str, repeated=True)
    anything = mp.Input("ANY", mp.AnyType)
    untyped = mp.Input()
    either = mp.Input("EITHER", (int, str))
    level = mp.SideInput("LEVEL", float, optional=True)

    def process(self, cc: mp.CalculatorContext) -> None:
        reveal_type(cc[self.image])  # is ImageFrame
        reveal_type(cc[self.count])  # is int
        reveal_type(cc[self.scores])  # is list[float]
        reveal_type(cc[self.anything])  # is Any
        reveal_type(cc[self.untyped])  # is Any
        reveal_type(cc[self.either])  # is Any
        reveal_type(cc[self.level])  # is float
        reveal_type(cc.get(self.image))  # is ImageFrame | None
        reveal_type(cc.get(self.level))  # is float | None
        reveal_type(cc.get(self.level, 0.5))  # is float
        reveal_type(cc.get(self.count, 3))  # is int
        reveal_type(cc.get(self.count, None))  # is int | None
        reveal_type(cc.get(self.count, "none"))  # is int | str
        reveal_type(cc.get(self.anything))  # is Any | None
        reveal_type(cc.values(self.items))  # is list[str | None]
        reveal_type(cc.all(self.items))  # is list[Packet]
        reveal_type(cc.packet(self.image))  # is Packet
        reveal_type(cc.has(self.count))  # is bool
        reveal_type(cc.timestamp)  # is Timestamp
        cc[self.count].upper()  # error: attr-defined
        cc.get(self.count) + 1  # error: operator
        cc["IMAGE"]  # error: index
        cc[self.missing]  # error: attr-defined
""",
    "writing": """
class C(mp.Calculator):
    image = mp.Input("IMAGE", mp.ImageFrame)
    mask = mp.Output("MASK", mp.ImageFrame)
    number = mp.Output("NUMBER", float)
    names = mp.Output("NAMES", list[str])
    anything = mp.Output("ANY")
    total = mp.SideOutput("TOTAL", int)

    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.mask, cc[self.image])
        cc.emit(self.number, 1.5)
        cc.emit(self.number, 1, 7)
        cc.emit(self.number, 1.5, mp.Timestamp(7))
        cc.emit(self.names, ["a"])
        cc.emit(self.anything, object())
        cc.emit(self.total, 3)
        cc.forward(self.mask, cc.packet(self.image))
        cc.emit(self.mask, "wrong")  # error: misc
        cc.emit(self.number, "wrong")  # error: misc
        cc.emit(self.names, [1])  # error: misc
        cc.emit(self.total, 1.5)  # error: misc
        cc.emit(self.image, cc[self.image])  # error: arg-type
        cc[self.mask]  # error: index
        cc.emit(self.number, 1.5, "now")  # error: arg-type
""",
    "message_options": """
from mpgraph.protos import calculator_pb2, gate_calculator_pb2
class C(mp.Calculator):
    Options = mp.ProtoOptions(gate_calculator_pb2.GateCalculatorOptions)

    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        reveal_type(options.allow)  # is bool
        reveal_type(options.initial_gate_state)  # is int
        options.alow  # error: attr-defined
        options.allow = "yes"  # error: assignment
config = calculator_pb2.CalculatorGraphConfig(node=[{"calculator": "GateCalculator"}])
reveal_type(config.node[0].input_stream[0])  # is str
extension = gate_calculator_pb2.GateCalculatorOptions.ext
reveal_type(config.node[0].options.Extensions[extension].allow)  # is bool
calculator_pb2.CalculatorGraphConfig(nodes=[])  # error: call-arg
""",
    "solutions": """
import numpy as np
from mpgraph.protos.detection_pb2 import Detection
from mpgraph.protos.landmark_pb2 import NormalizedLandmarkList
frame = np.zeros((48, 64, 3), np.uint8)
with mp.solutions.hands.Hands(static_image_mode=True) as hands:
    reveal_type(hands)  # is Hands
    reveal_type(hands.process(frame).multi_hand_landmarks)  # is list[NormalizedLandmarkList] | None
with mp.solutions.face_detection.FaceDetection() as faces:
    reveal_type(faces.process(frame).detections)  # is list[Detection] | None
with mp.solutions.selfie_segmentation.SelfieSegmentation(model_selection=1) as selfie:
    selfie.process(frame).segmentation_mask.mean()
    selfie.process(frame).mask  # error: attr-defined
reveal_type(NormalizedLandmarkList().landmark[0].x)  # is float
reveal_type(Detection().location_data.relative_bounding_box.xmin)  # is float
mp.solutions.hand  # error: attr-defined

class C(mp.Calculator):
    found = mp.Input("DETECTIONS", list[Detection])
    out = mp.Output("", list[Detection])

    def process(self, cc: mp.CalculatorContext) -> None:
        reveal_type(cc[self.found])  # is list[Detection]
        reveal_type(cc[self.found][0].score[0])  # is float
        cc.emit(self.out, [Detection(label=["person"])])
        cc.emit(self.out, [NormalizedLandmarkList()])  # error: misc
""",
    "coroutines": """
from collections.abc import AsyncIterator, Coroutine

@mp.calculator
async def ask(question: str, /) -> str:
    return question

@mp.calculator
async def ticks() -> AsyncIterator[int]:
    yield 1

class C(mp.Calculator):
    question = mp.Input("", str)

    async def process(self, cc: mp.CalculatorContext) -> None:
        reveal_type(await ask(cc[self.question]))  # is str
""",
    "public_names": """
reveal_type(mp.errors.MpgraphError("x").statement)  # is str
mp.CalculatorGrap  # error: attr-defined
class Mine(mp.Executor): ...
Mine()  # error: abstract
""",
    "options": """
@dataclass
class Point:
    x: float = 0.0

class Mode(enum.Enum):
    FAST = "fast"
    EXACT = "exact"

class C(mp.Calculator):
    image = mp.Input("IMAGE", mp.ImageFrame)

    @dataclass
    class Options:
        level: Annotated[float, mp.Range(0, 1)] = 0.5
        size: Annotated[int, mp.Range(above=0)] | None = None
        kind: Literal["a", "b"] = "a"
        mode: Mode = Mode.FAST
        points: list[Point] = field(default_factory=list)

    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        reveal_type(options)  # is Options
        reveal_type(options.level)  # is float
        reveal_type(options.size)  # is int | None
        reveal_type(options.kind)  # is Literal['a'] | Literal['b']
        reveal_type(options.mode)  # is Mode
        reveal_type(options.points)  # is list[Point]
        options.levle  # error: attr-defined
        C.Options(level="high")  # error: arg-type
        mp.Range("a")  # error: arg-type
""",
    "functions": """
class Parts(NamedTuple):
    low: float | None
    high: float | None

@mp.calculator
def threshold(
    mask: mp.ImageFrame, weight: mp.ImageFrame | None = None, *, level: Annotated[float, mp.Range(0, 1)] = 0.5
) -> mp.ImageFrame:
    return mask

@mp.calculator("Named", output="OUT", blocking=True, max_in_flight=4, timestamp_offset=None)
def named(x: float, /, level: mp.SidePacket[float] = 0.5) -> Parts:
    reveal_type(level)  # is float
    return Parts(x, None)

@mp.calculator
def count(*, limit: int = 3) -> Iterator[tuple[mp.Timestamp, int]]:
    yield mp.Timestamp(0), limit

def use(frame: mp.ImageFrame) -> None:
    reveal_type(threshold(frame))  # is ImageFrame
    reveal_type(threshold(frame, None, level=0.3))  # is ImageFrame
    reveal_type(named(1.0).low)  # is float | None
    reveal_type(count(limit=2))  # is Iterator[tuple[Timestamp, int]]
    reveal_type(threshold.calculator)  # is type[Calculator]
    threshold(frame, level="high")  # error: arg-type
    threshold("frame")  # error: arg-type
    threshold(frame, lvl=0.3)  # error: call-arg
    threshold()  # error: call-arg

@mp.calculator(blocking=1)  # error: call-overload
def bad_attribute(x: float) -> float:
    return x

@mp.calculator(maxinflight=1)  # error: call-overload
def unknown_attribute(x: float) -> float:
    return x
""",
    "attributes": """
class C(mp.Calculator):
    timestamp_offset = "0"  # error: assignment
    blocking = 1  # error: assignment
    max_in_flight = None  # error: assignment
    input_stream_handler = 5  # error: assignment

@mp.register
class D(mp.Calculator):
    timestamp_offset = 0
    process_timestamp_bounds = True
    input_stream_handler = "ImmediateInputStreamHandler"
    blocking = True
    max_in_flight = 4

    def process(self, cc: mp.CalculatorContext) -> None: ...

reveal_type(D())  # is D

@mp.register("my_package.E")
class E(mp.Calculator):
    def process(self, cc: mp.CalculatorContext) -> int:
        return 1

reveal_type(E().process)  # is def (cc: CalculatorContext) -> int

@mp.register
class F: ...  # error: type-var
""",
    "building": """
@mp.register
class Blur(mp.Calculator):
    image = mp.Input("IMAGE", mp.ImageFrame)
    level = mp.SideInput("LEVEL", float, optional=True)
    blurred = mp.Output("IMAGE", mp.ImageFrame)

@mp.subgraph
def twice(graph: mp.GraphBuilder, *, amount: int = 1) -> None:
    graph.output("y", graph.node(Blur, graph.input("x", mp.ImageFrame), amount=amount))

@mp.register
class Chosen(mp.Subgraph):
    @dataclass
    class Options:
        size: int = 3

    @classmethod
    def build(cls, graph: mp.GraphBuilder, options: Options) -> None:
        twice(graph, amount=options.size)

def connect(graph: mp.GraphBuilder, images: mp.Stream[mp.ImageFrame]) -> None:
    numbers = graph.input("NUMBERS", int)
    blur = graph.node(Blur, IMAGE=images, radius=3)
    graph.node(twice)
    graph.node(Chosen, options=Chosen.Options(size=4))
    loop = graph.loop(mp.ImageFrame)
    reveal_type(numbers)  # is Stream[int]
    reveal_type(graph.input("ANY"))  # is Stream[Any]
    reveal_type(blur.output(Blur.blurred))  # is Stream[ImageFrame]
    reveal_type(blur.output("IMAGE"))  # is Stream[Any]
    reveal_type(graph.input("ANY").cast(int))  # is Stream[int]
    reveal_type(graph.constant(0.5))  # is SidePacketHandle[float]
    images >> blur.input(Blur.image)
    images >> blur >> loop
    graph.input("ANY") >> blur.input(Blur.image)
    graph.constant(0.5) >> blur.side_input(Blur.level)
    numbers >> blur.input(Blur.image)  # error: arg-type
    numbers >> loop  # error: operator
    numbers >> blur.side_input(Blur.level)  # error: operator
    blur.input(Blur.blurred)  # error: call-overload
    blur.output(Blur.image)  # error: call-overload
    twice(graph, amount="x")  # error: arg-type
""",
}

_EXPECTED = re.compile(r"# ((?:is|error:) .*)$")
_SAID = re.compile(r"(?P<file>\w+)\.py:(?P<line>\d+): (?P<kind>note|error): (?P<text>.*)$")
_QUALIFIER = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z_])")


def plain(revealed: str) -> str:
    """A revealed type without modules, enclosing classes and question marks."""
    inner = revealed.removeprefix('Revealed type is "').removesuffix('"')
    inner = re.sub(r"\w+\.(?:C\.)?Options\b", "Options", inner)
    return re.sub(r"Union\[(.*)\]$", lambda match: match[1].replace(", ", " | "), _QUALIFIER.sub("", inner))


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, list[str]]]:
    """Mypy's reports by snippet and line: revealed types as `is T`, errors as `error: code`."""
    folder = tmp_path_factory.mktemp("typing")
    for name, code in SNIPPETS.items():
        (folder / f"{name}_snippet.py").write_text(HEAD + code, encoding="utf-8")
    checkout = Path(__file__).resolve().parents[2]
    out, err, _ = api.run(
        [
            *("--strict", "--hide-error-context", "--no-error-summary", "--show-error-codes"),
            *("--config-file", str(checkout / "pyproject.toml")),
            *("--cache-dir", str(checkout / ".mypy_cache")),
            *(str(file) for file in sorted(folder.glob("*.py"))),
        ]
    )
    assert not err
    found: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in out.splitlines():
        match = _SAID.search(line)
        if match is None:
            continue
        text = match["text"]
        if text.startswith("Revealed type"):
            report = f"is {plain(text)}"
        elif match["kind"] == "error":
            report = f"error: {text.rpartition('[')[2].rstrip(']')}"
        else:
            continue
        found[match["file"].removesuffix("_snippet")][int(match["line"])].append(report)
    return found


@pytest.mark.parametrize("name", SNIPPETS)
def test_mypy_reports_the_expected_types_and_errors(
    name: str, reported: dict[str, dict[int, list[str]]]
) -> None:
    expected = {
        number: match[1]
        for number, line in enumerate((HEAD + SNIPPETS[name]).splitlines(), 1)
        if (match := _EXPECTED.search(line)) is not None
    }
    assert expected
    found = {
        line: expected[line] if expected.get(line) in report else report
        for line, report in reported[name].items()
    }
    assert found == expected
