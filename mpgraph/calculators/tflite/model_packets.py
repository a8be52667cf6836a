"""What the side packets between model loaders and inference carry."""

from __future__ import annotations

from dataclasses import dataclass

from mpgraph.framework import packet_type
from mpgraph.inference import TfliteModel


@dataclass(frozen=True)
class OpResolver:
    """Says which operators beyond TfLite's own a graph counts on.

    mpgraph's backends bring what they can run, so this only has to be there where a graph asks for
    it; `custom_ops` are the names a TfLiteCustomOpResolverCalculator stands for.
    """

    custom_ops: tuple[str, ...] = ()
    use_gpu: bool = False


MODEL = packet_type.define("::mediapipe::api2::TfLiteModelPtr", TfliteModel)
"""A checked TfLite model."""

OP_RESOLVER = packet_type.define("::tflite::OpResolver", OpResolver)
"""An OpResolver."""
