"""GraphBuilder: graphs equal those written as text, and run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_calculators import BuildJoin, BuildSame, BuildScale, build_add, refused

import mpgraph as mp
from mpgraph.config.source import load_graph, parse_graph_text
from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import ConfigError
from mpgraph.protos import message_class

FULL = """package: "pkg"
type: "Whole"
input_stream: "IMAGE:frames"
input_stream: "IN:0:a"
input_stream: "IN:1:b"
input_stream: "bare"
output_stream: "total"
output_stream: "SAME:same"
input_side_packet: "FACTOR:factor"
output_side_packet: "FACTOR:factor"
num_threads: 3
max_queue_size: 7
input_stream_handler {
  input_stream_handler: "ImmediateInputStreamHandler"
}
report_deadlock: true
executor {
  name: "slow"
  type: "ThreadPoolExecutor"
  options {
    [mediapipe.ThreadPoolExecutorOptions.ext] {
      num_threads: 2
    }
  }
}

node {
  calculator: "BuildScale"
  name: "times"
  input_stream: "VALUE:a"
  output_stream: "SCALED:scaled"
  input_side_packet: "FACTOR:factor"
  node_options {
    [type.googleapis.com/mediapipe.BuildScaleOptions] {
      by: 3
    }
  }
  source_layer: 1
  buffer_size_hint: 4
  input_stream_handler {
    input_stream_handler: "FixedSizeInputStreamHandler"
    options {
      [mediapipe.FixedSizeInputStreamHandlerOptions.ext] {
        target_queue_size: 2
      }
    }
  }
  executor: "slow"
  max_in_flight: 2
}

node {
  calculator: "BuildJoin"
  input_stream: "IN:0:scaled"
  input_stream: "IN:1:b"
  input_stream: "IN:2:total"
  output_stream: "TOTAL:total"
  output_stream: "COPY:0:copy"
  output_stream: "COPY:1:build_join_copy"
  input_stream_info {
    tag_index: "IN:2"
    back_edge: true
  }
}

node {
  calculator: "BuildSame"
  input_stream: "bare"
  output_stream: "same"
}
"""


def whole() -> mp.GraphBuilder:
    graph = mp.GraphBuilder(
        "Whole",
        package="pkg",
        num_threads=3,
        max_queue_size=7,
        report_deadlock=True,
        input_stream_handler="ImmediateInputStreamHandler",
    )
    graph.input("IMAGE", mp.ImageFrame, name="frames")
    a = graph.input("IN:a", int)
    b = graph.input("IN:1:b", int)
    bare = graph.input("bare")
    factor = graph.side_input("FACTOR", int)
    handler = message_class("mediapipe.FixedSizeInputStreamHandlerOptions")(target_queue_size=2)
    scaled = graph.node(
        BuildScale,
        a,
        FACTOR=factor,
        by=3,
        name="times",
        executor=graph.executor("slow", num_threads=2),
        max_in_flight=2,
        source_layer=1,
        buffer_size_hint=4,
        input_stream_handler="FixedSizeInputStreamHandler",
        input_stream_handler_options=handler,
    )
    loop = graph.loop(int)
    join = graph.node(BuildJoin, IN=[scaled, b, loop])
    total = join.output(BuildJoin.total)
    join.output(BuildJoin.copies, 0)
    join.output("COPY:1")
    total >> loop
    graph.output("total", total)
    bare >> graph.node(BuildSame) >> graph.output("SAME")
    factor >> graph.side_output("FACTOR")
    return graph


def test_text() -> None:
    assert whole().text() == FULL


def test_config_equals_that_of_the_text() -> None:
    assert whole().build() == parse_graph_text(FULL).config
    assert load_graph(whole()).config == whole().build()


def test_builder_can_be_extended_after_build() -> None:
    graph = mp.GraphBuilder()
    value = graph.input("VALUE", int)
    assert graph.text() == 'input_stream: "VALUE:value"\n'
    graph.output("out", graph.node(build_add, value))
    assert graph.text() == graph.text()
    assert "AddCalculator" in graph.text()
    assert repr(graph) == "<mpgraph.GraphBuilder with 1 nodes>"


def run(graph: mp.GraphBuilder, name: str, values: list[int], **sides: Any) -> list[Any]:
    got: list[Any] = []
    with mp.CalculatorGraph(graph_config=graph) as running:
        running.observe_output_stream(name, lambda _, packet: got.append(packet.payload))
        running.start_run({key: mp.make_packet(value) for key, value in sides.items()})
        for time, value in enumerate(values):
            running.add_packet_to_input_stream("x", mp.make_packet(value, time))
        running.close_all_packet_sources()
        running.wait_until_done()
    return got


def test_graph_runs() -> None:
    graph = mp.GraphBuilder()
    x = graph.input("x", int)
    factor = graph.side_input("factor", int)
    scaled = graph.node(BuildScale, x, FACTOR=factor, by=3)
    x >> graph.node(build_add, amount=5) >> graph.node(BuildJoin, scaled) >> graph.output("total")
    assert run(graph, "total", [1, 2], factor=10) == [36, 67]


def test_constants() -> None:
    graph = mp.GraphBuilder()
    scaled = graph.node("BuildScale", graph.input("x", int), FACTOR=graph.constant(4, name="four"))
    graph.output("out", scaled)
    assert 'output_side_packet: "PACKET:four"' in graph.text()
    assert run(graph, "out", [1]) == [8]
    for value in (True, 2**40, 0.5, "a", ["a", "b"]):
        graph.constant(value)
    assert diagnose(graph) == []
    with refused("A graph cannot contain .* Declare a graph.side_input"):
        graph.constant(object())


def test_flow_limiter_and_a_subgraph_in_a_file() -> None:
    graph = mp.GraphBuilder()
    frames = graph.input("IMAGE:input_video", mp.ImageFrame)
    finished = graph.loop(name="done")
    limited = graph.node("FlowLimiterCalculator", frames, FINISHED=finished)
    mask = graph.node("SelfieSegmentationCpu", IMAGE=limited).output("SEGMENTATION_MASK")
    mask >> finished
    graph.output("MASK", mask)
    assert diagnose(graph) == []
    with refused("has no output stream \"MASK\". It has 'SEGMENTATION_MASK'"):
        graph.node("SelfieSegmentationCpu", limited).output("MASK")
    assert 'input_stream: "FINISHED:done"' in graph.text()


def test_subgraph_files_next_to_the_program_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pass_on.pbtxt").write_text('input_stream: "IN:in"\noutput_stream: "OUT:in"\n', "utf-8")
    graph = mp.GraphBuilder()
    graph.output("out", graph.node("PassOn", graph.input("x")))
    assert 'input_stream: "IN:x"' in graph.text()


def test_unknown_calculator_names_are_accepted() -> None:
    graph = mp.GraphBuilder()
    a, b = graph.input("a"), graph.input("b")
    node = graph.node("NotYetKnown", a, b, IMAGE=[a, b], SIDE=graph.side_input("s"))
    graph.output("out", node)
    graph.output("X", node.output("X"))
    text = graph.text()
    for line in ('"a"', '"b"', '"IMAGE:0:a"', '"IMAGE:1:b"'):
        assert f"input_stream: {line}" in text
    assert 'output_stream: "out"\n  output_stream: "X:x"\n  input_side_packet: "SIDE:s"' in text


def test_none_leaves_a_port_unconnected() -> None:
    graph = mp.GraphBuilder()
    graph.node(BuildScale, graph.input("x", int), FACTOR=None)
    assert "FACTOR" not in graph.text()


def test_required_outputs_are_created() -> None:
    graph = mp.GraphBuilder()
    graph.node(BuildScale, graph.input("x", int))
    assert 'output_stream: "SCALED:scaled"' in graph.text() and "TRACE" not in graph.text()
    assert diagnose(graph) == []


def test_options_of_the_graph() -> None:
    options = message_class("mediapipe.GateCalculatorOptions")(allow=True)
    (packed,) = mp.GraphBuilder(options=options).build().graph_options
    assert packed.type_url == "type.googleapis.com/mediapipe.GateCalculatorOptions"
    assert packed.value == options.SerializeToString()


def test_other_fields_of_the_graph() -> None:
    graph = mp.GraphBuilder(profiler_config={"trace_enabled": True}, runtime_info={"capture_period_msec": 5})
    assert graph.build().profiler_config.trace_enabled
    with refused('CalculatorGraphConfig has no option "profiler". Did you mean "profiler_config"|no option'):
        mp.GraphBuilder(profiler={})


def test_ports_of_the_graph() -> None:
    graph = mp.GraphBuilder()
    graph.input("A")
    graph.input("A")
    graph.input()
    graph.input(name="x")
    text = graph.text()
    assert [line.split()[1] for line in text.splitlines()] == ['"A:0:a"', '"A:1:input_a"', '"input"', '"x"']
    with refused('has a port "A:1" already'):
        graph.input("A:1:y")
    with refused('does not match name.*Did you mean "IMAGE:X" or "image:x"'):
        graph.input("Image:x")
    with refused('"A:b" cannot also be called "c"'):
        graph.input("A:b", name="c")
    with refused('"Big" is not a valid name'):
        graph.output("OUT", name="Big")


def test_duplicate_names() -> None:
    graph = mp.GraphBuilder()
    graph.input("one")
    second = graph.input("TWO:one")
    with pytest.raises(
        ConfigError, match='Two streams are called "one": this one and that of .*test_graph_builder'
    ) as caught:
        graph.build()
    assert caught.value.location is not None and caught.value.location.line == second._location.line


def test_stream_has_one_name() -> None:
    graph = mp.GraphBuilder()
    x = graph.input("x").named("x")
    with refused('graph input x cannot be called "y" as well as "x"'):
        graph.output("y", x)
    with refused('"Y" is not a valid name'):
        graph.input("IN").named("Y")


def test_executors() -> None:
    graph = mp.GraphBuilder()
    graph.executor("one", num_threads=1)
    with refused('an executor "one" already'):
        graph.executor("one")
    with refused('has no option "threads". Did you mean "num_threads"'):
        graph.executor("two", threads=1)


def test_validation_errors_are_located_in_the_program() -> None:
    graph = mp.GraphBuilder()
    x = graph.input("x", int)
    node = graph.node("NotYetKnown", x, executor="nowhere")
    node >> graph.node("PassThroughCalculator").input("A")
    found = diagnose(graph)
    assert found and {(one.file, one.line > 0) for one in found} == {(__file__, True)}


@st.composite
def graphs(draw: st.DrawFn) -> mp.GraphBuilder:
    """A graph whose nodes read random streams, some of them through a loop."""
    graph = mp.GraphBuilder(draw(st.sampled_from(["", "Random"])))
    streams: list[Any] = [graph.input(port, int) for port in draw(PORTS)]
    loops = [graph.loop(int) for _ in range(draw(st.integers(0, 2)))]
    for _ in range(draw(st.integers(1, 5))):
        read = draw(st.lists(st.sampled_from([*streams, *loops]), min_size=1, max_size=4))
        name = draw(st.sampled_from(["", "total", "Node 1"]))
        options = {"name": name, "max_in_flight": draw(st.integers(0, 2))}
        if draw(st.booleans()):
            streams.append(graph.node(BuildJoin, *read, **options))
        else:
            by = draw(st.integers(1, 9))
            streams.append(graph.node(BuildScale, read[0], by=by, **options).output("SCALED"))
    for loop in loops:
        streams[-1] >> loop
    for port in draw(PORTS):
        made = draw(st.sampled_from([stream for stream in streams if isinstance(stream, mp.Stream)]))
        graph.output(port.partition(":")[0], made)
    return graph


NAMES = st.sampled_from(["IN", "A:x", "B", "IN:0", "OUT"])
PORTS = st.lists(NAMES, min_size=1, max_size=3, unique_by=lambda port: port[:2])


@given(graphs())
def test_random_graphs_equal_their_text_and_are_valid(graph: mp.GraphBuilder) -> None:
    config = graph.build()
    assert parse_graph_text(graph.text()).config == config
    assert validate(graph).config == validate(config).config
