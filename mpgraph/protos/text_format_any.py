"""Let `google.protobuf.text_format` find mpgraph's messages inside an Any.

Code written for MediaPipe parses graphs with `text_format.Parse(text, CalculatorGraphConfig())`.
For `[type.googleapis.com/mediapipe.X] {...}` protobuf searches its default pool only, and mpgraph's
messages are in a pool of their own. They cannot be registered in the default pool as well, since a
later `import mediapipe` would collide with them. So the look-up gets a second pool, searched only when
the first search has failed; what worked before works as before.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import text_format
from google.protobuf.descriptor_pool import DescriptorPool

_LOOKUP = "_BuildMessageFromTypeName"


def add_pool(pool: DescriptorPool) -> None:
    """Let text_format search `pool` too, unless this version of protobuf has no such look-up."""
    find = getattr(text_format, _LOOKUP, None)
    if find is None or getattr(find, "pool", None) is pool:
        return

    def find_in_both(type_name: str, descriptor_pool: DescriptorPool | None) -> Any:
        found = find(type_name, descriptor_pool)
        return find(type_name, pool) if found is None and descriptor_pool is None else found

    find_in_both.pool = pool  # type: ignore[attr-defined]
    setattr(text_format, _LOOKUP, find_in_both)
