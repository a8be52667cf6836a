"""A graph over many files: `map_graph`, on the processes of one machine or the machines of a Ray cluster."""
