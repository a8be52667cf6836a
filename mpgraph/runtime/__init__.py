"""What runs a validated graph: streams, handlers, nodes, the scheduler, and the graph's public face."""
