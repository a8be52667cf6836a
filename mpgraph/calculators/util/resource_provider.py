"""ResourceProviderCalculator: reads files, such as models, into resources."""

from __future__ import annotations

from mpgraph.framework import packet_type
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.override import override
from mpgraph.framework.packet_type import STRING
from mpgraph.framework.ports import SideInput, SideOutput
from mpgraph.framework.registry import register
from mpgraph.framework.resources import read_resource


class Resource(bytes):
    """The contents of a file that was found on the resource path."""

    __slots__ = ()


RESOURCE = packet_type.define("::mediapipe::Resource", Resource)


@register
class ResourceProviderCalculator(Calculator):
    """Reads files when a run starts; newer graphs use it instead of LocalFileContentsCalculator.

    RESOURCE_ID, RESOURCE_ID:1, ...: side packets with paths, looked up like all resources: working directory,
        MPGRAPH_RESOURCE_PATH, the package's own models; or the option `resource_id`, once for each path.
    RESOURCE, RESOURCE:1, ...: side packets with the files' contents (Resource, a kind of bytes); as many as
        there are paths.

    Options: `read_mode: READ_MODE_TEXT` replaces CRLF line ends by LF.
    """

    ids = SideInput("RESOURCE_ID", STRING, optional=True, repeated=True)
    resources = SideOutput("RESOURCE", RESOURCE, repeated=True)
    Options = ProtoOptions("ResourceProviderCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Either RESOURCE_ID or the option `resource_id`; as many RESOURCE as there are paths."""
        super().get_contract(contract)
        given, listed = contract.side_inputs.count("RESOURCE_ID"), len(contract.options.resource_id)
        contract.need(
            bool(given) != bool(listed), "Either side packets or options must be used, not both: RESOURCE_ID."
        )
        contract.need(
            contract.side_outputs.count("RESOURCE") == given + listed,
            "ResourceProviderCalculator must have as many RESOURCE output side packets as resource ids.",
        )

    @override
    def open(self, cc: CalculatorContext) -> None:
        paths = [packet.payload for packet in cc.all(self.ids)] or list(cc.options.resource_id)
        text = cc.options.read_mode == cc.options.READ_MODE_TEXT
        for index, path in enumerate(paths):
            data = read_resource(path.decode() if isinstance(path, bytes) else path)
            cc.emit(self.resources, Resource(data.replace(b"\r\n", b"\n") if text else data), index=index)
