"""Descriptions of calculators and subgraphs as plain data."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any

from mpgraph.config.describe.option_descriptions import OptionDescription
from mpgraph.config.port_lists import INPUT, OUTPUT, SIDE_INPUT, SIDE_OUTPUT
from mpgraph.errors import Location

CALCULATOR = "calculator"
SUBGRAPH = "subgraph"

PORT_TITLES = {
    INPUT: "Input streams",
    SIDE_INPUT: "Input side packets",
    OUTPUT: "Output streams",
    SIDE_OUTPUT: "Output side packets",
}
"""The headings of the port lists, in the order of descriptions."""

_SENTENCE = re.compile(r".*?[.!?](?=\s|$)")


@dataclass(frozen=True)
class PortDescription:
    """One port, or all ports of a tag if `repeated`.

    list: one of PORT_LISTS of `mpgraph.config.port_lists`.
    types: the names of its types, none for any type.
    same_as: the tag of the input whose type this port has, None if it has its own.
    """

    list: str
    name: str
    tag: str = ""
    index: int = 0
    types: tuple[str, ...] = ()
    optional: bool = False
    repeated: bool = False
    same_as: str | None = None
    doc: str = ""

    @property
    def label(self) -> str:
        """The port as written in nodes: "IMAGE", "IMAGE:1", ":1", "" for the first untagged one."""
        return f"{self.tag}:{self.index}" if self.index else self.tag


@dataclass(frozen=True)
class Description:
    """The description of a calculator or subgraph.

    kind: CALCULATOR or SUBGRAPH.
    origin: "mpgraph, core" and so on, else the plug-in, module or folder that defines it.
    doc: its docstring, or the comment at the top of a subgraph's file.
    contract: what else determines its ports, "" if `ports` is complete.
    options_type: the name of its options' message, "" without options. extension: whether that
        message is set in a node's `options`, as MediaPipe's older ones are, or in `node_options` only.
    location: of the definition, if it is known.
    The other fields are class attributes of `mpgraph.Calculator`.
    """

    name: str
    kind: str
    origin: str
    doc: str = ""
    ports: tuple[PortDescription, ...] = ()
    contract: str = ""
    options_type: str = ""
    options_doc: str = ""
    options: tuple[OptionDescription, ...] = ()
    extension: bool = False
    blocking: bool = False
    max_in_flight: int = 1
    timestamp_offset: int | None = None
    process_timestamp_bounds: bool = False
    input_stream_handler: str | None = None
    location: Location | None = None

    @property
    def summary(self) -> str:
        """The first sentence of the documentation, in one line."""
        paragraph = " ".join(self.doc.partition("\n\n")[0].split())
        sentence = _SENTENCE.match(paragraph)
        return sentence[0] if sentence else paragraph

    def ports_of(self, port_list: str) -> tuple[PortDescription, ...]:
        """The ports of one list."""
        return tuple(port for port in self.ports if port.list == port_list)

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON-compatible data, with "file" and "line" for the location."""
        return {
            **{name: value for name, value in dataclasses.asdict(self).items() if name != "location"},
            "summary": self.summary,
            "file": self.location.file if self.location else "",
            "line": self.location.line if self.location else 0,
        }
