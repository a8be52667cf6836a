from __future__ import annotations

import pytest

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.contract import Contract
from mpgraph.framework.tags import TagMap
from mpgraph.gpu import GPU_SERVICE


def contract(inputs: list[str], outputs: list[str]) -> Contract:
    def tag_map(tags: list[str]) -> TagMap:
        return TagMap([f"{tag}:{tag.lower()}" for tag in tags])

    return Contract("node", None, tag_map(inputs), tag_map(outputs), tag_map([]), tag_map([]))


def test_node_in_host_memory_requests_no_service() -> None:
    spec = contract(["IMAGE"], ["IMAGE"])
    assert not choose_device(spec, ["IMAGE"], ["IMAGE"])
    assert spec.services == {} and spec.blocking is None


def test_node_on_the_gpu_requests_the_service_and_runs_inline() -> None:
    spec = contract(["IMAGE_GPU"], ["IMAGE_GPU"])
    assert choose_device(spec, ["IMAGE"], ["IMAGE"], ["MASK"])
    assert spec.services == {GPU_SERVICE: False} and spec.blocking is False
    assert GPU_SERVICE in spec.default_services


def test_ports_of_the_chosen_device_are_required() -> None:
    spec = contract(["IMAGE_GPU"], [])
    choose_device(spec, ["IMAGE", "MASK"], ["IMAGE"])
    problems = " ".join(spec.problems())
    assert 'Tag "MASK_GPU" index 0 is a required input' in problems
    assert 'Tag "IMAGE_GPU" index 0 is a required output' in problems


def test_ports_of_both_devices_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="cannot be mixed: IMAGE and IMAGE_GPU are connected"):
        choose_device(contract(["IMAGE"], ["IMAGE_GPU"]), ["IMAGE"], ["IMAGE"])
