"""Graphs written in Python: `GraphBuilder`, and the handles that it returns."""
