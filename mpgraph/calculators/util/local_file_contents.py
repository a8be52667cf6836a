"""LocalFileContentsCalculator: reads files, such as models, into side packets."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.override import override
from mpgraph.framework.packet_type import STRING
from mpgraph.framework.ports import SideInput, SideOutput
from mpgraph.framework.registry import register
from mpgraph.framework.resources import read_resource


@register
class LocalFileContentsCalculator(Calculator):
    """Reads files when a run starts.

    FILE_PATH, FILE_PATH:1, ...: side packets with paths, looked up like all resources: working directory,
        MPGRAPH_RESOURCE_PATH, the package's own models.
    CONTENTS, CONTENTS:1, ...: side packets with the files' contents as bytes; as many as there are paths.

    Options: `text_mode` replaces CRLF line ends by LF.
    """

    paths = SideInput("FILE_PATH", STRING, repeated=True)
    contents = SideOutput("CONTENTS", STRING, repeated=True)
    Options = ProtoOptions("LocalFileContentsCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """As many CONTENTS as FILE_PATH."""
        super().get_contract(contract)
        contract.need(
            contract.side_inputs.count("FILE_PATH") == contract.side_outputs.count("CONTENTS"),
            "LocalFileContentsCalculator must have as many CONTENTS output side packets as FILE_PATH "
            "input side packets.",
        )

    @override
    def open(self, cc: CalculatorContext) -> None:
        for index, packet in enumerate(cc.all(self.paths)):
            path = packet.payload
            data = read_resource(path.decode() if isinstance(path, bytes) else path)
            if cc.options.text_mode:
                data = data.replace(b"\r\n", b"\n")
            cc.emit(self.contents, data, index=index)
