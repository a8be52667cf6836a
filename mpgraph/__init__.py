"""mpgraph: MediaPipe's graph framework in Python.

    import mpgraph as mp

    with mp.CalculatorGraph(graph_config=text) as graph:
        ...

The names of MediaPipe's own Python package (up to 0.10.21) keep their signatures; the others are for
writing, testing and drawing calculators and graphs. Each name is loaded on first use, so that the import
itself stays cheap.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # `X as X` is how type checkers recognize a name as public.
    from mpgraph import errors as errors
    from mpgraph import gpu as gpu
    from mpgraph import packet_creator as packet_creator
    from mpgraph import packet_getter as packet_getter
    from mpgraph import resource_util as resource_util
    from mpgraph import solutions as solutions
    from mpgraph import testing as testing
    from mpgraph import visualizer as visualizer
    from mpgraph.config.builder.graph_builder import GraphBuilder as GraphBuilder
    from mpgraph.config.builder.handles import Stream as Stream
    from mpgraph.config.builder.subgraph import subgraph as subgraph
    from mpgraph.config.validated_graph_config import ValidatedGraphConfig as ValidatedGraphConfig
    from mpgraph.config.validation.diagnostics import Diagnostic as Diagnostic
    from mpgraph.config.validation.diagnostics import diagnose as diagnose
    from mpgraph.errors import MpgraphError as MpgraphError
    from mpgraph.formats.gpu_buffer import GpuBuffer as GpuBuffer
    from mpgraph.formats.image import Image as Image
    from mpgraph.formats.image_format import ImageFormat as ImageFormat
    from mpgraph.formats.image_frame import ImageFrame as ImageFrame
    from mpgraph.formats.matrix import Matrix as Matrix
    from mpgraph.formats.tensor import Tensor as Tensor
    from mpgraph.framework.calculator import STOP as STOP
    from mpgraph.framework.calculator import Calculator as Calculator
    from mpgraph.framework.context import CalculatorContext as CalculatorContext
    from mpgraph.framework.contract import Contract as Contract
    from mpgraph.framework.function.annotations import SidePacket as SidePacket
    from mpgraph.framework.function.decorator import calculator as calculator
    from mpgraph.framework.options import ProtoOptions as ProtoOptions
    from mpgraph.framework.options import Range as Range
    from mpgraph.framework.packet import Packet as Packet
    from mpgraph.framework.packet import make_packet as make_packet
    from mpgraph.framework.packet_type import AnyType as AnyType
    from mpgraph.framework.ports import Input as Input
    from mpgraph.framework.ports import Output as Output
    from mpgraph.framework.ports import SideInput as SideInput
    from mpgraph.framework.ports import SideOutput as SideOutput
    from mpgraph.framework.registry import register as register
    from mpgraph.framework.subgraph import Subgraph as Subgraph
    from mpgraph.framework.timestamp import Timestamp as Timestamp
    from mpgraph.graph.calculator_graph import CalculatorGraph as CalculatorGraph
    from mpgraph.mapping.map_graph import GraphMapping as GraphMapping
    from mpgraph.mapping.map_graph import map_graph as map_graph
    from mpgraph.mapping.result import MapResult as MapResult
    from mpgraph.profiling.statistics import GraphStatistics as GraphStatistics
    from mpgraph.profiling.trace import Trace as Trace
    from mpgraph.runtime.executor import Executor as Executor
    from mpgraph.runtime.graph_input_stream import GraphInputStreamAddMode as GraphInputStreamAddMode
    from mpgraph.runtime.handlers import InputStreamHandler as InputStreamHandler
    from mpgraph.runtime.handlers import register_input_stream_handler as register_input_stream_handler
    from mpgraph.solutions import solution_base as solution_base

__version__ = "0.2.0"

_EXPORTS: Final = {
    "AnyType": "mpgraph.framework.packet_type:AnyType",
    "Calculator": "mpgraph.framework.calculator:Calculator",
    "CalculatorContext": "mpgraph.framework.context:CalculatorContext",
    "CalculatorGraph": "mpgraph.graph.calculator_graph:CalculatorGraph",
    "Contract": "mpgraph.framework.contract:Contract",
    "Diagnostic": "mpgraph.config.validation.diagnostics:Diagnostic",
    "Executor": "mpgraph.runtime.executor:Executor",
    "GpuBuffer": "mpgraph.formats.gpu_buffer:GpuBuffer",
    "GraphBuilder": "mpgraph.config.builder.graph_builder:GraphBuilder",
    "GraphMapping": "mpgraph.mapping.map_graph:GraphMapping",
    "GraphInputStreamAddMode": "mpgraph.runtime.graph_input_stream:GraphInputStreamAddMode",
    "GraphStatistics": "mpgraph.profiling.statistics:GraphStatistics",
    "Image": "mpgraph.formats.image:Image",
    "ImageFormat": "mpgraph.formats.image_format:ImageFormat",
    "ImageFrame": "mpgraph.formats.image_frame:ImageFrame",
    "Input": "mpgraph.framework.ports:Input",
    "InputStreamHandler": "mpgraph.runtime.handlers:InputStreamHandler",
    "MapResult": "mpgraph.mapping.result:MapResult",
    "Matrix": "mpgraph.formats.matrix:Matrix",
    "MpgraphError": "mpgraph.errors:MpgraphError",
    "Output": "mpgraph.framework.ports:Output",
    "Packet": "mpgraph.framework.packet:Packet",
    "ProtoOptions": "mpgraph.framework.options:ProtoOptions",
    "Range": "mpgraph.framework.options:Range",
    "STOP": "mpgraph.framework.calculator:STOP",
    "SideInput": "mpgraph.framework.ports:SideInput",
    "SideOutput": "mpgraph.framework.ports:SideOutput",
    "SidePacket": "mpgraph.framework.function.annotations:SidePacket",
    "Stream": "mpgraph.config.builder.handles:Stream",
    "Subgraph": "mpgraph.framework.subgraph:Subgraph",
    "Tensor": "mpgraph.formats.tensor:Tensor",
    "Timestamp": "mpgraph.framework.timestamp:Timestamp",
    "Trace": "mpgraph.profiling.trace:Trace",
    "ValidatedGraphConfig": "mpgraph.config.validated_graph_config:ValidatedGraphConfig",
    "calculator": "mpgraph.framework.function.decorator:calculator",
    "diagnose": "mpgraph.config.validation.diagnostics:diagnose",
    "errors": "mpgraph.errors",
    "gpu": "mpgraph.gpu",
    "make_packet": "mpgraph.framework.packet:make_packet",
    "map_graph": "mpgraph.mapping.map_graph:map_graph",
    "packet_creator": "mpgraph.packet_creator",
    "packet_getter": "mpgraph.packet_getter",
    "register": "mpgraph.framework.registry:register",
    "register_input_stream_handler": "mpgraph.runtime.handlers:register_input_stream_handler",
    "resource_util": "mpgraph.resource_util",
    "solution_base": "mpgraph.solutions.solution_base",
    "solutions": "mpgraph.solutions",
    "subgraph": "mpgraph.config.builder.subgraph:subgraph",
    "testing": "mpgraph.testing",
    "visualizer": "mpgraph.visualizer",
}
"""Public name -> the module it is, or MODULE:NAME where it is defined."""

if not TYPE_CHECKING:  # Otherwise type checkers would accept any name, and `import *` would give them none.
    __all__ = sorted(["__version__", *_EXPORTS])

    def __getattr__(name: str) -> Any:
        if name not in _EXPORTS:
            # With `name` and `obj`, Python itself adds "Did you mean ...?".
            text = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(text, name=name, obj=sys.modules[__name__])
        module_name, _, attribute = _EXPORTS[name].partition(":")
        module = import_module(module_name)
        globals()[name] = value = getattr(module, attribute) if attribute else module
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


# Whichever module of mpgraph a program imports first: the names of the built-in calculators, and MediaPipe's
# paths of modules.
import_module("mpgraph.calculators")
import_module("mpgraph.mediapipe_paths")
