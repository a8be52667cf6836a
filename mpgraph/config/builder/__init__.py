"""Graphs written in Python: `GraphBuilder`, and what its handles, nodes and subgraphs are made of."""
