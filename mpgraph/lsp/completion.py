"""What may be written at a position in a graph's text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mpgraph.lsp.descriptions import Descriptions, option_text, options_at, port_text
from mpgraph.lsp.outline import Block, Entry, Outline
from mpgraph.lsp.streams import INPUTS, PORTS, calculator_of, uses
from mpgraph.protos import calculator_pb2

_OPTIONS = ("options", "node_options")


@dataclass(frozen=True)
class Suggestion:
    """A text that may replace what is between two offsets. kind: "calculator", "tag", "stream", ...

    again: whether more is to be suggested after it.
    """

    text: str
    kind: str
    start: int
    end: int
    doc: str = ""
    again: bool = False


def suggestions(outline: Outline, offset: int, file: str, known: Descriptions) -> list[Suggestion]:
    """What may be written at an offset; an editor selects by what is written already."""
    entry = outline.entry_at(offset)
    if entry is not None:
        return list(_in_string(outline, entry, offset, file, known))
    name = outline.name_at(offset)
    start, end = (name.start, name.end) if name else (offset, offset)
    block = outline.block_at(offset)
    if name is not None and name.field:
        return [
            Suggestion(choice, "value", start, end)
            for option in _options_in(outline, block, file, known)
            if option.name == name.field
            for choice in option.choices or (("true", "false") if option.type == "bool" else ())
        ]
    return [
        Suggestion(text, kind, start, end, doc) for text, kind, doc in _fields(outline, block, file, known)
    ]


def _in_string(
    outline: Outline, entry: Entry, offset: int, file: str, known: Descriptions
) -> Iterator[Suggestion]:
    if entry.field in ("calculator", "packet_generator"):
        for name in known.names(file):
            yield Suggestion(name, "calculator", entry.start, entry.end)
    elif entry.field in PORTS and entry.block.path in ((), ("node",)):
        typed = entry.text[: offset - entry.start]
        description = known.find(calculator_of(outline, entry), file)
        if ":" not in typed:
            for port in description.ports_of(entry.field) if description else ():
                if port.label:
                    text = port_text(port)
                    yield Suggestion(f"{port.label}:", "tag", entry.start, offset, text, again=True)
        if (entry.field in INPUTS) == bool(entry.block.path):  # What a node reads, and what the graph gives.
            start = entry.start + typed.rfind(":") + 1
            sent = [use.name for use in uses(outline) if use.sends and use.kind == PORTS[entry.field]]
            for name in dict.fromkeys(each for each in sent if each):
                yield Suggestion(name, "stream", start, entry.end)


def _fields(outline: Outline, block: Block, file: str, known: Descriptions) -> Iterator[tuple[str, str, str]]:
    if not block.path:
        yield from ((name, "field", "") for name in _names_in(calculator_pb2.CalculatorGraphConfig))
    elif block.path == ("node",):
        yield from ((name, "field", "") for name in _names_in(calculator_pb2.CalculatorGraphConfig.Node))
    elif block.path[0] == "node" and block.path[1] in _OPTIONS:
        if len(block.path) == 2:
            node = outline.node_of(block)
            found = known.find(outline.within(node, "calculator")[0].text, file) if node else None
            if found is not None and found.options_type:
                prefix = "type.googleapis.com/" if block.name == "node_options" else ""
                suffix = "" if prefix else ".ext"
                yield f"[{prefix}{found.options_type}{suffix}]", "options", found.options_doc
        for option in _options_in(outline, block, file, known):
            yield option.name, "option", option_text(option)


def _options_in(outline: Outline, block: Block, file: str, known: Descriptions) -> Any:
    """The options that may be set in a block; none outside of a node's options."""
    node = outline.node_of(block)
    calculators = outline.within(node, "calculator") if node else []
    if len(block.path) < 3 or block.path[1] not in _OPTIONS or not calculators:
        return ()
    description = known.find(calculators[0].text, file)
    return options_at(description, block.path[3:]) if description else ()


def _names_in(message: Any) -> list[str]:
    return list(message.DESCRIPTOR.fields_by_name)
