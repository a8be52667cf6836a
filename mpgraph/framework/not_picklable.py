"""NotPicklable: objects that pickle and copy refuse, with the advice what to pass instead.

Multiprocessing pickles what it sends to another process, bound methods with their objects included, and
Python's own message, "cannot pickle '_thread.lock' object", names nothing that the user knows.
"""

from __future__ import annotations

from typing import ClassVar, NoReturn

from mpgraph.errors import a_type


class NotPicklable:
    """Base class of objects with threads, files or devices, which no other process can have.

    A subclass that can restore itself overrides `__getstate__`.
    """

    __slots__ = ()

    pickle_instead: ClassVar[str]
    """What to do instead of pickling: a sentence."""

    def __getstate__(self) -> NoReturn:
        name = a_type(self)
        raise TypeError(f"{name[0].upper()}{name[1:]} cannot be pickled or copied. {self.pickle_instead}")
