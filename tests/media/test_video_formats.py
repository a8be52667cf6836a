from __future__ import annotations

import pytest

from mpgraph.errors import MediaError
from mpgraph.media.video_formats import VIDEO_OUTPUT_SUFFIXES, video_format


@pytest.mark.parametrize("suffix", VIDEO_OUTPUT_SUFFIXES)
def test_every_known_suffix_in_any_case(suffix: str) -> None:
    assert video_format(f"a{suffix}") == video_format(f"folder.x/B{suffix.upper()}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.mp", r'"\.mp" is not a supported video format.*Did you mean "\.mp4"'),
        ("out.avi", r"known: \.mp4 \.m4v \.mov \.mkv \.webm \.gif"),
        ("out", "has no suffix"),
    ],
)
def test_unknown_suffixes(name: str, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        video_format(name)
