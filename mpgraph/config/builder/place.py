"""The location of the user's call that writes a part of a graph."""

from mpgraph.framework.user_code import caller_location as author_place

__all__ = ["author_place"]
