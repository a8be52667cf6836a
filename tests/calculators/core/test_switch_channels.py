from __future__ import annotations

from mpgraph.calculators.core.switch_channels import channel_ports, channel_tag
from mpgraph.framework.tags import TagMap


def test_tags_of_channels_are_parsed() -> None:
    tags = TagMap(["C0__A:a", "C12__B__C:0:b", "C12__B__C:1:c", "SELECT:s", "X__A:x", "plain"])
    assert [(outer, index) for _, _, outer, index in channel_ports(tags)] == [
        ("A", 0),
        ("B__C", 0),
        ("B__C", 1),
    ]
    assert channel_tag("B__C", 12) == "C12__B__C"
