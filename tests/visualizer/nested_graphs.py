"""Random graphs: nested, with side packets, back edges, unconnected ports and unknown calculators."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st


@dataclass
class RandomGraph:
    """The text of a graph, and those of its subgraphs by name."""

    text: str
    subgraphs: dict[str, str] = field(default_factory=dict)


@st.composite
def random_graphs(draw: st.DrawFn, depth: int = 0, name: str = "") -> RandomGraph:
    """A graph; its own ports are `IN:i:...` and so on, up to three of each kind."""
    graph = RandomGraph("")
    streams = [f"s{index}" for index in range(draw(st.integers(0, 3)))]
    packets = [f"p{index}" for index in range(draw(st.integers(0, 2)))]
    head = [f'input_stream: "IN:{index}:{stream}"' for index, stream in enumerate(streams)]
    head += [f'input_side_packet: "SIDE:{index}:{packet}"' for index, packet in enumerate(packets)]
    count = draw(st.integers(0, 7 if depth == 0 else 4))
    ahead = [f"n{index}_0" for index in range(count)]
    nodes = []
    for index in range(count):
        inputs = draw(st.lists(st.sampled_from(streams), max_size=3)) if streams else []
        back = draw(st.lists(st.sampled_from(ahead), max_size=1))
        outputs = [f"n{index}_{port}" for port in range(draw(st.integers(0, 3)))]
        side_inputs = draw(st.lists(st.sampled_from([*packets, "given"]), max_size=2))
        side_outputs = [f"n{index}_p{port}" for port in range(draw(st.integers(0, 2)))]
        calculator = draw(st.sampled_from(["PassThroughCalculator", "UnknownCalculator", "A" * 40]))
        if depth < 2 and draw(st.integers(0, 3)) == 0:
            calculator = f"Sub{name}x{index}"
            inner = draw(random_graphs(depth=depth + 1, name=f"{name}x{index}"))
            graph.subgraphs |= inner.subgraphs
            graph.subgraphs[calculator] = inner.text
        lines = [f'calculator: "{calculator}"']
        lines += [f'input_stream: "IN:{at}:{stream}"' for at, stream in enumerate(inputs)]
        lines += [f'input_stream: "BACK:{stream}"' for stream in back]
        if draw(st.booleans()):
            lines += ['input_stream_info { tag_index: "BACK" back_edge: true }' for _ in back]
        lines += [f'output_stream: "OUT:{at}:{stream}"' for at, stream in enumerate(outputs)]
        lines += [f'input_side_packet: "SIDE:{at}:{packet}"' for at, packet in enumerate(side_inputs)]
        lines += [f'output_side_packet: "OUT:{at}:{packet}"' for at, packet in enumerate(side_outputs)]
        if draw(st.booleans()):
            lines += ['executor: "pool"', "max_in_flight: 3"]
        nodes.append(f"node {{ {' '.join(lines)} }}")
        streams += outputs
        packets += side_outputs
    outputs = draw(st.lists(st.sampled_from(streams), max_size=3)) if streams else []
    head += [f'output_stream: "OUT:{index}:{stream}"' for index, stream in enumerate(outputs)]
    made_packets = draw(st.lists(st.sampled_from(packets), max_size=1)) if packets else []
    head += [f'output_side_packet: "OUT:{index}:{packet}"' for index, packet in enumerate(made_packets)]
    graph.text = "\n".join([*head, *nodes])
    return graph
