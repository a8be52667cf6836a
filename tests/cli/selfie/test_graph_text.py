from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from mpgraph.cli.selfie.graph_text import Background, Result, SelfieOptions, graph_text
from mpgraph.config.text.formatting import format_text
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.effects.refinement import REFINEMENTS

BACKGROUNDS = (
    Background(),
    Background(blur=0.25),
    Background(color=(1, 2, 3)),
    Background(file='my "best" beach.jpg'),
)


@pytest.mark.parametrize("images", [False, True])
@pytest.mark.parametrize("result", list(Result))
def test_every_combination_is_a_valid_and_formatted_graph(result: Result, images: bool) -> None:
    for background, model, threshold, gpu in itertools.product(
        BACKGROUNDS, (None, 1), (None, 0.3), (False, True)
    ):
        text = graph_text(SelfieOptions(result, background, model, threshold, gpu), images=images)
        assert format_text(text) == text
        validated = ValidatedGraphConfig()
        validated.initialize(graph_config=text)
        assert validated.model.graph_inputs.names == ("input_video",)
        assert not validated.model.required_side_packets


@pytest.mark.parametrize(
    ("options", "images", "side", "max_tiles"),
    [
        (SelfieOptions(), False, 640, 2),
        (SelfieOptions(), True, 1280, 2),
        (SelfieOptions(refinement=REFINEMENTS["fast"]), True, 640, 1),
        (SelfieOptions(refinement=REFINEMENTS["balanced"]), True, 640, 2),
        (SelfieOptions(refinement=REFINEMENTS["best"], gpu=True), False, 1280, 2),
    ],
)
def test_refinement_reaches_the_nodes_of_the_matte(
    options: SelfieOptions, images: bool, side: int, max_tiles: int
) -> None:
    validated = ValidatedGraphConfig()
    validated.initialize(graph_config=graph_text(options, images=images))
    found = {node.config.calculator: node.options for node in validated.model.nodes}
    assert found["PyramidCalculator"].side == side
    assert found["PeopleRectsCalculator"].max_tiles == max_tiles


def test_light_wrap_is_an_option_beside_the_background() -> None:
    text = graph_text(SelfieOptions(background=Background(color=(1, 2, 3)), light_wrap=0.25), images=True)
    assert "{ color { r: 1 g: 2 b: 3 } light_wrap: 0.25 }" in text


def test_file_name_is_quoted(tmp_path: Path) -> None:
    text = graph_text(SelfieOptions(background=BACKGROUNDS[3]), images=True)
    assert r'string_value: "my \"best\" beach.jpg"' in text
