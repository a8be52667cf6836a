from __future__ import annotations

import pytest

from mpgraph.calculators.tensor.models import OpResolver
from mpgraph.graph.calculator_graph import CalculatorGraph

# run() of the testing kit connects all output side packets, of which this calculator has exactly one.
GRAPH = """node {
  calculator: "TfLiteCustomOpResolverCalculator" %s
  options { [mediapipe.TfLiteCustomOpResolverCalculatorOptions.ext] { use_gpu: true } }
}"""


@pytest.mark.parametrize("port", ["OP_RESOLVER:resolver", "resolver"])
def test_resolver_names_the_operators_of_mediapipe(port: str) -> None:
    graph = CalculatorGraph(graph_config=GRAPH % f'output_side_packet: "{port}"')
    graph.run()
    assert graph.get_output_side_packet("resolver").payload == OpResolver(
        ("Convolution2DTransposeBias", "MaxPoolArgmax", "MaxUnpooling2D"), use_gpu=True
    )


@pytest.mark.parametrize("ports", ["", 'output_side_packet: "OP_RESOLVER:a" output_side_packet: "b"'])
def test_exactly_one_output_is_required(ports: str) -> None:
    with pytest.raises(ValueError, match="exactly one side packet"):
        CalculatorGraph(graph_config=GRAPH % ports)
