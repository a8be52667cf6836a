"""Models for mpgraph, as data files: mpgraph looks for them in this package's folder."""
