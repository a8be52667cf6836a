"""Plain functions as calculators: what they become, and that they stay functions."""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.framework import packet_type
from mpgraph.framework.function.decorator import camel_case
from mpgraph.framework.registry import CALCULATORS

Sent = list[tuple[int, Any]]


class FnMode(enum.Enum):
    PLAIN = "plain"
    SQUARE = "square"


class FnParts(NamedTuple):
    low: float | None
    high: float | None


@mp.calculator
def fn_scale(
    value: float,
    gain: float | None = None,
    /,
    offset: mp.SidePacket[float] = 0.0,
    *,
    factor: Annotated[float, mp.Range(0, 10)] = 2.0,
    mode: FnMode = FnMode.PLAIN,
    unit: Literal["m", "km"] = "m",
    steps: list[float] = [],  # noqa: B006 - a default that is a list must not be shared.
    limit: float | None = None,
) -> float | None:
    """Multiply."""
    result = value * factor * (1.0 if gain is None else gain) + offset + sum(steps)
    if mode is FnMode.SQUARE:
        result *= result
    if unit == "km":
        result /= 1000
    return None if limit is not None and result > limit else result


@mp.calculator
def fn_split(value: float, *, level: float = 5.0) -> FnParts:
    return FnParts(value, None) if value < level else FnParts(None, value)


@mp.calculator
def fn_count(*, limit: int = 3) -> Iterator[int]:
    yield from range(limit)


def run(node: str, inputs: dict[str, Sent], outputs: str = "out", **sides: Any) -> dict[str, Sent]:
    """What comes out of one node; its inputs are streams of the graph."""
    graph_streams = "".join(f'input_stream: "{name}" ' for name in inputs)
    side_names = "".join(f'input_side_packet: "{name}" ' for name in sides)
    graph = mp.CalculatorGraph(graph_config=f"{graph_streams} {side_names} node {{ {node} }}")
    found: dict[str, Sent] = {name: [] for name in outputs.split()}
    for name in found:
        graph.observe_output_stream(
            name, lambda name, packet: found[name].append((packet.timestamp.value, packet.payload))
        )
    graph.start_run({name: mp.make_packet(value) for name, value in sides.items()})
    events = sorted((t, name, value) for name, sent in inputs.items() for t, value in sent)
    for t, name, value in events:
        graph.add_packet_to_input_stream(name, mp.make_packet(value, t))
    if inputs:
        graph.close_all_input_streams()
    graph.wait_until_done()
    return found


def test_decorated_function_is_still_a_function() -> None:
    assert fn_scale(3.0) == 6.0
    assert fn_scale(3.0, 2.0, offset=1.0, factor=1) == 7.0
    assert fn_scale.__name__ == "fn_scale" and fn_scale.__doc__ == "Multiply."
    assert fn_scale.calculator is CALCULATORS.find("FnScaleCalculator")
    assert fn_scale.calculator.__doc__ == "Multiply."
    assert fn_scale.calculator.defined_at.file == __file__


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("threshold_mask", "ThresholdMaskCalculator"),
        ("threshold_mask_calculator", "ThresholdMaskCalculator"),
        ("blur", "BlurCalculator"),
        ("rgb2bgr", "Rgb2bgrCalculator"),
        ("toHSV", "ToHSVCalculator"),
        ("_private", "PrivateCalculator"),
    ],
)
def test_name_in_graphs(name: str, expected: str) -> None:
    assert camel_case(name) == expected


def test_ports_of_a_class() -> None:
    ports = fn_scale.calculator.ports
    assert [(port.kind, port.tag, port.index, port.optional, port.name) for port in ports] == [
        ("input stream", "", 0, False, "value"),
        ("input stream", "", 1, True, "gain"),
        ("input side packet", "OFFSET", 0, True, "offset"),
        ("output stream", "", 0, False, ""),
    ]
    assert [(port.tag, port.optional) for port in fn_split.calculator.ports] == [
        ("VALUE", False),
        ("LOW", True),
        ("HIGH", True),
    ]


def test_options_and_side_packets() -> None:
    node = 'calculator: "FnScaleCalculator" input_stream: "in" output_stream: "out" %s'
    options = "node_options { [type.googleapis.com/FnScaleCalculatorOptions] { %s } }"
    assert run(node % "", {"in": [(0, 1.0)]}) == {"out": [(0, 2.0)]}
    assert run(node % options % "factor: 3 mode: SQUARE", {"in": [(0, 1.0)]}) == {"out": [(0, 9.0)]}
    assert run(node % options % 'unit: "km" steps: [1, 2]', {"in": [(0, 1.0)]}) == {"out": [(0, 0.005)]}
    given = {"in": [(0, 1.0), (1, 9.0), (2, 2.0)]}
    assert run(node % options % "limit: 5", given) == {"out": [(0, 2.0), (2, 4.0)]}
    side = node % 'input_side_packet: "OFFSET:o"'
    assert run(side, {"in": [(0, 1.0)]}, o=0.5) == {"out": [(0, 2.5)]}
    with pytest.raises(mp.MpgraphError, match='"factor" takes a number from 0 to 10, found 11.0'):
        run(node % options % "factor: 11", {"in": []})
    with pytest.raises(mp.MpgraphError, match='"unit" takes one of m, km, found cm'):
        run(node % options % 'unit: "cm"', {"in": []})


def test_times_at_which_a_packet_is_missing() -> None:
    node = 'calculator: "FnScaleCalculator" input_stream: "a" input_stream: "b" output_stream: "out"'
    given: dict[str, Sent] = {"a": [(0, 1.0), (1, 2.0)], "b": [(1, 10.0), (2, 20.0)]}
    # At 2 there is no value, which the function cannot do without.
    assert run(node, given) == {"out": [(0, 2.0), (1, 40.0)]}


def test_times_without_a_result_are_settled() -> None:
    assert fn_scale.calculator.timestamp_offset == 0
    assert fn_count.calculator.timestamp_offset is None


def test_named_tuple_has_an_output_for_each_field() -> None:
    node = 'calculator: "FnSplitCalculator" input_stream: "VALUE:in" %s'
    given: dict[str, Sent] = {"in": [(0, 1.0), (1, 7.0)]}
    both = node % 'output_stream: "LOW:low" output_stream: "HIGH:high"'
    assert run(both, given, "low high") == {"low": [(0, 1.0)], "high": [(1, 7.0)]}
    assert run(node % 'output_stream: "HIGH:high"', given, "high") == {"high": [(1, 7.0)]}


def test_generator_is_a_source() -> None:
    node = 'calculator: "FnCountCalculator" output_stream: "out"'
    assert run(node, {}) == {"out": [(0, 0), (1, 1), (2, 2)]}


def test_generator_with_its_own_times() -> None:
    ended = []

    @mp.calculator(output="TICK")
    def fn_ticks(*, period: int) -> Iterator[tuple[mp.Timestamp, str | None]]:
        try:
            for i in range(3):
                yield mp.Timestamp(i * period), None if i == 1 else str(i)
        finally:
            ended.append(True)

    options = "node_options { [type.googleapis.com/FnTicksCalculatorOptions] { period: 50 } }"
    node = f'calculator: "FnTicksCalculator" output_stream: "TICK:out" {options}'
    assert run(node, {}) == {"out": [(0, "0"), (100, "2")]}
    assert ended == [True]


def test_generator_with_inputs_sends_several_packets() -> None:
    @mp.calculator
    def fn_echo(cc: mp.CalculatorContext, value: int) -> Iterable[tuple[mp.Timestamp, int]]:
        for i in range(2):
            yield cc.timestamp + i, value + i

    node = 'calculator: "FnEchoCalculator" input_stream: "VALUE:in" output_stream: "out"'
    assert run(node, {"in": [(0, 5), (10, 7)]}) == {"out": [(0, 5), (1, 6), (10, 7), (11, 8)]}


def test_packets_may_be_parameters_and_results() -> None:
    @mp.calculator
    def fn_even(packet: mp.Packet) -> mp.Packet | None:
        return packet if packet.timestamp.value % 2 == 0 else None

    node = 'calculator: "FnEvenCalculator" input_stream: "PACKET:in" output_stream: "out"'
    assert run(node, {"in": [(0, "a"), (1, 1), (2, 2.0)]}) == {"out": [(0, "a"), (2, 2.0)]}


def test_function_without_output_receives_all_packets() -> None:
    seen: list[Any] = []

    @mp.calculator("FnWatch", process_timestamp_bounds=True)
    def watch(anything: Any, *, times: int = 1) -> None:
        seen.append((anything, times))

    assert run('calculator: "FnWatch" input_stream: "ANYTHING:in"', {"in": [(0, "a"), (1, 2)]}, "") == {}
    assert seen == [("a", 1), (2, 1)]


def test_side_packets_are_set_once() -> None:
    @mp.calculator
    def fn_label(number: mp.SidePacket[int], *, word: str = "n") -> mp.SidePacket[str]:
        return f"{word}{number}"

    graph = mp.CalculatorGraph(
        graph_config="""
        input_side_packet: "number" output_side_packet: "label"
        node {
          calculator: "FnLabelCalculator" input_side_packet: "NUMBER:number" output_side_packet: "label"
        }"""
    )
    graph.start_run({"number": mp.make_packet(7)})
    graph.wait_until_done()
    assert graph.get_output_side_packet("label").payload == "n7"


def test_lists_are_vectors() -> None:
    @mp.calculator
    def fn_halves(values: list[float], /) -> list[float]:
        return [value / 2 for value in values]

    port = fn_halves.calculator.ports[1]
    assert packet_type.produced(port.type) == frozenset((packet_type.vector(packet_type.FLOAT),))
    node = 'calculator: "FnHalvesCalculator" input_stream: "in" output_stream: "out"'
    assert run(node, {"in": [(0, [1.0, 3.0])]}) == {"out": [(0, [0.5, 1.5])]}


def test_numbers_are_converted_as_annotated() -> None:
    @mp.calculator
    def fn_mean(values: list[float], /) -> float:
        return np.mean(values, dtype=np.float32) if values else 0  # type: ignore[return-value]

    node = 'calculator: "FnMeanCalculator" input_stream: "in" output_stream: "out"'
    found = run(node, {"in": [(0, [1.0, 3.0]), (1, [])]})["out"]
    assert found == [(0, 2.0), (1, 0.0)]
    assert [type(value) for _, value in found] == [float, float]


def test_result_of_another_type_is_refused() -> None:
    @mp.calculator
    def fn_liar(value: int, /) -> float:
        return str(value)  # type: ignore[return-value]

    with pytest.raises(mp.MpgraphError, match='The Packet stores "string", but "float" was requested'):
        run('calculator: "FnLiarCalculator" input_stream: "in" output_stream: "out"', {"in": [(0, 1)]})


@pytest.mark.parametrize(
    ("returns", "value", "complaint"),
    [
        (FnParts, (1.0, 2.0), 'Function "fn_other" returned a tuple, not the FnParts it declares.'),
        (mp.Packet, 5, 'Function "fn_other" returned an int, not the Packet it declares.'),
        (None, 5, 'Function "fn_other" returned an int, not None, as it declares.'),
        (Iterator[tuple[mp.Timestamp, int]], [5], "yielded an int, not a pair of timestamp and value, as it"),
        (Iterator[mp.Packet], [5], 'Function "fn_other" yielded an int, not the Packet it declares.'),
    ],
)
def test_undeclared_result_is_refused(returns: Any, value: Any, complaint: str) -> None:
    def fn_other(value: int, /) -> Any:
        return result

    result = value
    fn_other.__annotations__["return"] = returns
    mp.calculator(fn_other)
    outputs = {FnParts: 'output_stream: "LOW:out"', None: ""}.get(returns, 'output_stream: "out"')
    with pytest.raises(mp.MpgraphError) as raised:
        run(
            f'calculator: "FnOtherCalculator" input_stream: "in" {outputs}',
            {"in": [(0, 1)]},
            "out" * bool(outputs),
        )
    assert complaint in str(raised.value)


def test_none_instead_of_an_iterator_sends_nothing() -> None:
    @mp.calculator
    def fn_none(value: int, /) -> Iterator[tuple[mp.Timestamp, int]]:
        return None  # type: ignore[return-value]

    node = 'calculator: "FnNoneCalculator" input_stream: "in" output_stream: "out"'
    assert run(node, {"in": [(0, 1)]}) == {"out": []}


def test_options_of_a_function_without_options() -> None:
    node = 'calculator: "FnHalvesCalculator" input_stream: "in" output_stream: "out"'
    test_lists_are_vectors()
    options = "node_options { [type.googleapis.com/FnHalvesCalculatorOptions] { a: 1 } }"
    with pytest.raises(mp.MpgraphError, match="FnHalvesCalculator has no options: remove them"):
        run(f"{node} {options}", {"in": []})


def test_class_attributes() -> None:
    @mp.calculator("my_package.FnParallel", blocking=True, max_in_flight=3, timestamp_offset=None)
    def parallel(value: int, /) -> int:
        return value + 1

    made = parallel.calculator
    assert (made.blocking, made.max_in_flight, made.timestamp_offset) == (True, 3, None)
    assert made is CALCULATORS.find("FnParallel", "my_package")
    node = 'calculator: "my_package.FnParallel" input_stream: "in" output_stream: "out"'
    assert run(node, {"in": [(t, t) for t in range(20)]})["out"] == [(t, t + 1) for t in range(20)]
    model = mp.ValidatedGraphConfig()
    model.initialize(graph_config=f'input_stream: "in" node {{ {node} }}')
    assert model.model.nodes[0].max_in_flight == 3
    model = mp.ValidatedGraphConfig()
    model.initialize(graph_config=f'input_stream: "in" node {{ {node} max_in_flight: 2 }}')
    assert model.model.nodes[0].max_in_flight == 2


def test_redefinition_replaces_the_class() -> None:
    def define(summand: int) -> None:
        @mp.calculator
        def fn_again(value: int, /) -> int:
            return value + summand

    node = 'calculator: "FnAgainCalculator" input_stream: "in" output_stream: "out"'
    for summand in (1, 2):
        define(summand)
        assert run(node, {"in": [(0, 0)]}) == {"out": [(0, summand)]}


def test_types_around_the_definition_are_found() -> None:
    class Local:
        pass

    class Pair(NamedTuple):
        first: Local
        second: int

    @mp.calculator
    def fn_local(value: Local) -> Pair:
        return Pair(value, 1)

    assert [port.type for port in fn_local.calculator.ports] == [Local, Local, int]


def test_other_decorators_may_be_in_between() -> None:
    @mp.calculator
    @functools.cache
    def fn_cached(value: int, /) -> int:
        calls.append(value)
        return value + 1

    calls: list[int] = []
    node = 'calculator: "FnCachedCalculator" input_stream: "in" output_stream: "out"'
    assert run(node, {"in": [(0, 5), (1, 5)]}) == {"out": [(0, 6), (1, 6)]}
    assert calls == [5] and fn_cached(5) == 6


def test_options_survive_text_and_binary() -> None:
    options = 'factor: 3.5 mode: SQUARE unit: "km" steps: [1, 2] limit: 5'
    config = mp.ValidatedGraphConfig()
    config.initialize(
        graph_config=f"""
        input_stream: "in"
        node {{
          calculator: "FnScaleCalculator" input_stream: "in" output_stream: "out"
          node_options {{ [type.googleapis.com/FnScaleCalculatorOptions] {{ {options} }} }}
        }}"""
    )
    text = config.text_config
    assert "[type.googleapis.com/mediapipe.FnScaleCalculatorOptions] {" in text
    assert "mode: SQUARE" in text and 'unit: "km"' in text
    again = mp.ValidatedGraphConfig()
    again.initialize(graph_config=text)
    assert again.binary_config == config.binary_config and again.text_config == text
    assert again.model.nodes[0].options == config.model.nodes[0].options
