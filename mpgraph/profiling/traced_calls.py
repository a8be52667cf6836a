"""Traced calls: functions around the methods of calculators that note when they are called and with what.

Everything here runs for every packet of every node, so it is written for speed: closures instead of
attributes, one flat list instead of objects, and the most common cases first.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident
from time import perf_counter_ns
from types import CoroutineType
from typing import Any, TypeAlias

from mpgraph.framework.calculator import STOP
from mpgraph.framework.context import CalculatorContext
from mpgraph.profiling.events import RAISED, Emitted
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.invocation import Call, Stage, take_result

Record: TypeAlias = "Callable[[tuple[Any, ...]], None]"
"""Takes the fields of one call: `extend` of a flat list."""


def traced(node: CalculatorNode, stage: Stage, call: Call, record: Record) -> Call:
    """Return a function that calls `call`, a method of the node's calculator, and records it as an event."""
    return _traced_process(node, call, record) if stage == "Process" else _traced_once(node, call, record)


def _traced_once(node: CalculatorNode, call: Call, record: Record) -> Call:
    def open_or_close(context: CalculatorContext) -> Any:
        start = perf_counter_ns()
        result = None
        emitted: Emitted = RAISED
        try:
            result = call(context)
            emitted = _all_sent(context)
        finally:
            if not isinstance(result, CoroutineType):
                record((start, perf_counter_ns(), node.spec.id, context.t, get_ident(), 0, 0, emitted))
        if isinstance(result, CoroutineType):
            return _traced_coroutine(node.spec.id, context, result, record, (start, 0, 0))
        return result

    return open_or_close


def _traced_process(node: CalculatorNode, call: Call, record: Record) -> Call:
    node_id = node.spec.id
    waiting = [queue.packets for queue in node.queues]
    only_input = waiting[0] if len(waiting) == 1 else None
    only_output = len(node.outputs) == 1
    clock, thread = perf_counter_ns, get_ident

    def process(context: CalculatorContext) -> Any:
        t = context.t
        present: int
        left: int | tuple[int, ...]
        if only_input is not None:
            present = 1 if context.packets[0]._type is not None else 0
            left = len(only_input)
        else:
            present = sum([1 << i for i, packet in enumerate(context.packets) if packet._type is not None])
            left = tuple([len(packets) for packets in waiting])
        start = clock()
        try:
            result = call(context)
            end = clock()
            if result is not None and result is not STOP:
                if type(result) is CoroutineType:
                    return _traced_coroutine(node_id, context, result, record, (start, present, left))
                take_result(context, result)  # Here rather than by the caller, so that it counts as sent.
                result = None
        except BaseException:
            record((start, clock(), node_id, t, thread(), present, left, RAISED))
            raise
        if only_output and len(packets := context.outputs[0].packets) == 1 and packets[0]._t == t:
            record((start, end, node_id, t, thread(), present, left, 1))
        else:
            record((start, end, node_id, t, thread(), present, left, _all_sent(context)))
        return result

    return process


async def _traced_coroutine(
    node_id: int,
    context: CalculatorContext,
    coroutine: CoroutineType[Any, Any, Any],
    record: Record,
    begun: tuple[int, int, int | tuple[int, ...]],
) -> Any:
    """Await what a call returned, and record it from its start on, with the time that it waited.

    begun: when the call started, which inputs were present and what was left in the queues.
    """
    start, present, left = begun
    t = context.t
    emitted: Emitted = RAISED
    try:
        result = await coroutine
        if result is not None and result is not STOP:
            take_result(context, result)
            result = None
        emitted = _all_sent(context)
    finally:
        record((start, perf_counter_ns(), node_id, t, get_ident(), present, left, emitted))
    return result


def _all_sent(context: CalculatorContext) -> Emitted:
    t, mask = context.t, 0
    for i, shard in enumerate(context.outputs):
        packets = shard.packets
        if not packets:
            continue
        if len(packets) > 1 or packets[0]._t != t:
            return tuple(
                [(i, packet._t) for i, shard in enumerate(context.outputs) for packet in shard.packets]
            )
        mask |= 1 << i
    return mask
