"""Descriptions of calculators, subgraphs and options as plain data."""
