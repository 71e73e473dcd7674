"""A whole registry on its way to another server: paired, planned, moved, reported."""
