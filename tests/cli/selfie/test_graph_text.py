from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from mpgraph.cli.selfie.graph_text import Background, Result, SelfieOptions, graph_text
from mpgraph.config.text.formatting import format_text
from mpgraph.config.validated_graph_config import ValidatedGraphConfig

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


def test_file_name_is_quoted(tmp_path: Path) -> None:
    text = graph_text(SelfieOptions(background=BACKGROUNDS[3]), images=True)
    assert r'string_value: "my \"best\" beach.jpg"' in text
