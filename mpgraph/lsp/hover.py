"""What an editor shows about the text under the mouse."""

from __future__ import annotations

from collections.abc import Iterator

from mpgraph.lsp.descriptions import Descriptions, calculator_text, option_text, options_at, port_text
from mpgraph.lsp.outline import Outline
from mpgraph.lsp.streams import calculator_of, same, use_at


def hover(outline: Outline, offset: int, file: str, known: Descriptions) -> str:
    """Markdown about a calculator, a port and its stream, or an option; "" about anything else."""
    entry = outline.entry_at(offset)
    if entry is not None and entry.field == "calculator":
        description = known.find(entry.text, file)
        return calculator_text(description) if description else ""
    if use_at(outline, offset) is not None or entry is not None:
        return "\n\n".join(_port_and_stream(outline, offset, file, known))
    name = outline.name_at(offset)
    node = outline.node_of(name.block) if name else None
    if name is None or node is None or len(name.block.path) < 3:
        return ""
    calculators = outline.within(node, "calculator")
    description = known.find(calculators[0].text, file) if calculators else None
    options = options_at(description, name.block.path[3:]) if description else ()
    return next((option_text(option) for option in options if option.name == name.text), "")


def _port_and_stream(outline: Outline, offset: int, file: str, known: Descriptions) -> Iterator[str]:
    entry = outline.entry_at(offset)
    if entry is None:
        return
    description = known.find(calculator_of(outline, entry), file)
    tag = entry.text.rpartition(":")[0].partition(":")[0]
    for port in description.ports if description else ():
        if (port.list, port.tag) == (entry.field, tag):
            yield port_text(port)
            break
    use = use_at(outline, offset)
    if use is None:
        return
    found = same(outline, use)
    senders = [calculator_of(outline, each.entry) or "the graph's input" for each in found if each.sends]
    readers = [calculator_of(outline, each.entry) or "the graph's output" for each in found if not each.sends]
    sent = " and ".join(senders) or "nowhere"
    yield f"{use.kind} `{use.name}` from {sent}, read by {', '.join(dict.fromkeys(readers)) or 'no node'}"
