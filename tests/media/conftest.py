from __future__ import annotations

from pathlib import Path

import pytest
from videos import Videos


@pytest.fixture
def videos(tmp_path: Path) -> Videos:
    """Creates videos in tmp_path."""
    return Videos(tmp_path)
