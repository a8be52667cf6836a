"""`@override` of Python 3.12 for the older versions that mpgraph supports; type checkers know it on all."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from typing_extensions import override
elif sys.version_info >= (3, 12):
    from typing import override
else:
    F = TypeVar("F", bound=Any)

    def override(method: F) -> F:
        """Mark a method that replaces one of its base class, whose docstring documents it."""
        return method


__all__ = ["override"]
