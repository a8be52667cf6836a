"""Validation of expanded graphs: contracts, connections, types, order and executors."""
