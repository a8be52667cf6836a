"""Networks of one operator, computed on the GPU, on the CPU, and in WebAssembly as in pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from model_builder import ModelBuilder
from wasm_kernels import ABSENT, run_plan

from mpgraph.inference import create_runner, load_model
from mpgraph.inference.flatbuffer import Field
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.planning import make_plan

Array = npt.NDArray[Any]


class Comparison:
    """Computes a network of one operator on GPU, CPU and in WebAssembly, and compares shapes and values.

    Operands are arrays; `constants` are the positions of those that are constants of the model, the others
    are its inputs. Without `outputs` there is one, of a shape that the model does not say.
    """

    def build(
        self,
        name: str,
        operands: Sequence[Array | None],
        *,
        constants: Sequence[int] = (),
        options: Mapping[int, Field] | None = None,
        options_type: int = 0,
        outputs: Sequence[Sequence[int]] = (),
        custom_options: bytes = b"",
        version: int = 1,
        activation: str | None = None,
    ) -> bytes:
        builder = ModelBuilder()
        indices, inputs = [], []
        for position, operand in enumerate(operands):
            if operand is None:
                indices.append(-1)
            elif position in constants:
                indices.append(builder.constant(f"c{position}", operand))
            else:
                indices.append(builder.tensor(f"x{position}", operand.shape))
                inputs.append(indices[-1])
        results = [builder.tensor(f"y{number}", shape) for number, shape in enumerate(outputs)]
        results = results or [builder.tensor("y", (1, 1, 1, 1), signature=(-1, -1, -1, -1))]
        builder.operator(
            name,
            indices,
            results,
            options=options,
            options_type=options_type,
            custom_options=custom_options,
            version=version,
        )
        if activation:
            results = [builder.tensor("z", (1, 1, 1, 1), signature=(-1, -1, -1, -1))]
            builder.operator(activation, [len(builder.tensors) - 2], results)
        return builder.build(inputs, results)

    def gpu(self, data: bytes, inputs: Sequence[Array]) -> list[Array]:
        with create_runner(load_model(data, origin="one.tflite"), backend="webgpu") as runner:
            return runner.run(inputs)

    def wasm(self, data: bytes, inputs: Sequence[Array]) -> list[Array]:
        """The results of the same plan in WebAssembly; nothing if it has a kernel that wasm lacks."""
        plan = make_plan(read_network(load_model(data, origin="one.tflite")), [x.shape for x in inputs])
        used = {dispatch.kernel for dispatch in plan.dispatches}
        return [] if used & ABSENT else run_plan(plan, inputs)

    def __call__(
        self, name: str, operands: Sequence[Array | None], *, atol: float = 1e-5, **settings: Any
    ) -> None:
        constants = settings.get("constants", ())
        inputs = [x for position, x in enumerate(operands) if x is not None and position not in constants]
        data = self.build(name, operands, **settings)
        with create_runner(load_model(data, origin="one.tflite"), use_xnnpack=False) as runner:
            expected = runner.run(inputs)
        for results in (self.gpu(data, inputs), self.wasm(data, inputs)):
            for actual, reference in zip(results or expected, expected, strict=True):
                assert actual.shape == reference.shape
                np.testing.assert_allclose(actual, reference, atol=atol, rtol=1e-5)


@pytest.fixture(scope="session")
def compare() -> Comparison:
    """See `Comparison`."""
    return Comparison()


def noise(*shape: int, seed: int = 0) -> npt.NDArray[np.float32]:
    """Normally distributed numbers, the same for the same seed."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.fixture(scope="session", name="noise")
def noise_fixture() -> Callable[..., npt.NDArray[np.float32]]:
    """See `noise`."""
    return noise
