"""Files and graphs: frames into a graph's streams, and what comes out into files."""
