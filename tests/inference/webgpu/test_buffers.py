from __future__ import annotations

from mpgraph.inference import TfliteModel
from mpgraph.inference.webgpu.buffers import lay_out
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.plan import Plan, Storage
from mpgraph.inference.webgpu.planning import make_plan


def planned(model: TfliteModel) -> Plan:
    return make_plan(read_network(model), [spec.shape for spec in model.inputs])


def test_no_value_is_overwritten_before_its_last_use(selfie_model: TfliteModel) -> None:
    plan = planned(selfie_model)
    slots = lay_out(plan).slots
    holds: dict[int, Storage] = {slots[value.storage]: value.storage for value in plan.inputs}
    for dispatch in plan.dispatches:
        for source in dispatch.sources:
            if isinstance(source, Storage):
                assert holds[slots[source]] is source
                assert slots[source] != slots[dispatch.target]
        holds[slots[dispatch.target]] = dispatch.target
    for value in plan.outputs:
        assert holds[slots[value.storage]] is value.storage


def test_each_value_fits_its_buffer(selfie_model: TfliteModel) -> None:
    layout = lay_out(planned(selfie_model))
    assert all(storage.vectors * 16 <= layout.sizes[slot] for storage, slot in layout.slots.items())


def test_buffers_are_shared(selfie_model: TfliteModel) -> None:
    layout = lay_out(planned(selfie_model))
    assert len(layout.sizes) < 12 < len(layout.slots)
    assert sum(layout.sizes) < 0.4 * sum(storage.vectors * 16 for storage in layout.slots)


def test_inputs_and_outputs_share_no_buffer(general_model: TfliteModel) -> None:
    plan = planned(general_model)
    endpoints = {value.storage for value in (*plan.inputs, *plan.outputs)}
    slots = lay_out(plan).slots
    for storage in endpoints:
        assert [other for other in slots if slots[other] == slots[storage]] == [storage]
