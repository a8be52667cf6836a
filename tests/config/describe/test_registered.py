from __future__ import annotations

import enum
import json
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal

import pytest

from mpgraph.calculators import AREAS
from mpgraph.config.builder.graph_builder import GraphBuilder
from mpgraph.config.builder.subgraph import subgraph
from mpgraph.config.describe.description import SUBGRAPH
from mpgraph.config.describe.example_node import example_node
from mpgraph.config.describe.registered import describe, describe_all, names
from mpgraph.config.port_lists import INPUT, OUTPUT, SIDE_INPUT
from mpgraph.config.source import parse_graph_text
from mpgraph.errors import NotFoundError
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.contract import Contract
from mpgraph.framework.function.decorator import calculator
from mpgraph.framework.options import ProtoOptions, Range
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import CALCULATORS, register


class Way(enum.IntEnum):
    FAST = 0
    EXACT = 1


@dataclass
class Corner:
    x: int
    y: int = 3


@register("tests.Described")
class Described(Calculator):
    """Does much. And more.

    At length.
    """

    image = Input("IMAGE", (ImageFrame, Image), doc="the image")
    second = Input("IMAGE", ImageFrame, index=1, optional=True)
    rest = Input("", repeated=True)
    level = SideInput("LEVEL", float, optional=True)
    out = Output("IMAGE", same_as=image)
    any_out = Output("ANY", optional=True)
    blocking = True
    timestamp_offset = 0

    @dataclass
    class Options:
        """How much."""

        sigma: Annotated[float, Range(0, 9)]
        corner: Corner  # where it is
        way: Way = Way.EXACT
        """How to get
        there."""
        mode: Literal["soft", "hard"] = "soft"
        labels: list[str] = field(default_factory=lambda: ["a b"], metadata={"doc": "names of things"})
        exact: bool = False

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that all is well."""
        super().get_contract(contract)


def test_description_of_a_class() -> None:
    found = describe("tests.Described")
    assert found.summary == "Does much."
    assert found.doc.endswith("\n\nAt length.")
    assert found.contract == "Check that all is well."
    assert (found.blocking, found.timestamp_offset, found.max_in_flight) == (True, 0, 1)
    assert found.origin == f"module {__name__}"
    assert found.location is not None and found.location.file == __file__
    lines = Path(__file__).read_text("utf-8").splitlines()
    assert any(
        "Described(Calculator)" in line for line in lines[found.location.line - 1 : found.location.line + 1]
    )
    image, second, rest = found.ports_of(INPUT)
    assert (image.label, image.types, image.doc) == ("IMAGE", ("ImageFrame", "Image"), "the image")
    assert (second.label, second.index, second.optional) == ("IMAGE:1", 1, True)
    assert (rest.label, rest.types, rest.repeated) == ("", (), True)
    (level,) = found.ports_of(SIDE_INPUT)
    assert level.types == ("float",)
    out, any_out = found.ports_of(OUTPUT)
    assert (out.same_as, any_out.same_as, any_out.types) == ("IMAGE", None, ())


def test_options_of_a_dataclass() -> None:
    found = describe("tests.Described")
    assert found.options_type == "mediapipe.DescribedOptions" and not found.extension
    assert found.options_doc == "How much."
    sigma, corner, way, mode, labels, exact = found.options
    assert (sigma.type, sigma.required) == ("float from 0 to 9", True)
    assert [option.doc for option in found.options[1:4]] == ["where it is", "How to get there.", ""]
    assert corner.type == "Corner" and [(one.name, one.default) for one in corner.fields] == [
        ("x", ""),
        ("y", "3"),
    ]
    assert (way.choices, way.default) == (("FAST", "EXACT"), "EXACT")
    assert (mode.choices, mode.default) == (("soft", "hard"), '"soft"')
    assert (labels.repeated, labels.default, labels.doc) == (True, '["a b"]', "names of things")
    assert exact.default == "false"


def test_example_node_shows_required_parts_and_comments_optional_ones() -> None:
    text = example_node(describe("tests.Described"))
    assert text == (
        "node {\n"
        '  calculator: "tests.Described"\n'
        '  input_stream: "IMAGE:image"\n'
        '  # input_stream: "IMAGE:1:image_1"\n'
        '  input_stream: "rest"\n'
        '  # input_side_packet: "LEVEL:level"\n'
        '  output_stream: "IMAGE:out_image"\n'
        '  # output_stream: "ANY:any"\n'
        "  node_options {\n"
        "    [type.googleapis.com/mediapipe.DescribedOptions] {\n"
        "      sigma: 1\n"
        "      corner {\n"
        "        x: 1\n"
        "        # y: 3\n"
        "      }\n"
        "      # way: EXACT\n"
        '      # mode: "soft"\n'
        '      # labels: ["a b"]\n'
        "      # exact: false\n"
        "    }\n"
        "  }\n"
        "}\n"
    )


def test_options_of_a_message() -> None:
    found = describe("GateCalculator")
    assert found.extension and found.options_type == "mediapipe.GateCalculatorOptions"
    by_name = {option.name: option for option in found.options}
    assert by_name["empty_packets_as_allow"].default == "false"
    assert "GATE_ALLOW" in by_name["initial_gate_state"].choices
    assert "[mediapipe.GateCalculatorOptions.ext]" in example_node(found)
    ranged = {option.name: option for option in describe("ImageToTensorCalculator").options}
    assert ranged["output_tensor_float_range"].one_of == "range"
    assert [one.name for one in ranged["output_tensor_float_range"].fields] == ["min", "max"]


def built_in_names() -> list[str]:
    tables = [import_module(f"mpgraph.calculators.{area}") for area in AREAS]
    return [name for table in tables for name in (*table.CALCULATORS, *getattr(table, "SUBGRAPHS", ()))]


@pytest.mark.parametrize("name", built_in_names())
def test_every_built_in_name_has_a_page(name: str) -> None:
    found = describe(name)
    assert found.name == name and found.summary
    assert found.ports or found.contract
    assert found.location is not None and Path(found.location.file).is_file() and found.location.line > 0
    # Optional ports and options too must be what the parser understands.
    text = example_node(found)
    for variant in (text, text.replace("# ", "").replace("its streams and side packets", "")):
        parse_graph_text(variant)
    cls = CALCULATORS.find(name)
    if cls is not None and isinstance(cls.Options, ProtoOptions):
        assert found.options_type == cls.Options.full_name
    json.dumps(found.as_dict())


def test_contract_mentions_ports_that_depend_on_the_node() -> None:
    assert describe("PassThroughCalculator").contract.startswith("The ports depend on what a node connects")


def test_generated_class_is_located_at_its_base() -> None:
    location = describe("EndLoopDetectionCalculator").location
    assert location is not None and Path(location.file).name == "end_loop.py"


def test_subgraph_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("two_steps.pbtxt").write_text(
        "# Copyright 2020 Somebody.\n\n# Takes two steps. Slowly.\n#\n#   code\n\n"
        "# The image\n# to step over.\n"
        'input_stream: "IMAGE:in"\noutput_stream: "IMAGE:out"\ninput_side_packet: "N:n"\n'
        'node { calculator: "ImageTransformationCalculator" input_stream: "IMAGE:in" '
        'output_stream: "IMAGE:out" }\n',
        "utf-8",
    )
    found = describe("TwoSteps")
    assert (found.kind, found.summary, found.origin) == (SUBGRAPH, "Takes two steps.", "folder .")
    assert found.doc == "Takes two steps. Slowly.\n\n  code"
    (image,) = found.ports_of(INPUT)
    assert (image.tag, image.doc) == ("IMAGE", "The image to step over.")
    assert found.ports_of(OUTPUT)[0].types == ("::mediapipe::ImageFrame",)
    assert "TwoSteps" in names()
    Path("two_steps.pbtxt").write_text('input_stream: "IMAGE:in"\nnode { calculator: "Nothing" }', "utf-8")
    assert "has errors" in describe("TwoSteps").contract


def test_function() -> None:
    @calculator("tests.DescribedFunction")
    def described(
        image: ImageFrame,  # what comes in
        weight: float | None = None,
        *,
        level: float = 0.5,  # how much
    ) -> ImageFrame:
        """Does it."""
        return image

    found = describe("tests.DescribedFunction")
    assert (found.summary, found.contract) == ("Does it.", "")
    assert [port.doc for port in found.ports_of(INPUT)] == ["what comes in", ""]
    assert [(option.name, option.default, option.doc) for option in found.options] == [
        ("level", "0.5", "how much")
    ]
    assert found.location is not None and found.location.file == __file__


def test_python_subgraph() -> None:
    @subgraph("tests.DescribedTwice")
    def twice(graph: GraphBuilder) -> None:
        """Passes on, twice."""
        first = graph.node("PassThroughCalculator", graph.input("IN", int))
        graph.output("OUT", graph.node("PassThroughCalculator", first))

    found = describe("tests.DescribedTwice")
    assert (found.kind, found.summary) == (SUBGRAPH, "Passes on, twice.")
    assert [(port.list, port.tag) for port in found.ports] == [(INPUT, "IN"), (OUTPUT, "OUT")]
    assert "if no options are set" in found.contract
    assert describe("SwitchContainer").contract.startswith("The ports are those of the graph")


def test_describe_all() -> None:
    found, errors = describe_all()
    assert not errors and len(found) >= 145
    assert {"PassThroughCalculator", "SelfieSegmentationCpu", "tests.Described"} <= {
        one.name for one in found
    }


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("GateCalculater", 'Did you mean "GateCalculator"'),
        ("loopback", 'Did you mean "PreviousLoopbackCalculator"'),
        ("zzz", "mpgraph calculators"),
    ],
)
def test_unknown_name(name: str, hint: str) -> None:
    with pytest.raises(NotFoundError, match=hint):
        describe(name)
