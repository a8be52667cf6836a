"""Validation: contracts, edges, types and executors checked, and every error reported."""
