"""LocalFileContentsCalculator and ResourceProviderCalculator: read files, such as models."""

from __future__ import annotations

from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import STRING
from mpgraph.framework.resources import read_resource


@mp.register
class LocalFileContentsCalculator(mp.Calculator):
    """Reads files when a run starts.

    FILE_PATH, FILE_PATH:1, ...: side packets with paths, looked up like all resources: working directory,
        MPGRAPH_RESOURCE_PATH, the package's own models.
    CONTENTS, CONTENTS:1, ...: side packets with the files' contents as bytes; as many as there are paths.

    Options: `text_mode` replaces CRLF line ends by LF.
    """

    paths = mp.SideInput("FILE_PATH", STRING, repeated=True)
    contents = mp.SideOutput("CONTENTS", STRING, repeated=True)
    Options = mp.ProtoOptions("LocalFileContentsCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """As many CONTENTS as FILE_PATH."""
        super().get_contract(contract)
        contract.need(
            contract.side_inputs.count("FILE_PATH") == contract.side_outputs.count("CONTENTS"),
            "LocalFileContentsCalculator must have as many CONTENTS output side packets as FILE_PATH "
            "input side packets.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        for index, packet in enumerate(cc.all(self.paths)):
            cc.emit(self.contents, _read(packet.payload, cc.options.text_mode), index=index)


class Resource(bytes):
    """The contents of a file that was found on the resource path."""

    __slots__ = ()


RESOURCE = packet_type.define("::mediapipe::Resource", Resource)


@mp.register
class ResourceProviderCalculator(mp.Calculator):
    """Reads files when a run starts; newer graphs use it instead of LocalFileContentsCalculator.

    RESOURCE_ID, RESOURCE_ID:1, ...: side packets with paths, looked up like all resources: working directory,
        MPGRAPH_RESOURCE_PATH, the package's own models; or the option `resource_id`, once for each path.
    RESOURCE, RESOURCE:1, ...: side packets with the files' contents (Resource, a subclass of bytes); as many
        as there are paths.

    Options: `read_mode: READ_MODE_TEXT` replaces CRLF line ends by LF.
    """

    ids = mp.SideInput("RESOURCE_ID", STRING, optional=True, repeated=True)
    resources = mp.SideOutput("RESOURCE", RESOURCE, repeated=True)
    Options = mp.ProtoOptions("ResourceProviderCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Either RESOURCE_ID or the option `resource_id`; as many RESOURCE as there are paths."""
        super().get_contract(contract)
        connected, listed = contract.side_inputs.count("RESOURCE_ID"), len(contract.options.resource_id)
        contract.need(
            bool(connected) != bool(listed),
            "Either side packets or options must be used, not both: RESOURCE_ID.",
        )
        contract.need(
            contract.side_outputs.count("RESOURCE") == connected + listed,
            "ResourceProviderCalculator must have as many RESOURCE output side packets as resource ids.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        paths = [packet.payload for packet in cc.all(self.ids)] or list(cc.options.resource_id)
        is_text = cc.options.read_mode == cc.options.READ_MODE_TEXT
        for index, path in enumerate(paths):
            cc.emit(self.resources, Resource(_read(path, is_text)), index=index)


def _read(path: str | bytes, is_text: bool) -> bytes:
    data = read_resource(path.decode() if isinstance(path, bytes) else path)
    return data.replace(b"\r\n", b"\n") if is_text else data
