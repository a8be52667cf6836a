"""The differences between mpgraph and the reference interpreter on one graph."""

from __future__ import annotations

from random_graphs import GraphPlan
from reference_graph import run
from reference_interpreter import Reference, RunFailedError

from mpgraph.framework.timestamp import DONE


def expected(plan: GraphPlan) -> tuple[Reference, list[dict[str, int]], type[Exception] | None]:
    reference = Reference(plan)
    settled: list[dict[str, int]] = []
    try:
        for event in plan.events:
            reference.feed(event)
            settled.append(
                {
                    name: reference.settled(name)
                    for name in plan.streams
                    if reference.streams[name].bound < DONE
                }
            )
        reference.finish()
    except RunFailedError as error:
        return reference, settled, error.kind
    return reference, settled, None


def undetermined(plan: GraphPlan) -> set[str]:
    """Streams whose bounds, unlike their packets, depend on the order of events: those behind sync sets."""
    found: set[str] = set()
    for _ in plan.nodes:  # Back edges need more than one round.
        for node in plan.nodes:
            if node.handler == "SyncSet" or found & set(node.inputs):
                found.update(node.outputs)
    return found


def differences(plan: GraphPlan, threads: int, stepwise: bool) -> list[str]:
    """The differences between mpgraph and the reference, as text."""
    reference, settled, error = expected(plan)
    outcome = run(plan, threads, stepwise)
    if (error is None) != (outcome.error is None) or (error and not isinstance(outcome.error, error)):
        return [f"error {outcome.error!r} instead of {error}"]
    found = []
    skipped = undetermined(plan)
    for name in plan.streams:
        ours, theirs = outcome.sent[name], reference.streams[name].sent
        if error is not None:  # Which packets still arrive after an error depends on timing.
            common = min(len(ours), len(theirs))
            ours, theirs = ours[:common], theirs[:common]
        if ours != theirs:
            found.append(f"{name}: {ours} instead of {theirs}")
    for i, (ours_at, theirs_at) in enumerate(zip(outcome.settled, settled, strict=False)):
        for name, t in theirs_at.items():
            if name not in skipped and max(ours_at[name], -(2**63) + 1) != t:
                found.append(f"after event {i} {name} is settled up to {ours_at[name]} instead of {t}")
    return found
