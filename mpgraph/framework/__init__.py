"""What calculators are written against: packets, timestamps, contracts, contexts, and the registry."""
