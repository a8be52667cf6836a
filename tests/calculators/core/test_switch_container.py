"""The expansion of a SwitchContainer. The expected graphs are those of MediaPipe 0.10.21."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.calculators.core.switch_container import SwitchContainer
from mpgraph.config.options import message_options
from mpgraph.config.source import load_graph
from mpgraph.errors import InvalidArgumentError

CONTAINED = 'contained_node { calculator: "A" } contained_node { calculator: "B" name: "b" }'


def expanded(ports: str = "", options: str = CONTAINED) -> Any:
    text = f"node {{ {ports} options {{ [mediapipe.SwitchContainerOptions.ext] {{ {options} }} }} }}"
    return SwitchContainer.get_config(load_graph(text).config.node[0])


def nodes(config: Any) -> dict[str, Any]:
    return {node.calculator: node for node in config.node}


def test_every_port_has_a_port_in_each_channel() -> None:
    config = expanded(
        'input_stream: "b" input_stream: "X:a" output_stream: "Y:1:d" output_stream: "Y:0:c"'
        'input_side_packet: "S:s" output_side_packet: "P:p"'
    )
    demux, mux, a, b = config.node
    assert [node.calculator for node in config.node] == [
        "SwitchDemuxCalculator",
        "SwitchMuxCalculator",
        "A",
        "B",
    ]
    controls = ["SELECT:gate_select", "ENABLE:gate_enable"]
    assert list(config.input_stream) == list(demux.input_stream) == [*controls, "b", "X:a"]
    assert list(config.input_side_packet) == list(demux.input_side_packet) == [*controls, "S:s"]
    assert list(config.output_stream) == list(mux.output_stream) == ["Y:c", "Y:1:d"]
    assert list(config.output_side_packet) == list(mux.output_side_packet) == ["P:p"]
    assert list(demux.output_stream) == ["C0__:c0__b", "C0__X:c0__a", "C1__:c1__b", "C1__X:c1__a"]
    assert list(demux.output_side_packet) == ["C0__S:c0__s", "C1__S:c1__s"]
    channels = ["C0__Y:c0__c", "C0__Y:1:c0__d", "C1__Y:c1__c", "C1__Y:1:c1__d"]
    assert list(mux.input_stream) == [*controls, *channels]
    assert list(mux.input_side_packet) == [*controls, "C0__P:c0__p", "C1__P:c1__p"]
    assert (list(a.input_stream), list(a.output_stream)) == (["c0__b", "X:c0__a"], ["Y:c0__c", "Y:1:c0__d"])
    assert (list(b.input_side_packet), list(b.output_side_packet)) == (["S:c1__s"], ["P:c1__p"])
    assert b.name == "b"


def test_stream_at_several_ports_gets_distinct_names() -> None:
    demux = expanded('input_stream: "A:1:a" input_stream: "A:0:a"').node[0]
    assert list(demux.input_stream)[2:] == ["A:a_2", "A:1:a"]


@pytest.mark.parametrize(("tag", "name"), [("SELECT", "gate_select"), ("ENABLE", "gate_enable")])
def test_control_stream_gets_the_times_of_the_inputs(tag: str, name: str) -> None:
    config = expanded(f'input_stream: "{tag}:c" input_stream: "A:a" input_stream: "B:b"')
    sequencer, demux, mux = list(config.node)[:3]
    assert sequencer.calculator == "PacketSequencerCalculator"
    assert list(sequencer.input_stream) == [f"INPUT:{name}", "TICK:a", "TICK:1:b"]
    assert list(sequencer.output_stream) == [f"OUTPUT:{name}_timed"]
    assert sequencer.input_stream_handler.input_stream_handler == "DefaultInputStreamHandler"
    assert f"{tag}:{name}_timed" in demux.input_stream
    assert f"{tag}:{name}_timed" in mux.input_stream
    assert f"{tag}:{name}" in config.input_stream
    assert not any(entry.startswith(f"C0__{tag}") for entry in demux.output_stream)


def test_options_select_the_tick_input_and_asynchronous_selection() -> None:
    ports = 'input_stream: "SELECT:c" input_stream: "A:a" input_stream: "B:b"'
    sequencer = expanded(ports, f'{CONTAINED} async_selection: true tick_input_stream: "B"').node[0]
    assert list(sequencer.input_stream) == ["INPUT:gate_select", "TICK:b"]
    assert not sequencer.HasField("input_stream_handler")


def test_demux_and_mux_have_the_options_but_not_the_contained_nodes() -> None:
    for node in list(expanded(options=CONTAINED + "select: 1").node)[:2]:
        options = message_options(node, "mediapipe.SwitchContainerOptions")
        assert (options.select, len(options.contained_node)) == (1, 0)


def test_options_may_be_node_options() -> None:
    options = f"[type.googleapis.com/mediapipe.SwitchContainerOptions] {{ {CONTAINED} }}"
    text = f"node {{ node_options {{ {options} }} }}"
    config = SwitchContainer.get_config(load_graph(text).config.node[0])
    assert len(config.node) == 4
    assert not message_options(config.node[0], "mediapipe.SwitchContainerOptions").contained_node


def test_empty_container() -> None:
    assert len(expanded(options="").node) == 2


@pytest.mark.parametrize(
    ("ports", "options", "message"),
    [
        (
            "",
            "select: 1 enable: true",
            "Only one of SwitchContainer options 'enable' and 'select' can be specified",
        ),
        (
            'input_stream: "SELECT:a" input_stream: "ENABLE:b"',
            "",
            "Only one of SwitchContainer inputs 'ENABLE' and 'SELECT'",
        ),
        (
            'input_side_packet: "SELECT:a" input_side_packet: "ENABLE:b"',
            "",
            "Only one of SwitchContainer inputs",
        ),
    ],
)
def test_two_controls_of_one_form_are_refused(ports: str, options: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        expanded(ports, options)


def test_stream_and_a_side_packet_may_both_be_controls() -> None:
    config = expanded('input_stream: "ENABLE:e" input_side_packet: "SELECT:s"')
    assert config.node[0].calculator == "PacketSequencerCalculator"
