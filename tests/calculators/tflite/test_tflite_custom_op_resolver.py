from __future__ import annotations

import pytest

from mpgraph.calculators.tensor.models import OpResolver
from mpgraph.testing import run

NAME = "TfLiteCustomOpResolverCalculator"


@pytest.mark.parametrize("port", ["OP_RESOLVER", ""])
def test_resolver_names_the_operators_of_mediapipe(port: str) -> None:
    resolver = OpResolver(("Convolution2DTransposeBias", "MaxPoolArgmax", "MaxUnpooling2D"), use_gpu=True)
    run(NAME, "use_gpu: true").expect_side(port, resolver)


def test_exactly_one_output_is_required() -> None:
    with pytest.raises(ValueError, match="exactly one side packet"):
        run(NAME).expect_nothing()
    with pytest.raises(ValueError, match="exactly one side packet"):
        run(f'node {{ calculator: "{NAME}" }}')
