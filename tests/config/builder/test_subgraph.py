"""Subgraphs defined by a function or a class, used in Python and in text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from sample_calculators import BuildScale, BuildText, build_add, refused

import mpgraph as mp
from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import InvalidArgumentError


@mp.subgraph
def build_add_twice(
    graph: mp.GraphBuilder, *, amount: Annotated[int, mp.Range(0)] = 1, mode: str = "a"
) -> None:
    """Add a number two times."""
    x = graph.input("X", int)
    x >> graph.node(build_add, amount=amount) >> graph.node(build_add, amount=amount) >> graph.output("Y")


@dataclass
class Size:
    size: int
    times: int = 1


@mp.subgraph("pkg.BuildSized")
def sized(graph: mp.GraphBuilder, options: Size) -> mp.GraphBuilder:
    made = mp.GraphBuilder()
    stream = made.input("X", int)
    for _ in range(options.times):
        stream = made.node(build_add, stream, amount=options.size).output()
    made.output("Y", stream)
    return made


@mp.register
class BuildScaled(mp.Subgraph):
    """A subgraph with as many outputs as its options specify."""

    @dataclass
    class Options:
        outputs: int = 2

    @classmethod
    def build(cls, graph: mp.GraphBuilder, options: Options) -> None:
        x = graph.input("X", int)
        for by in range(1, options.outputs + 1):
            graph.output("Y", graph.node(BuildScale, x, by=by))


@mp.register
class BuildMistaken(mp.Subgraph):
    @classmethod
    def build(cls, graph: mp.GraphBuilder, options: Any) -> None:
        graph.node("BuildNoSuch", graph.input("X")) >> graph.output("Y")


@mp.subgraph
def build_failing(graph: mp.GraphBuilder) -> None:
    graph.node(BuildScale, VALEU=graph.input("X"))


@mp.subgraph
def build_raising(graph: mp.GraphBuilder) -> None:
    raise KeyError("nothing")


@mp.subgraph
def build_itself(graph: mp.GraphBuilder) -> None:
    graph.node("BuildItself", X=graph.input("X")).output("Y") >> graph.output("Y")


@mp.subgraph
def build_text(graph: mp.GraphBuilder) -> Any:
    return 'input_stream: "X:x" output_stream: "Y:x"'


def use(calculator: str, options: str = "") -> str:
    return (
        f'input_stream: "x" output_stream: "y" node {{ calculator: "{calculator}" input_stream: "X:x" '
        f'output_stream: "Y:y" {options} }}'
    )


def test_use_in_text() -> None:
    options = "node_options { [type.googleapis.com/mediapipe.BuildAddTwiceOptions] { amount: 5 } }"
    model = validate(use("BuildAddTwice", options))
    assert [node.options.amount for node in model.nodes] == [5, 5]
    assert [node.name for node in model.nodes] == [f"buildaddtwice__BuildAddCalculator_{i}" for i in (1, 2)]
    options = "node_options { [type.googleapis.com/SizedOptions] { size: 1 times: 3 } }"
    assert len(validate(use("pkg.BuildSized", options.replace("Sized", "BuildSized"))).nodes) == 3
    with pytest.raises(mp.MpgraphError, match='the required field "size" is missing'):
        validate(use("pkg.BuildSized"))


def test_use_in_python() -> None:
    graph = mp.GraphBuilder()
    x = graph.input("x", int)
    y = graph.node(build_add_twice, x, amount=3)
    z = graph.node("pkg.BuildSized", y, options=Size(size=2))
    several = graph.node(BuildScaled, z, outputs=3)
    graph.output("y", several.output("Y", 2))
    assert diagnose(graph) == []
    assert several.output("Y").type is int
    with refused("has no output stream Y:3"):
        several.output("Y", 3)
    with refused('has no input stream "Z"'):
        graph.node(BuildScaled, Z=x)
    with refused("carries int, but input stream TEXT of node BuildText takes str"):
        y >> graph.node(BuildText)
    with refused('AddTwice: "amount" takes a number at least 0, found -1'):
        graph.node(build_add_twice, x, amount=-1)


def test_decorated_function_can_be_called() -> None:
    graph = mp.GraphBuilder()
    build_add_twice(graph, amount=4)
    assert [node.calculator for node in graph.build().node] == ["BuildAddCalculator"] * 2
    assert issubclass(build_add_twice.subgraph, mp.Subgraph)
    assert build_add_twice.subgraph.__doc__ == "Add a number two times."


def test_function_may_return_text() -> None:
    assert validate(use("BuildText")).nodes == []


def test_recursive_subgraph_is_an_error() -> None:
    graph = mp.GraphBuilder()
    graph.node(build_itself, X=graph.input("x"))
    (reported,) = diagnose(graph)
    assert "contains itself: BuildItself > BuildItself" in reported.message


def test_error_names_both_locations(tmp_path: Path) -> None:
    file = tmp_path / "graph.pbtxt"
    file.write_text("\n" + use("BuildRaising"), "utf-8")
    with pytest.raises(mp.MpgraphError, match=r"py:\d+:\d+: KeyError.*\(used at .*graph\.pbtxt:2:"):
        mp.CalculatorGraph(graph_path=file)


@pytest.mark.parametrize(
    ("name", "message", "source"),
    [
        ("BuildMistaken", 'Unable to find Calculator "BuildNoSuch"', "BuildNoSuch"),
        ("BuildFailing", 'Did you mean "VALUE"', "VALEU="),
        ("BuildRaising", "KeyError: 'nothing'", "raise KeyError"),
    ],
)
def test_errors_name_the_python_line_and_the_node(
    name: str, message: str, source: str, tmp_path: Path
) -> None:
    file = tmp_path / "graph.pbtxt"
    file.write_text("\n" + use(name), "utf-8")
    (reported,) = diagnose(file)
    assert message in f"{reported.message} {reported.suggestion}"
    assert Path(reported.file).resolve() == Path(__file__)
    assert source in Path(__file__).read_text("utf-8").splitlines()[reported.line - 1]
    assert [(use.file, use.line) for use in reported.used_at] == [(str(file), 2)]


def test_input_cannot_be_an_output() -> None:
    @mp.subgraph
    def build_shortcut(graph: mp.GraphBuilder) -> None:
        graph.output("Y", graph.input("X"))

    with pytest.raises(mp.MpgraphError, match="is graph input X itself, which.*PassThroughCalculator"):
        mp.GraphBuilder().node(build_shortcut)


def test_invalid_functions() -> None:
    def nothing() -> None: ...

    def untyped(graph: Any, options: int) -> None: ...

    def many(graph: Any, one: Size, two: Size) -> None: ...

    def words(graph: Any, **options: int) -> None: ...

    def bare(graph: Any, *, size) -> None: ...  # type: ignore[no-untyped-def]

    def unknown(graph: Any, *, size: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    for function, match in [
        (nothing, "needs a parameter, which receives the GraphBuilder"),
        (untyped, 'the parameter "options" must be annotated with a dataclass'),
        (many, '"two" is not allowed: options must be keyword-only'),
        (words, "options need names and types"),
        (bare, '"size" needs a type annotation'),
        (unknown, "name 'Nowhere' is not defined"),
    ]:
        with pytest.raises(InvalidArgumentError, match=match) as caught:
            mp.subgraph(function)
        assert caught.value.location is not None and caught.value.location.file == __file__
    with pytest.raises(InvalidArgumentError, match="subgraph takes a function"):
        mp.subgraph(3)  # type: ignore[call-overload]


def test_classes_without_a_graph() -> None:
    class Neither(mp.Subgraph):
        pass

    with pytest.raises(NotImplementedError, match=r"neither build\(\) nor get_config\(\)"):
        Neither.get_config(None)
    with pytest.raises(NotImplementedError, match=r"no build\(\)"):
        Neither.build(None, None)
