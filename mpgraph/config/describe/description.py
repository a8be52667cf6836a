"""What is known of a calculator or a subgraph, as plain data."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any

from mpgraph.config.describe.option_descriptions import OptionDescription
from mpgraph.errors import Location

CALCULATOR = "calculator"
SUBGRAPH = "subgraph"

INPUT = "input_stream"
OUTPUT = "output_stream"
SIDE_INPUT = "input_side_packet"
SIDE_OUTPUT = "output_side_packet"

PORT_LISTS = (INPUT, SIDE_INPUT, OUTPUT, SIDE_OUTPUT)
"""The lists of a node's ports, in the order of descriptions."""

_SENTENCE = re.compile(r".*?[.!?](?=\s|$)")


@dataclass(frozen=True)
class PortDescription:
    """One port, or all ports of a tag if `repeated`.

    list: one of PORT_LISTS.
    types: the names of the types it takes or gives, none for any type.
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
        """The port as nodes spell it: "IMAGE", "IMAGE:1", ":1", "" for the first one without tag."""
        return f"{self.tag}:{self.index}" if self.index else self.tag


@dataclass(frozen=True)
class Description:
    """A calculator or subgraph, described.

    kind: CALCULATOR or SUBGRAPH.
    origin: where it comes from: "mpgraph, core" and so on, else the plug-in, the module or the folder.
    doc: its docstring, or the comment at the top of a subgraph's file.
    contract: what else decides about its ports, "" if `ports` says it all.
    options_type: the name of its options' message, "" without options. extension: whether that
        message stands in a node's `options`, as MediaPipe's older ones do, or in `node_options` only.
    place: where it is defined, if that is known.
    The rest are class attributes of `mpgraph.Calculator`.
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
    place: Location | None = None

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
        """The same as JSON has it."""
        place = self.place
        return {
            **{name: value for name, value in dataclasses.asdict(self).items() if name != "place"},
            "summary": self.summary,
            "file": place.file if place else "",
            "line": place.line if place else 0,
        }
