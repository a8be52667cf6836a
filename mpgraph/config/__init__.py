"""Graph configs: parsing, expansion, validation and description, and graphs written in Python."""
