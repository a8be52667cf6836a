"""Stream headers that a calculator hands on."""

from __future__ import annotations

from mpgraph.framework.context import CalculatorContext


def copy_headers(cc: CalculatorContext) -> None:
    """Give each output the header of the input with the same tag and index."""
    for (port, _), header in zip(cc.input_tags, cc.headers, strict=True):
        position = cc.output_tags.id(port.tag, port.index)
        if position is not None and not header.is_empty():
            cc.outputs[position].set_header(header)
