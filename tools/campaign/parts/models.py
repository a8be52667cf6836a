"""Models with one changed number: they must be refused or run.

Only the description of the network is changed, not its weights: a byte, or an aligned word, gets a value that
is likely to be wrong. The part of the backend webgpu plans the network, and has no GPU compute it.
"""

from __future__ import annotations

import random
import struct

import numpy as np
from edits import WORDS, Edit, Edited
from part import CHECKOUT, Outcome, Part, Settings, attempt

from mpgraph.inference import create_runner, flatbuffer, load_model, schema
from mpgraph.inference.schema import BufferSlot, ModelSlot
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.planning import make_plan

MODELS = ("hand_recrop", "selfie_segmentation", "face_detection_full_range_sparse", "pose_detection")


def positions(data: bytes) -> list[int]:
    """Return the bytes that describe the network: all but those of constants."""
    free = np.ones(len(data), bool)
    for buffer in flatbuffer.root(data, schema.FILE_IDENTIFIER).tables(ModelSlot.BUFFERS):
        at = buffer.target(BufferSlot.DATA)
        if at is not None:
            free[at + 4 : at + 4 + buffer.length(BufferSlot.DATA)] = False
    return [int(at) for at in np.flatnonzero(free)]


def one_edit(data: bytes, where: list[int], choose: random.Random) -> Edit:
    """Return a change of one number."""
    at = choose.choice(where)
    if choose.random() < 0.5:
        return Edit(
            at, 1, bytes([choose.choice((data[at] ^ 1 << choose.randrange(8), choose.randrange(256)))])
        )
    at = min(at & ~3, len(data) - 4)
    (old,) = struct.unpack_from("<I", data, at)
    new = choose.choice((*WORDS, (old + 1) & 0xFFFFFFFF, (old - 1) & 0xFFFFFFFF))
    return Edit(at, 4, struct.pack("<I", new))


def compute(data: bytes, backend: str) -> None:
    """Load a model and run it once; plan it, for webgpu."""
    model = load_model(data, origin="mutated")
    if backend == "webgpu":
        make_plan(read_network(model), [spec.shape for spec in model.inputs])
        return
    runner = create_runner(model, backend=backend, num_threads=1)
    runner.run([runner.input_view(index) for index in range(len(runner.inputs))])


class Models(Part[Edited]):
    """Runs damaged models with one backend."""

    limit_s = 20.0

    def __init__(self, settings: Settings, backend: str) -> None:
        super().__init__(settings)
        self._backend = backend
        files = [(CHECKOUT / "models" / f"{name}.tflite").read_bytes() for name in MODELS]
        self._files = [(data, positions(data)) for data in files]
        compute(files[0], backend)  # Loads the backend before the first limit of time.

    def make(self, choose: random.Random) -> Edited:
        """Change one number of a model."""
        data, where = choose.choice(self._files)
        return Edited(data, (one_edit(data, where, choose),), ".tflite")

    def run(self, given: Edited) -> Outcome:
        """Load and run it; where that ends the process, the next one goes on."""
        return attempt(lambda: compute(given.data, self._backend))

    def content(self, given: Edited) -> tuple[str, bytes]:
        """Return the model."""
        return given.suffix, given.data


create = Models
