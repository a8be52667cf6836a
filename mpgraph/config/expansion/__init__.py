"""Subgraph expansion: from the nodes of a graph to the calculators inside its subgraphs."""
