"""The engine that runs a validated graph: streams, input stream handlers, nodes and the scheduler."""
