"""mpgraph: MediaPipe's graph framework, alive again in Python.

    import mpgraph as mp

    with mp.CalculatorGraph(graph_config=text) as graph:
        ...

The names of MediaPipe's own Python package (up to 0.10.21) are here with the same signatures, and
beside them what is needed to write calculators. Each is loaded when it is first used, so that the
import itself is light.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mpgraph import gpu, packet_creator, packet_getter, resource_util, solutions, testing, visualizer
    from mpgraph.config.builder.graph_builder import GraphBuilder
    from mpgraph.config.builder.handles import Stream
    from mpgraph.config.builder.subgraph import subgraph
    from mpgraph.config.validated_graph_config import ValidatedGraphConfig
    from mpgraph.config.validation.diagnostics import Diagnostic, diagnose
    from mpgraph.errors import MpgraphError
    from mpgraph.formats.gpu_buffer import GpuBuffer
    from mpgraph.formats.image import Image
    from mpgraph.formats.image_format import ImageFormat
    from mpgraph.formats.image_frame import ImageFrame
    from mpgraph.formats.matrix import Matrix
    from mpgraph.formats.tensor import Tensor
    from mpgraph.framework.calculator import STOP, Calculator
    from mpgraph.framework.context import CalculatorContext
    from mpgraph.framework.contract import Contract
    from mpgraph.framework.function.annotations import SidePacket
    from mpgraph.framework.function.decorator import calculator
    from mpgraph.framework.option_types import Range
    from mpgraph.framework.options import ProtoOptions
    from mpgraph.framework.packet import Packet, make_packet
    from mpgraph.framework.packet_type import AnyType
    from mpgraph.framework.ports import Input, Output, SideInput, SideOutput
    from mpgraph.framework.registry import register
    from mpgraph.framework.subgraph import Subgraph
    from mpgraph.framework.timestamp import Timestamp
    from mpgraph.graph.calculator_graph import CalculatorGraph, GraphInputStreamAddMode
    from mpgraph.profiling.statistics import GraphStatistics
    from mpgraph.profiling.trace import Trace
    from mpgraph.solutions import solution_base

__version__ = "0.1.0"

__all__ = [
    "AnyType",
    "Calculator",
    "CalculatorContext",
    "CalculatorGraph",
    "Contract",
    "Diagnostic",
    "GpuBuffer",
    "GraphBuilder",
    "GraphInputStreamAddMode",
    "GraphStatistics",
    "Image",
    "ImageFormat",
    "ImageFrame",
    "Input",
    "Matrix",
    "MpgraphError",
    "Output",
    "Packet",
    "ProtoOptions",
    "Range",
    "STOP",
    "SideInput",
    "SideOutput",
    "SidePacket",
    "Stream",
    "Subgraph",
    "Tensor",
    "Timestamp",
    "Trace",
    "ValidatedGraphConfig",
    "__version__",
    "calculator",
    "diagnose",
    "gpu",
    "make_packet",
    "packet_creator",
    "packet_getter",
    "register",
    "resource_util",
    "solution_base",
    "solutions",
    "subgraph",
    "testing",
    "visualizer",
]

_MODULES = {
    "gpu": "mpgraph.gpu",
    "packet_creator": "mpgraph.packet_creator",
    "packet_getter": "mpgraph.packet_getter",
    "resource_util": "mpgraph.resource_util",
    "solution_base": "mpgraph.solutions.solution_base",
    "solutions": "mpgraph.solutions",
    "visualizer": "mpgraph.visualizer",
    "testing": "mpgraph.testing",
}

_NAMES = {
    "AnyType": "mpgraph.framework.packet_type",
    "Calculator": "mpgraph.framework.calculator",
    "CalculatorContext": "mpgraph.framework.context",
    "CalculatorGraph": "mpgraph.graph.calculator_graph",
    "Contract": "mpgraph.framework.contract",
    "Diagnostic": "mpgraph.config.validation.diagnostics",
    "GpuBuffer": "mpgraph.formats.gpu_buffer",
    "GraphBuilder": "mpgraph.config.builder.graph_builder",
    "GraphInputStreamAddMode": "mpgraph.graph.calculator_graph",
    "GraphStatistics": "mpgraph.profiling.statistics",
    "Image": "mpgraph.formats.image",
    "ImageFormat": "mpgraph.formats.image_format",
    "ImageFrame": "mpgraph.formats.image_frame",
    "Input": "mpgraph.framework.ports",
    "Matrix": "mpgraph.formats.matrix",
    "MpgraphError": "mpgraph.errors",
    "Output": "mpgraph.framework.ports",
    "Packet": "mpgraph.framework.packet",
    "ProtoOptions": "mpgraph.framework.options",
    "Range": "mpgraph.framework.option_types",
    "STOP": "mpgraph.framework.calculator",
    "SideInput": "mpgraph.framework.ports",
    "SideOutput": "mpgraph.framework.ports",
    "SidePacket": "mpgraph.framework.function.annotations",
    "Stream": "mpgraph.config.builder.handles",
    "Subgraph": "mpgraph.framework.subgraph",
    "Tensor": "mpgraph.formats.tensor",
    "Timestamp": "mpgraph.framework.timestamp",
    "Trace": "mpgraph.profiling.trace",
    "ValidatedGraphConfig": "mpgraph.config.validated_graph_config",
    "calculator": "mpgraph.framework.function.decorator",
    "diagnose": "mpgraph.config.validation.diagnostics",
    "make_packet": "mpgraph.framework.packet",
    "register": "mpgraph.framework.registry",
    "subgraph": "mpgraph.config.builder.subgraph",
}

_SELF = sys.modules[__name__]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(import_module(_NAMES[name]), name)
    elif name in _MODULES:
        value = import_module(_MODULES[name])
    else:
        # With these Python itself adds "Did you mean ...?".
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=_SELF)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# Makes the names of the built-in calculators known, whichever module a program imports first.
import_module("mpgraph.calculators")
