from __future__ import annotations

import pytest

from mpgraph.calculators.gpu.device_choice import choose_place
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.contract import Contract
from mpgraph.framework.tags import TagMap
from mpgraph.gpu import GPU_SERVICE


def contract(inputs: list[str], outputs: list[str]) -> Contract:
    def tag_map(tags: list[str]) -> TagMap:
        return TagMap([f"{tag}:{tag.lower()}" for tag in tags])

    return Contract("node", None, tag_map(inputs), tag_map(outputs), tag_map([]), tag_map([]))


def test_in_host_memory_nothing_is_asked_for() -> None:
    made = contract(["IMAGE"], ["IMAGE"])
    assert not choose_place(made, ["IMAGE"], ["IMAGE"])
    assert made.services == {} and made.blocking is None


def test_on_the_gpu_the_node_has_the_service_and_does_not_block() -> None:
    made = contract(["IMAGE_GPU"], ["IMAGE_GPU"])
    assert choose_place(made, ["IMAGE"], ["IMAGE"], ["MASK"])
    assert made.services == {GPU_SERVICE: False} and made.blocking is False
    assert GPU_SERVICE in made.default_services


def test_the_ports_of_the_chosen_place_are_required() -> None:
    made = contract(["IMAGE_GPU"], [])
    choose_place(made, ["IMAGE", "MASK"], ["IMAGE"])
    problems = " ".join(made.problems())
    assert 'Tag "MASK_GPU" index 0 is a required input' in problems
    assert 'Tag "IMAGE_GPU" index 0 is a required output' in problems


def test_both_places_at_once_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="cannot be mixed: IMAGE and IMAGE_GPU are connected"):
        choose_place(contract(["IMAGE"], ["IMAGE_GPU"]), ["IMAGE"], ["IMAGE"])
